package armor

import (
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/testpem"
)

func TestWords(t *testing.T) {
	wording := testpem.NewWording(t, "pem")
	for o := range oddCount {
		w := o.words()
		wording.Check(w.code, w.message, w.fix, w.source)
		if lost := o >= oddLost; lost != (w.severity == finding.Error) || w.severity == "" {
			t.Errorf("%s: severity %q", w.code, w.severity)
		}
	}
	if oddCount > 64 {
		t.Errorf("%d oddities do not fit into the set", oddCount)
	}
}

// TestEveryOddityOccurs: nothing is worded that never happens.
func TestEveryOddityOccurs(t *testing.T) {
	m := testpem.Load(t)
	texts := []string{
		strings.Repeat("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", maxDamages+1),
		strings.Repeat(testpem.Wrap("CERTIFICATE", []byte{0x30, 0}, 64), MaxBlocks+1),
	}
	for _, c := range mended(m) {
		texts = append(texts, c.text)
	}
	for _, c := range testpem.Cases(t) {
		texts = append(texts, c.Text)
	}
	seen := map[string]bool{}
	for _, text := range texts {
		for _, f := range Read([]byte(text)).Findings {
			seen[f.Code] = true
			if strings.ContainsAny(f.Message, "{}") || f.Basis != finding.Documented {
				t.Errorf("%+v", f)
			}
		}
	}
	for o := range oddCount {
		if code := o.words().code; !seen[code] {
			t.Errorf("%s never occurs", code)
		}
	}
}
