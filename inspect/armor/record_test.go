package armor

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var writeCases = flag.String("write-cases", "", "write every case into this folder, for testdata/openssl/record.sh")

// TestWriteCases hands the cases to the recording program.
func TestWriteCases(t *testing.T) {
	if *writeCases == "" {
		t.Skip("writes files only when -write-cases names a folder")
	}
	for _, d := range testCases(t) {
		if err := os.WriteFile(filepath.Join(*writeCases, d.name), []byte(d.text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
