package report

import (
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/realparts"
)

// recordings are the handshakes that Go's crypto/tls keeps for its own tests.
func recordings(t *testing.T) map[string]*handshake.Transcript {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		realparts.Missing(t, "the go command")
	}
	paths, _ := filepath.Glob(strings.TrimSpace(string(root)) + "/src/crypto/tls/testdata/*-TLSv*")
	if len(paths) < 100 {
		realparts.Missing(t, fmt.Sprintf("the recordings of the Go tree (%d found)", len(paths)))
	}
	hexLine := regexp.MustCompile(`^[0-9a-f]{8}  ([0-9a-f ]{48})`)
	all := map[string]*handshake.Transcript{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var list []flight
		for l := range strings.Lines(string(text)) {
			if strings.HasPrefix(l, ">>> Flow") {
				f := flight{direction: handshake.ServerToClient, at: time.Duration(len(list)) * time.Millisecond}
				if strings.Contains(l, "(client to server)") {
					f.direction = handshake.ClientToServer
				}
				list = append(list, f)
			} else if m := hexLine.FindStringSubmatch(l); m != nil && len(list) > 0 {
				b, err := hex.DecodeString(strings.ReplaceAll(m[1], " ", ""))
				if err != nil {
					t.Fatal(err)
				}
				list[len(list)-1].records = append(list[len(list)-1].records, b...)
			}
		}
		all[filepath.Base(path)] = transcript(list)
	}
	return all
}

// TestRecordingsAreDrawn: every recorded handshake fits on every screen,
// loses no message, and is the same in a pipe.
func TestRecordingsAreDrawn(t *testing.T) {
	no := false
	for name, tr := range recordings(t) {
		for _, live := range []bool{false, true} {
			c := NewConnection(diagnosis.Evidence{Live: live, Transcript: tr, Trust: &trust.Verdict{Connects: &no, Alert: "unknown_ca"},
				Outcome: diagnosis.Outcome{Ending: diagnosis.Completed}}, diagnosis.Diagnosis{})
			w := NewWire("trace", nil, name)
			w.Add(c)
			for _, width := range []int{60, 69, 70, 80, 100, 120, 200} {
				text := drawn(width, false, w)
				fits(t, width, text)
				for _, e := range tr.Entries {
					if !strings.Contains(text, e.Name) {
						t.Errorf("%s: no %s at %d columns", name, e.Name, width)
					}
				}
			}
			if n := strings.Count(fmt.Sprint(w.pipeRows()), "[message 1 "); n != len(tr.Entries) {
				t.Errorf("%s: %d rows of %d messages", name, n, len(tr.Entries))
			}
			if fatal := strings.Contains(name, "ClientFatal"); live && !fatal && tr.Negotiated != nil && !strings.Contains(drawn(80, false, w), "hangs up") {
				t.Errorf("%s: the phone does not hang up\n%s", name, drawn(80, false, w))
			}
			if len(tr.Entries) > 0 && tr.Negotiated != nil && strings.Contains(name, "TLSv13") != strings.Contains(drawn(80, false, w), "TLS 1.3 encrypts all") {
				t.Errorf("%s: what is told of the figure is wrong", name)
			}
		}
	}
}

// TestResumedSessions: the server's Finished comes first, and it is told.
func TestResumedSessions(t *testing.T) {
	n := 0
	for name, tr := range recordings(t) {
		if tr.Negotiated == nil || !tr.Negotiated.Resumed || strings.Contains(name, "TLSv13") {
			continue
		}
		n++
		got := ""
		for _, step := range steps(tr.Entries, tr.Negotiated) {
			got += strings.TrimSpace(figure(step))
		}
		if !strings.HasPrefix(got, "①②⑧⑨⑥⑦") {
			t.Errorf("%s: %s", name, got)
		}
		if remark(tr.Negotiated) == "" {
			t.Errorf("%s: nothing is told", name)
		}
	}
	if n == 0 {
		t.Error("no recording is of a resumed session")
	}
}
