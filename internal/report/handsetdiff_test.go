package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/internal/report"
	"github.com/phonecert/phonecert/internal/report/reporttest"
	"github.com/phonecert/phonecert/internal/terminal"
)

func TestHandsetDiff(t *testing.T) {
	load := func(id string) *handset.Profile {
		p, err := handset.Load(id)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	show := func(tty, asJSON, all bool, a, b *handset.Profile) string {
		streams, out, _ := terminal.Test(nil)
		streams.OutTTY = tty
		d := report.NewHandsetDiff("handset diff", a.ID, "own.yaml", a, b)
		if err := report.PrintHandsetDiff(streams, asJSON, all, d); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	old, own := load("yealink-t2xp-2010"), load("yealink-t28p")
	own.Crypto.Library = handset.Fact[handset.Library]{NotKnown: "no such library sends this", Basis: "assumed", Source: "seen in a capture"}

	text := show(true, false, false, old, own)
	reporttest.Fits(t, 80, text)
	for _, want := range []string{
		"  A yealink-t2xp-2010\n  B own.yaml\n", "  guide_year\n    A 2010\n", "\n    B 2015\n", "    B adds 2: .crt, .der\n",
		"facts that only own.yaml knows  (--all shows them)\n", "B does not: no such library sends this",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, handset.NotStated) || strings.Contains(text, "· trusted certificate file") {
		t.Errorf("long:\n%s", text)
	}
	all := show(true, false, true, old, own)
	reporttest.Fits(t, 80, all)
	if !strings.Contains(all, "    · trusted certificate file, how many: 10\n") {
		t.Errorf("not all:\n%s", all)
	}
	if same := show(true, false, false, own, own); !strings.Contains(same, "the same in all that both know") {
		t.Errorf("itself:\n%s", same)
	}
	for line := range strings.Lines(show(false, false, false, old, own)) {
		if strings.Count(line, "\t") != 7 {
			t.Errorf("a row of %d fields: %s", strings.Count(line, "\t")+1, line)
		}
	}
	var d struct {
		A, B        string
		Same        bool
		Differences []struct {
			Path, Kind string
			A, B       handset.FactLine
		}
	}
	if err := json.Unmarshal([]byte(show(false, true, false, old, own)), &d); err != nil || d.Same || d.B != "own.yaml" || len(d.Differences) < 10 || d.Differences[0].A.Value == "" {
		t.Errorf("%v %+v", err, d)
	}
}
