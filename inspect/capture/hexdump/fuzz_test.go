package hexdump

import (
	"bytes"
	"errors"
	"os"
	"testing"
)

func FuzzParse(f *testing.F) {
	if entries, err := os.ReadDir("testdata/fuzz/" + f.Name()); err != nil || len(entries) == 0 {
		f.Fatal("the committed seed corpus is empty")
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		chunks, err := Parse(text)
		var wrong *Error
		if err != nil && (!errors.As(err, &wrong) || wrong.Fix == "" || wrong.Problem == "") {
			t.Errorf("error %v", err)
		}
		if (err == nil) != (len(chunks) > 0) {
			t.Errorf("%d chunks, %v", len(chunks), err)
		}
		out := 0
		for _, c := range chunks {
			out += len(c.Bytes)
			if c.Line < 1 {
				t.Errorf("a chunk of line %d", c.Line)
			}
		}
		if bytes.IndexByte(text, '*') < 0 && out > len(text) {
			t.Errorf("%d bytes out of %d", out, len(text))
		}
	})
}
