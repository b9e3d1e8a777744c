package armor

import (
	"bytes"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/internal/testpem"
)

// FuzzRead: no panic; a block says where it stands; a text over which nothing
// is said is exactly its blocks; and on those encoding/pem agrees.
func FuzzRead(f *testing.F) {
	testpem.Seeds(f)
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
