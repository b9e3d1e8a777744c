package upload

import (
	"testing"
	"time"

	"github.com/phonecert/phonecert/upload/page"
)

// TestSameMoment: a list may be in any zone of the world and without seconds; an
// older or newer certificate of the same names is still another.
func TestSameMoment(t *testing.T) {
	expiry := time.Date(2027, 6, 1, 12, 0, 30, 0, time.UTC)
	for _, c := range []struct {
		shown string
		same  bool
	}{
		{"2027-06-01 12:00:30", true},
		{"2027-06-01 12:00", true},
		{"2027-06-01 13:00:30", true},
		{"2027-06-01 13:00", true},
		{"2027-06-01 17:45", true},
		{"2027-06-01 07:00", true},
		{"2027-06-02 02:00", true},
		{"2027-06-01 00:00", true},
		{"2027-06-01 12:07", false},
		{"2027-06-01 12:01", false},
		{"2027-05-31 23:30", false},
		{"2027-06-02 03:00", false},
		{"2027-06-01", true},
		{"2027-06-02", true},
		{"2027-05-31", false},
		{"2027-05-30", false},
		{"2027-06-03", false},
	} {
		line := page.Certificate{Expiration: c.shown}
		line.Expires, line.DayOnly = page.Date(c.shown)
		if got := sameMoment(line, expiry); got != c.same {
			t.Errorf("%s: %t", c.shown, got)
		}
	}
}
