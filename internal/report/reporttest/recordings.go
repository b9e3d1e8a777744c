package reporttest

import (
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/internal/realparts"
)

// Recordings are the handshakes that Go's crypto/tls keeps for its own tests.
func Recordings(t *testing.T) map[string]*handshake.Transcript {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		realparts.Missing(t, "the go command")
	}
	paths, _ := filepath.Glob(strings.TrimSpace(string(root)) + "/src/crypto/tls/testdata/*-TLSv*")
	if len(paths) < 100 {
		realparts.Missing(t, fmt.Sprintf("the recordings of the Go tree (%d found)", len(paths)))
	}
	hexLine := regexp.MustCompile(`^[0-9a-f]{8}  ([0-9a-f ]{48})`)
	all := map[string]*handshake.Transcript{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var list []Flight
		for l := range strings.Lines(string(text)) {
			if strings.HasPrefix(l, ">>> Flow") {
				f := Flight{Direction: handshake.ServerToClient, At: time.Duration(len(list)) * time.Millisecond}
				if strings.Contains(l, "(client to server)") {
					f.Direction = handshake.ClientToServer
				}
				list = append(list, f)
			} else if m := hexLine.FindStringSubmatch(l); m != nil && len(list) > 0 {
				b, err := hex.DecodeString(strings.ReplaceAll(m[1], " ", ""))
				if err != nil {
					t.Fatal(err)
				}
				list[len(list)-1].Records = append(list[len(list)-1].Records, b...)
			}
		}
		all[filepath.Base(path)] = Transcript(list)
	}
	return all
}
