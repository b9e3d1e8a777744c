package inventory_test

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/upload/fleet/inventory"
)

// FuzzRead: whatever the list, reading ends, rows are whole, and no prefix of
// it does worse.
func FuzzRead(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		r := inventory.NewReader(bytes.NewReader(data))
		lines := bytes.Count(data, []byte("\n")) + 1
		last := 0
		for {
			row, err := r.Read()
			if err != nil {
				if err != io.EOF && err.Error() == "" {
					t.Error("an error without words")
				}
				break
			}
			if row.Line <= last || row.Line > lines {
				t.Fatalf("line %d after %d of %d", row.Line, last, lines)
			}
			last = row.Line
			if row.Address == "" && len(row.Problems) == 0 {
				t.Errorf("line %d: no address and no problem", row.Line)
			}
			for _, p := range row.Problems {
				if p.Message == "" || p.Fix == "" || strings.ContainsAny(p.Message, "\x1b\x07") {
					t.Errorf("half a finding: %+v", p)
				}
			}
		}
	})
}

func TestSeedsExist(t *testing.T) {
	seeds, err := os.ReadDir("testdata/fuzz/FuzzRead")
	if err != nil || len(seeds) == 0 {
		t.Fatalf("FuzzRead has no seeds: %v", err)
	}
}
