package armor

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/internal/testpem"
)

// mutants are texts with a few random edits, the same ones in every run.
func mutants(t *testing.T, n int) (texts []string) {
	random := rand.New(rand.NewPCG(7468, 1421))
	m := testpem.Load(t)
	a, e := testpem.Wrap("CERTIFICATE", m.A, 64), testpem.Wrap("EC PRIVATE KEY", m.SEC1, 64)
	bases := []string{a, e, a + testpem.Wrap("CERTIFICATE", m.B, 64), e + a, testpem.Wrap("CERTIFICATE", m.C, 76), testpem.Wrap("TRUSTED CERTIFICATE", m.A, 64) + e}
	tokens := []string{"\n", "\n\n", " ", "\t", "-", "-----", "=", "==", "A", "AAAA", "*", ":", "\r", "\x00", "\ufeff", "\u00a0", "\xff",
		"Comment: x\n\n", "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "text\n", strings.Repeat("A", 64) + "\n", "\v", "\x1a", ">", "\"", `\n`, "<br>", "1 "}
	for range n {
		text := bases[random.IntN(len(bases))]
		for range 1 + random.IntN(2) {
			at := random.IntN(len(text))
			if end := strings.IndexByte(text[at:], '\n'); end >= 0 && random.IntN(2) == 0 {
				at += end + random.IntN(2)
			}
			behind := min(at+random.IntN(3), len(text))
			text = text[:at] + tokens[random.IntN(len(tokens))] + text[behind:]
		}
		texts = append(texts, text)
	}
	return texts
}

// TestReadIsNeverSilent: a text over which nothing is said is exactly its
// blocks, so that nothing was dropped.
func TestReadIsNeverSilent(t *testing.T) {
	for _, text := range mutants(t, 5000) {
		x := Read([]byte(text))
		if !x.Armored || len(x.Findings) > 0 {
			continue
		}
		var plain strings.Builder
		for _, b := range x.Blocks {
			plain.Write(Encode(b.Label, b.Bytes))
		}
		if withoutBlankLines([]byte(text)) != withoutBlankLines([]byte(plain.String())) {
			t.Errorf("nothing is said of %q", text)
		}
	}
}
