package openssl

import (
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/armor"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/testpem"
)

func TestWords(t *testing.T) {
	wording := testpem.NewWording(t, "reader")
	for c := causeNone + 1; c < causeCount; c++ {
		r := c.reason()
		wording.Check(r.code, r.message, r.fix, r.source)
	}
}

// everyRefusal hands out what each generation says of a text that it refuses.
func everyRefusal(text string, take func(finding.Finding)) {
	for _, gen := range handset.Libraries() {
		for _, want := range []Want{Certificate, Bundle, PrivateKey} {
			if o := Read([]byte(text), gen, want); !o.Taken {
				take(o.Refusal)
			}
		}
	}
}

// TestEveryCauseOccurs: nothing is worded that never happens.
func TestEveryCauseOccurs(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range testpem.Cases(t) {
		everyRefusal(c.Text, func(f finding.Finding) { seen[f.Code] = true })
	}
	for c := causeNone + 1; c < causeCount; c++ {
		if code := c.reason().code; !seen[code] {
			t.Errorf("%s never occurs", code)
		}
	}
}

// TestWordsAreNotArmors: a refusal is told beside the findings of package
// armor, and never in their words.
func TestWordsAreNotArmors(t *testing.T) {
	owner := map[string]string{}
	var list []finding.Finding
	for _, c := range testpem.Cases(t) {
		list = append(list, armor.Read([]byte(c.Text)).Findings...)
		everyRefusal(c.Text, func(f finding.Finding) { list = append(list, f) })
	}
	for _, f := range list {
		for _, text := range []string{f.Message, f.Fix} {
			if other, taken := owner[text]; taken && other != f.Code {
				t.Errorf("%s and %s say the same: %s", f.Code, other, text)
			}
			owner[text] = f.Code
		}
	}
}

// TestRefusalsShowNoKey: what a private key holds must not get into a message,
// however the file is broken.
func TestRefusalsShowNoKey(t *testing.T) {
	key := testpem.Wrap("PRIVATE KEY", testpem.Load(t).PKCS8, 64)
	secret := strings.Split(key, "\n")[2][10:18]
	for _, c := range testpem.Cases(t) {
		if !strings.Contains(c.Text, secret) {
			continue
		}
		everyRefusal(c.Text, func(f finding.Finding) {
			if strings.Contains(f.Message, secret) {
				t.Errorf("%s: %s", c.Name, f.Message)
			}
		})
	}
}
