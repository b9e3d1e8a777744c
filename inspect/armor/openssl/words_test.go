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

// TestWordsInUse: nothing is worded that never happens; what a private key holds
// gets into no message, however the file is broken; and a refusal, which is told
// beside the findings of package armor, is never in their words.
func TestWordsInUse(t *testing.T) {
	key := testpem.Wrap("PRIVATE KEY", testpem.Load(t).PKCS8, 64)
	secret := strings.Split(key, "\n")[2][10:18]
	occurs := map[string]bool{}
	owner := map[string]string{}
	for _, c := range testpem.Cases(t) {
		list := append(armor.Read([]byte(c.Text)).Findings, refusals(c.Text)...)
		for _, f := range list {
			occurs[f.Code] = true
			if strings.Contains(f.Message, secret) {
				t.Errorf("%s: %s", c.Name, f.Message)
			}
			for _, text := range []string{f.Message, f.Fix} {
				if other, taken := owner[text]; taken && other != f.Code {
					t.Errorf("%s and %s say the same: %s", f.Code, other, text)
				}
				owner[text] = f.Code
			}
		}
	}
	for c := causeNone + 1; c < causeCount; c++ {
		if code := c.reason().code; !occurs[code] {
			t.Errorf("%s never occurs", code)
		}
	}
}

// refusals lists what the generations say of a text that they refuse.
func refusals(text string) (list []finding.Finding) {
	for _, gen := range handset.Libraries() {
		for _, want := range []Want{Certificate, Bundle, PrivateKey} {
			if o := Read([]byte(text), gen, want); !o.Taken {
				list = append(list, o.Refusal)
			}
		}
	}
	return list
}
