package testpem

import (
	"strings"
	"testing"
	"unicode"
)

// Wording holds that every cause of a group has a code, a sentence and a fix of
// its own, written as messages are written here.
type Wording struct {
	t     *testing.T
	group string
	owner map[string]string
}

// NewWording begins with nothing seen; the group is what codes have before the
// dot.
func NewWording(t *testing.T, group string) *Wording {
	return &Wording{t: t, group: group, owner: map[string]string{}}
}

// Check takes what is said of the next cause.
func (w *Wording) Check(code, message, fix, source string) {
	w.t.Helper()
	w.own("code", code, code)
	w.own("sentence", message, code)
	w.own("fix", fix, code)
	if !strings.HasPrefix(code, w.group+".") || source == "" {
		w.t.Errorf("code %q, source %q", code, source)
	}
	for _, text := range []string{message, fix} {
		if text != "" && (unicode.IsUpper([]rune(text)[0]) && !unicode.IsUpper([]rune(text)[1]) || strings.HasSuffix(text, ".")) {
			w.t.Errorf("%s: %q begins in upper case or ends with a full stop", code, text)
		}
	}
}

func (w *Wording) own(kind, text, code string) {
	w.t.Helper()
	if text == "" {
		w.t.Errorf("%s has no %s", code, kind)
	}
	if other, taken := w.owner[kind+text]; taken {
		w.t.Errorf("%s and %s have the same %s: %s", code, other, kind, text)
	}
	w.owner[kind+text] = code
}
