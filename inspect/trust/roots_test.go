package trust

import (
	"encoding/hex"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
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
		for _, r := range releases("") {
			l := newLibrary(r, c.NotBefore, 0)
			f := l.look([]*certificate.Certificate{c})[0]
			w := &walk{release: r, path: []*facts{f}}
			if !r.selfSigned(f) && r.supports(algorithmOf(c.SignatureOID)) {
				t.Errorf("%s, %s: no root", r.name, root.Slug)
			}
			if r.supports(algorithmOf(c.SignatureOID)) {
				if w.verify(f, f) != proven {
					t.Errorf("%s, %s: signature with %s refuted", r.name, root.Slug, root.SignatureAlgorithm)
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

// TestMD2 holds the test vectors of RFC 1319, appendix A.5.
func TestMD2(t *testing.T) {
	for text, want := range map[string]string{
		"":               "8350e5a3e24c153df2275c9f80692773",
		"a":              "32ec01ec4a6dac72c0ab96fb34c0b5d1",
		"abc":            "da853b0d3f88d99b30283a69e6ded6bb",
		"message digest": "ab4f496bfb2a530b219ff33031fe06b0",
	} {
		sum := md2Sum([]byte(text))
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
