package trusttest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/internal/realparts"
)

// PKITSVector is a vector of the NIST path validation suite in the Go tree. Its
// path begins with the anchor and ends with the server's certificate.
type PKITSVector struct {
	Name           string
	CertPath       []string
	ShouldValidate bool
}

// PKITS reads the suite; a vector's path is what the server sends.
func PKITS(t *testing.T) (vectors []PKITSVector, list []Vector, certificates map[string][]byte) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		realparts.Missing(t, "the go command")
	}
	folder := filepath.Join(strings.TrimSpace(string(root)), "src/crypto/x509/testdata/nist-pkits")
	text, err := os.ReadFile(folder + "/vectors.json")
	if err != nil {
		realparts.Missing(t, "the source of the Go tree")
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 249 {
		t.Fatalf("only %d vectors", len(vectors))
	}
	at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	certificates = map[string][]byte{}
	for _, v := range vectors {
		sent := slices.Clone(v.CertPath[1:])
		slices.Reverse(sent)
		list = append(list, Vector{Line: "nist", Name: v.Name, Sent: sent, Store: v.CertPath[:1], Clock: at})
		for _, name := range v.CertPath {
			if certificates[name], err = os.ReadFile(filepath.Join(folder, "certs", name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return vectors, list, certificates
}
