package trust

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust/trusttest"
)

// FuzzJudge reads certificates one after another, the first for the store, and
// asks every library about them.
func FuzzJudge(f *testing.F) {
	list, certificates := trusttest.Vectors(f)
	for i := 0; i < len(list); i += 7 {
		var input []byte
		for _, id := range append(append([]string{}, list[i].Store...), list[i].Sent...) {
			input = append(input, certificates[id]...)
		}
		if len(input) < 4<<10 {
			f.Add(input)
		}
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		const most = 5
		var given []*certificate.Certificate
		for rest := cryptobyte.String(input); len(given) < most; {
			var der cryptobyte.String
			if !rest.ReadASN1Element(&der, asn1.SEQUENCE) {
				break
			}
			if c, err := certificate.Parse(der); err == nil {
				given = append(given, c)
			}
		}
		for _, library := range append(handset.Libraries(), "") {
			q := Question{Library: library, Clock: trusttest.Clock(), Settings: strict(), Name: "pbx.example.com"}
			if len(given) > 0 {
				q.Builtin, q.Sent = Anchors{Listed: true, Certificates: given[:1]}, given[1:]
			}
			check(t, q, Judge(q))
		}
	})
}

// check holds what is true of every answer.
func check(t *testing.T, q Question, v Verdict) {
	t.Helper()
	if len(v.Path) > mostSteps || len(q.Sent) > 0 && len(v.Path) == 0 || v.Reason == "" {
		t.Fatalf("path of %d, reason %q", len(v.Path), v.Reason)
	}
	if v.Trusted == nil || !*v.Trusted {
		return
	}
	if v.Code != "X509_V_OK" || v.Alert != "" {
		t.Fatalf("trusted with %s %q", v.Code, v.Alert)
	}
	if last := v.Path[len(v.Path)-1]; last.Source == "sent" {
		t.Fatal("trusted although the path ends in what was sent")
	}
}

// TestSeeds: the committed seeds are there, and every prefix of one is judged.
func TestSeeds(t *testing.T) {
	seeds, err := filepath.Glob("testdata/fuzz/FuzzJudge/*")
	if err != nil || len(seeds) == 0 {
		t.Fatal("no seeds in testdata/fuzz/FuzzJudge")
	}
	for _, seed := range seeds {
		if text, err := os.ReadFile(seed); err != nil || len(text) == 0 {
			t.Errorf("%s: empty", seed)
		}
	}
	_, certificates := trusttest.Vectors(t)
	whole := certificates["nc-inter-address within"]
	root := chain(t, "root")
	for cut := range whole {
		if c, err := certificate.Parse(whole[:cut]); err == nil {
			t.Fatalf("a certificate cut at %d is read: %v", cut, c.Subject)
		}
	}
	// Cut inside the extensions: read, and never believed.
	c := chain(t, "nc-inter-address within")[0]
	for i := range c.Extensions {
		for cut := range c.Extensions[i].Value {
			changed := *c.Certificate
			changed.Extensions = append(changed.Extensions[:0:0], changed.Extensions...)
			changed.Extensions[i].Value = changed.Extensions[i].Value[:cut]
			q := phone(t, handset.OpenSSL3)
			q.Builtin.Certificates, q.Clock = root, trusttest.Clock().Add(time.Hour)
			q.Sent = []*certificate.Certificate{{Certificate: &changed, SignatureOID: c.SignatureOID, KeyOID: c.KeyOID}}
			check(t, q, Judge(q))
		}
	}
}
