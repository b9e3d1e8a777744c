package armor

import (
	"bytes"
	"encoding/pem"
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
)

// seeds adds the cases with keys, which are made anew; the others stand in
// testdata/fuzz.
func seeds(f *testing.F) {
	entries, err := os.ReadDir("testdata/fuzz/" + f.Name())
	if err != nil || len(entries) == 0 {
		f.Fatal("the committed seed corpus is empty")
	}
	for _, c := range keyCases(loadMaterial(f)) {
		f.Add([]byte(c.text))
	}
}

// FuzzRead: no panic; a block says where it stands; a text over which nothing
// is said is exactly its blocks; and on those encoding/pem agrees.
func FuzzRead(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		x := Read(data)
		headers := false
		for _, b := range x.Blocks {
			if b.Line < 1 || b.EndLine < b.Line || b.Trailing < 0 || b.Trailing > len(b.Bytes) {
				t.Errorf("block on lines %d to %d, %d of %d bytes trailing", b.Line, b.EndLine, b.Trailing, len(b.Bytes))
			}
			headers = headers || len(b.Headers) > 0
		}
		for _, finding := range x.Findings {
			if finding.Message == "" || strings.Contains(finding.Message, "{line}") {
				t.Errorf("%+v", finding)
			}
		}
		if !x.Armored || len(x.Findings) > 0 || headers || x.Encoding != UTF8 {
			return
		}
		var plain bytes.Buffer
		for _, b := range x.Blocks {
			plain.Write(Encode(b.Label, b.Bytes))
		}
		if got := withoutBlankLines(data); got != withoutBlankLines(plain.Bytes()) {
			t.Errorf("nothing is said of\n%q\nwhose blocks are\n%q", got, plain.Bytes())
		}
		rest := data
		for _, b := range x.Blocks {
			var block *pem.Block
			if block, rest = pem.Decode(rest); block == nil || block.Type != b.Label || !bytes.Equal(block.Bytes, b.Bytes) {
				t.Fatalf("encoding/pem reads %+v, not %+v", block, b)
			}
		}
	})
}

func withoutBlankLines(text []byte) string {
	var lines []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimRight(line, " \t\v\f\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// FuzzOpenSSL: no panic; what is taken is not empty; what is refused has a
// reason; and every reader takes the certificate of a text over which Read
// finds nothing to say.
func FuzzOpenSSL(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		x := Read(data)
		clean := x.Armored && len(x.Findings) == 0 && len(x.Blocks) > 0 && len(x.Blocks[0].Headers) == 0 &&
			x.Blocks[0].Label == "CERTIFICATE" && isSigned(x.Blocks[0].Bytes)
		for _, gen := range handset.Libraries() {
			for _, want := range []Want{Certificate, Bundle, PrivateKey} {
				o := OpenSSL(data, gen, want)
				checkOutcome(t, o)
				if clean && want == Certificate && (!o.Taken || !bytes.Equal(o.Blocks[0].Bytes, x.Blocks[0].Bytes)) {
					t.Errorf("%s: %+v", gen, o)
				}
			}
		}
	})
}
