package armor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/internal/testpem"
)

func TestHostileTexts(t *testing.T) {
	testpem.EachHostile(t, func(t *testing.T, text []byte) {
		x := Read(text)
		if len(x.Blocks) > MaxBlocks {
			t.Errorf("%d blocks", len(x.Blocks))
		}
		if len(x.Findings) > int(oddCount)+maxDamages {
			t.Errorf("%d findings", len(x.Findings))
		}
	})
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
