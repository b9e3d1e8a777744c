package inspect

import (
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"github.com/phonecert/phonecert/internal/realparts"
)

// TestShellQuote lets a real shell read every word back.
func TestShellQuote(t *testing.T) {
	bash := realparts.Need(t, "bash")
	for word, want := range map[string]string{
		"root.pem": "root.pem", "dir/a b.pem": "'dir/a b.pem'", "-o": "./-o", "-": "-", "": "''",
		"it's": `'it'\''s'`, "$(rm -rf x)": "'$(rm -rf x)'", "a\x1b[31m": `$'a\x1b[31m'`,
		"tab\there's \\ \"q\"": "", "näme.pem": "'näme.pem'", "new\nline": "",
	} {
		got := ShellQuote(word)
		if want != "" && got != want {
			t.Errorf("%q is quoted as %s, want %s", word, got, want)
		}
		if strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q lets a control character through: %q", word, got)
		}
		out, err := exec.Command(bash, "-c", "printf %s "+got).Output()
		if err != nil || strings.TrimPrefix(string(out), "./") != word {
			t.Errorf("bash reads %s as %q: %v", got, out, err)
		}
	}
}
