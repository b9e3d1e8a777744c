package ber_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/phonecert/phonecert/inspect/ber"
)

// slack is how much longer DER may be than its BER, for inputs as small as the
// fuzzer makes them.
const slack = 2 * ber.MaxDepth

func FuzzToDER(f *testing.F) {
	der, indefinite := name(f)
	f.Add(der)
	f.Add(indefinite)
	f.Fuzz(func(t *testing.T, in []byte) {
		der, rest, err := ber.ToDER(in)
		if err != nil {
			return
		}
		if len(der)+len(rest) > len(in)+slack {
			t.Errorf("%d bytes became %d and %d", len(in), len(der), len(rest))
		}
		if n, ok := ber.Length(in); !ok || n != len(in)-len(rest) {
			t.Errorf("Length = %d, %v, want %d", n, ok, len(in)-len(rest))
		}
		again, rest, err := ber.ToDER(der)
		if err != nil || len(rest) > 0 || !bytes.Equal(again, der) {
			t.Errorf("not stable: %x became %x, %x, %v", der, again, rest, err)
		}
	})
}

func TestSeedsExist(t *testing.T) {
	seeds, err := os.ReadDir("testdata/fuzz/FuzzToDER")
	if err != nil || len(seeds) == 0 {
		t.Fatalf("no fuzz seeds: %v", err)
	}
}
