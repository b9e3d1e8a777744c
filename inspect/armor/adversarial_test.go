package armor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/internal/testpem"
)

// TestHostileTexts only has to end: with a quadratic step one of these texts
// takes longer than the test's time limit.
func TestHostileTexts(t *testing.T) {
	const size = 512 << 10
	for name, text := range testpem.Hostile(t, size) {
		t.Run(name, func(t *testing.T) {
			x := Read([]byte(text))
			if len(x.Blocks) > MaxBlocks {
				t.Errorf("%d blocks", len(x.Blocks))
			}
			if len(x.Findings) > int(oddCount)+maxDamages {
				t.Errorf("%d findings", len(x.Findings))
			}
		})
	}
}

func TestTooManyBlocks(t *testing.T) {
	block := testpem.Wrap("CERTIFICATE", []byte{0x30, 0}, 64)
	x := Read([]byte(strings.Repeat(block, MaxBlocks+5)))
	if len(x.Blocks) != MaxBlocks {
		t.Errorf("%d blocks", len(x.Blocks))
	}
	want := fmt.Sprintf("the file holds more than %d blocks, and nothing is read from line %d on", MaxBlocks, MaxBlocks*3+1)
	if len(x.Findings) != 1 || x.Findings[0].Message != want {
		t.Errorf("findings %v", x.Findings)
	}
	if x = Read([]byte(strings.Repeat(block, MaxBlocks))); len(x.Findings) != 0 {
		t.Errorf("at the limit: %v", x.Findings)
	}
}
