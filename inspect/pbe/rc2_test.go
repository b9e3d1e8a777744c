package pbe

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// The vectors of RFC 2268, section 5.
func TestRC2Vectors(t *testing.T) {
	for _, test := range []struct {
		key           string
		bits          int
		plain, cipher string
	}{
		{"0000000000000000", 63, "0000000000000000", "ebb773f993278eff"},
		{"ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"},
		{"3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"},
		{"88", 64, "0000000000000000", "61a8a244adacccf0"},
		{"88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"},
		{"88bca90e90875a7f0f79c384627bafb2", 64, "0000000000000000", "1a807d272bbe5db1"},
		{"88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000", "2269552ab0f85ca6"},
		{"88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e", 129,
			"0000000000000000", "5b78d3a43dfff1f1"},
	} {
		c := newRC2(unhex(t, test.key), test.bits)
		plain, want := unhex(t, test.plain), unhex(t, test.cipher)
		got := make([]byte, rc2BlockSize)
		c.Encrypt(got, plain)
		if !bytes.Equal(got, want) {
			t.Errorf("key %s, %d bits: encrypted to %x, want %x", test.key, test.bits, got, want)
		}
		c.Decrypt(got, want)
		if !bytes.Equal(got, plain) {
			t.Errorf("key %s, %d bits: decrypted to %x, want %x", test.key, test.bits, got, plain)
		}
	}
}

// The table is a permutation: a slip in it would lose a value.
func TestPITable(t *testing.T) {
	var seen [256]bool
	for i := range len(piTable) {
		seen[piTable[i]] = true
	}
	for b, ok := range seen {
		if !ok {
			t.Errorf("byte %#x is missing", b)
		}
	}
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
