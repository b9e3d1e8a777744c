package walk

import (
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust/extension"
	"github.com/phonecert/phonecert/inspect/trust/signature"
)

// TestBuiltinRoots verifies the own signatures of the roots that phones have
// built in, which are real and go back to MD2: the arithmetic is right.
func TestBuiltinRoots(t *testing.T) {
	roots, err := handset.Roots(handset.RootListT2xPV7x)
	if err != nil || len(roots) == 0 {
		t.Fatal(len(roots), err)
	}
	proved := map[string]int{}
	for _, root := range roots {
		c, err := certificate.Parse(root.DER())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range Releases("") {
			l := NewLibrary(r, 0)
			f := l.look([]*certificate.Certificate{c})[0]
			w := &Walk{release: r, Path: []*extension.Certificate{f}, proofs: proofs{}}
			if !f.SelfSigned() && r.proves.Knows(c) {
				t.Errorf("%s, %s: no root", r.Name, root.Slug)
			}
			if r.proves.Knows(c) {
				if w.prove(f, f) != signature.Proven {
					t.Errorf("%s, %s: signature with %s refuted", r.Name, root.Slug, root.SignatureAlgorithm)
				}
				proved[root.SignatureAlgorithm]++
			}
		}
	}
	if len(proved) < 3 {
		t.Errorf("proved only %v", proved)
	}
	t.Log(proved)
}
