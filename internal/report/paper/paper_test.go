package paper

import (
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/terminal"
)

// TestSignsOfAPath: a library builds a path upwards and verifies it downwards.
func TestSignsOfAPath(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		trusted *bool
		failed  int
		want    string
	}{{&yes, -1, "✓✓✓"}, {&no, 2, "✓✓✗"}, {&no, 1, "·✗✓"}, {&no, 0, "✗✓✓"}, {nil, 1, "???"}, {nil, -1, "???"}} {
		v := trust.Verdict{Trusted: c.trusted, Path: make([]trust.Step, 3)}
		if c.failed >= 0 {
			v.Path[c.failed].Failed = true
		}
		got := ""
		for _, s := range PathSigns(&v) {
			got += string(s)
		}
		if got != c.want {
			t.Errorf("failed at %d: %s, want %s", c.failed, got, c.want)
		}
	}
}

func TestErrorsHaveHints(t *testing.T) {
	s, _, errText := terminal.Test(strings.NewReader(""))
	Error(s, `cannot read "x"`, []string{"look again"})
	if got := errText.String(); got != "phonecert: error: cannot read \"x\"\nphonecert: hint: look again\n" {
		t.Errorf("got %q", got)
	}
}
