package capturetest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/phonecert/phonecert/internal/realparts"
)

// Tshark returns what tshark says of a file; it looks at checksums, too.
func Tshark(t *testing.T, file []byte, args ...string) string {
	t.Helper()
	realparts.Need(t, "tshark")
	path := filepath.Join(t.TempDir(), "capture")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return string(realparts.Run(t, nil, "tshark", append([]string{"-r", path, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"}, args...)...))
}
