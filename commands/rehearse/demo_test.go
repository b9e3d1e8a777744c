package rehearse_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
)

// TestDemo: the story goes to its end, is told in a pipe without colour, and
// leaves nothing behind.
func TestDemo(t *testing.T) {
	t.Parallel()
	o := commandstest.NewOffice(t)
	tell := func(args ...string) *commandstest.Process {
		t.Helper()
		temp := t.TempDir()
		p := o.Process(append([]string{"demo", "--pause", "1h"}, args...)...) // which is for a terminal
		p.Env = append(p.Env, "TMPDIR="+temp, "TMP="+temp, "TEMP="+temp, "PHONECERT_PASSWORD=wrong", "PHONECERT_HANDSET=yealink-t5x-v86")
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(5*time.Minute, func() { p.Process.Kill() })
		defer late.Stop()
		if code := p.Ended(t); code != 0 {
			t.Fatalf("exit code %d: %s%s", code, &p.Out, &p.ErrText)
		}
		left, _ := filepath.Glob(filepath.Join(temp, "*"))
		known, _ := os.ReadDir(o.Home)
		if len(left)+len(known) != 0 {
			t.Errorf("left behind: %v, %v", left, known)
		}
		return p
	}
	story := tell().Out.String()
	for _, want := range []string{
		"A Yealink T28P stands on the desk", "$ phonecert probe 127.0.0.1:", "REFUSED", "$ phonecert check ", "$ phonecert convert ", "ACCEPTED",
		"$ phonecert upload ", "UPLOADED", "$ phonecert phone set http://127.0.0.1:", "REGISTERS", "That was all of it.",
	} {
		_, after, found := strings.Cut(story, want)
		if !found {
			t.Fatalf("no %q, or not in its place, in:\n%s", want, story)
		}
		story = after
	}
	if out := tell().Out.String(); strings.Contains(out, "\x1b[") {
		t.Errorf("colour in a pipe: %q", out[:200])
	}
	if out := tell("--color", "always").Out.String(); !strings.Contains(out, "\x1b[") {
		t.Error("no colour, though it was asked for")
	}
	if p := tell("--quiet"); p.Out.Len() != 0 {
		t.Errorf("%s", &p.Out)
	}
	commands := ""
	for line := range strings.Lines(tell("--json").Out.String()) {
		var object struct {
			SchemaVersion int `json:"schema_version"`
			Command       string
		}
		if err := json.Unmarshal([]byte(line), &object); err != nil || object.SchemaVersion != 1 {
			t.Errorf("%v: %s", err, line)
		}
		commands += object.Command + " "
	}
	if commands != "probe check convert upload phone set probe " {
		t.Error(commands)
	}
}
