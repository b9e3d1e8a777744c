package known_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/phonecert/phonecert/upload/known"
)

// TestManyCertificates: ten thousand phones that got ten certificates each are
// still known.
func TestManyCertificates(t *testing.T) {
	var text bytes.Buffer
	for n := range 100_000 {
		fmt.Fprintf(&text, "phone-%05d.example.com:443 sha256:%064x\n", n%10_000, n)
	}
	path := filepath.Join(t.TempDir(), "known_phones")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if list, err := known.Open(path).Look("phone-00007.example.com:443"); err != nil || len(list) != 10 {
		t.Errorf("%d, %v", len(list), err)
	}
}
