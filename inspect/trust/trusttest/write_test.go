package trusttest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/trust/trusttest"
)

var writeVectors = flag.String("write-vectors", "", "write every vector into this folder, for testdata/openssl/record.sh")

// TestWriteVectors hands the vectors to the recording program: one folder for
// each, with its certificates numbered.
func TestWriteVectors(t *testing.T) {
	if *writeVectors == "" {
		t.Skip("writes files only when -write-vectors names a folder")
	}
	list, certificates := trusttest.Vectors(t)
	handOver(t, list, certificates)
}

func handOver(t *testing.T, list []trusttest.Vector, certificates map[string][]byte) {
	t.Helper()
	var index strings.Builder
	for i, v := range list {
		fmt.Fprintf(&index, "%d %d %d %d\n", i, v.Clock, len(v.Sent), len(v.Store))
		for kind, ids := range map[string][]string{"sent": v.Sent, "store": v.Store} {
			for j, id := range ids {
				name := fmt.Sprintf("%d-%s-%d.der", i, kind, j)
				if err := os.WriteFile(filepath.Join(*writeVectors, name), certificates[id], 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := os.WriteFile(filepath.Join(*writeVectors, "index"), []byte(index.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestWritePKITS hands the suite to the recording program.
func TestWritePKITS(t *testing.T) {
	if *writeVectors == "" {
		t.Skip("writes files only when -write-vectors names a folder")
	}
	_, list, certificates := trusttest.PKITS(t)
	handOver(t, list, certificates)
}

// TestWriteBetterTLS hands the suite to the recording program.
func TestWriteBetterTLS(t *testing.T) {
	if *writeVectors == "" {
		t.Skip("writes files only when -write-vectors names a folder")
	}
	cases, certificates := trusttest.BetterTLS(t)
	handOver(t, trusttest.VectorsOf(cases), certificates)
}

// TestBetterTLSFiles: the files are those of which the README tells the origin.
func TestBetterTLSFiles(t *testing.T) {
	const folder = "testdata/bettertls/"
	readme, err := os.ReadFile(folder + "README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"suite.json.gz", "rsa.json.gz", "names.json.gz"} {
		content, err := os.ReadFile(folder + name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		if !strings.Contains(string(readme), "| `"+name+"` | "+hex.EncodeToString(sum[:])) {
			t.Errorf("README.md lacks the SHA-256 of %s, %x", name, sum)
		}
	}
}
