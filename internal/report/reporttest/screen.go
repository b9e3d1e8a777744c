package reporttest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"
)

// Fits checks that nothing but lines to be copied is wider than the screen,
// and that nothing on it could move the cursor.
func Fits(t *testing.T, width int, text string) {
	t.Helper()
	if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && (r < ' ' || r >= 0x7F && r < 0xA0 || r == utf8.RuneError) }) {
		t.Errorf("control characters in %q", text)
	}
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		if n := lipgloss.Width(l); n > width && !strings.Contains(l, "phonecert ") {
			t.Errorf("%d columns of %d: %q", n, width, l)
		}
		if strings.HasSuffix(l, " ") {
			t.Errorf("spaces at the end of %q", l)
		}
	}
}
