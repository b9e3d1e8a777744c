package wire

import (
	"fmt"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/report/reporttest"
)

// TestRecordingsAreDrawn: every recorded handshake fits on every screen,
// loses no message, and is the same in a pipe.
func TestRecordingsAreDrawn(t *testing.T) {
	no := false
	for name, tr := range reporttest.Recordings(t) {
		for _, live := range []bool{false, true} {
			c := NewConnection(diagnosis.Evidence{Live: live, Transcript: tr, Trust: &trust.Verdict{Connects: &no, Alert: "unknown_ca"},
				Outcome: diagnosis.Outcome{Ending: diagnosis.Completed}}, diagnosis.Diagnosis{})
			w := New("trace", nil, name)
			w.Add(c)
			for _, width := range []int{60, 69, 70, 80, 100, 120, 200} {
				text := drawn(width, false, w)
				reporttest.Fits(t, width, text)
				for _, e := range tr.Entries {
					if !strings.Contains(text, e.Name) {
						t.Errorf("%s: no %s at %d columns", name, e.Name, width)
					}
				}
			}
			if n := strings.Count(fmt.Sprint(w.Rows()), "[message 1 "); n != len(tr.Entries) {
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
