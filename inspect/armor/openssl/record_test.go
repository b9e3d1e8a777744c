package openssl

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/phonecert/phonecert/internal/testpem"
)

var writeCases = flag.String("write-cases", "", "write every case into this folder, for testdata/record.sh")

// TestWriteCases hands the cases to the recording program.
func TestWriteCases(t *testing.T) {
	if *writeCases == "" {
		t.Skip("writes files only when -write-cases names a folder")
	}
	for _, d := range testpem.Cases(t) {
		if err := os.WriteFile(filepath.Join(*writeCases, d.Name), []byte(d.Text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
