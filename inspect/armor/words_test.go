package armor

import (
	"strings"
	"testing"
	"unicode"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
)

// TestWords: every cause has a code, a sentence and a fix of its own, and each
// is written as messages are written here.
func TestWords(t *testing.T) {
	owner := map[string]string{}
	own := func(kind, text, code string) {
		if text == "" {
			t.Errorf("%s has no %s", code, kind)
		}
		if other, taken := owner[kind+text]; taken {
			t.Errorf("%s and %s have the same %s: %s", code, other, kind, text)
		}
		owner[kind+text] = code
	}
	check := func(group, code, message, fix, source string) {
		own("code", code, code)
		own("sentence", message, code)
		own("fix", fix, code)
		if !strings.HasPrefix(code, group+".") || source == "" {
			t.Errorf("code %q, source %q", code, source)
		}
		for _, text := range []string{message, fix} {
			if unicode.IsUpper([]rune(text)[0]) && !unicode.IsUpper([]rune(text)[1]) || strings.HasSuffix(text, ".") {
				t.Errorf("%s: %q begins in upper case or ends with a full stop", code, text)
			}
		}
	}
	for o := range oddCount {
		w := o.words()
		check("pem", w.code, w.message, w.fix, w.source)
		if lost := o >= oddLost; lost != (w.severity == finding.Error) || w.severity == "" {
			t.Errorf("%s: severity %q", w.code, w.severity)
		}
	}
	for c := causeNone + 1; c < causeCount; c++ {
		r := c.reason()
		check("reader", r.code, r.message, r.fix, r.source)
	}
	if oddCount > 64 {
		t.Errorf("%d oddities do not fit into the set", oddCount)
	}
}

// TestEveryCauseOccurs: nothing is worded that never happens.
func TestEveryCauseOccurs(t *testing.T) {
	m := loadMaterial(t)
	seen := map[string]bool{}
	texts := []string{
		strings.Repeat("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", maxDamages+1),
		strings.Repeat(wrap("CERTIFICATE", []byte{0x30, 0}, 64), MaxBlocks+1),
	}
	for _, c := range mended(m) {
		texts = append(texts, c.text)
	}
	for _, c := range testCases(t) {
		texts = append(texts, c.text)
	}
	for _, text := range texts {
		for _, f := range Read([]byte(text)).Findings {
			seen[f.Code] = true
			if strings.ContainsAny(f.Message, "{}") || f.Basis != finding.Documented {
				t.Errorf("%+v", f)
			}
		}
		for _, gen := range handset.Libraries() {
			for _, want := range []Want{Certificate, Bundle, PrivateKey} {
				seen[OpenSSL([]byte(text), gen, want).Refusal.Code] = true
			}
		}
	}
	for o := range oddCount {
		if code := o.words().code; !seen[code] {
			t.Errorf("%s never occurs", code)
		}
	}
	for c := causeNone + 1; c < causeCount; c++ {
		if code := c.reason().code; !seen[code] {
			t.Errorf("%s never occurs", code)
		}
	}
}
