package trust

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

// pkitsVector is a vector of the NIST path validation suite in the Go tree. Its
// path begins with the anchor and ends with the server's certificate.
type pkitsVector struct {
	Name           string
	CertPath       []string
	ShouldValidate bool
}

// pkits reads the suite; a vector's path is what the server sends.
func pkits(t *testing.T) (vectors []pkitsVector, list []vector, certificates map[string][]byte) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		realparts.Missing(t, "the go command")
	}
	folder := filepath.Join(strings.TrimSpace(string(root)), "src/crypto/x509/testdata/nist-pkits")
	text, err := os.ReadFile(filepath.Join(folder, "vectors.json"))
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
		list = append(list, vector{Line: "nist", Name: v.Name, Sent: sent, Store: v.CertPath[:1], Clock: at})
		for _, name := range v.CertPath {
			if certificates[name], err = os.ReadFile(filepath.Join(folder, "certs", name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return vectors, list, certificates
}

// TestWritePKITS hands the suite to the recording program.
func TestWritePKITS(t *testing.T) {
	if *writeVectors == "" {
		t.Skip("writes files only when -write-vectors names a folder")
	}
	_, list, certificates := pkits(t)
	handOver(t, list, certificates)
}

// TestPKITSRecorded: on the suite too the model says what the releases said.
func TestPKITSRecorded(t *testing.T) {
	_, list, certificates := pkits(t)
	for _, column := range readVerdicts(t, "pkits.csv") {
		if len(column) != len(list) {
			t.Skipf("skipped: the Go tree has %d vectors, the recording %d", len(list), len(column))
		}
	}
	matchRecorded(t, "pkits.csv", list, parsed(t, certificates))
}

// TestPKITS holds every release against what the suite wants, and names the
// differences, which are the phones' own.
func TestPKITS(t *testing.T) {
	vectors, list, certificates := pkits(t)
	agree, differ := 0, map[string]int{}
	read := parsed(t, certificates)
	for _, r := range releases("") {
		if !r.sha2 {
			continue // the whole suite is signed with SHA-256
		}
		l := newLibrary(r, time.Time{}, DefaultSecurityLevel)
		for i, v := range vectors {
			code := verdictOf(l, list[i], read)
			switch why := difference(r, v); {
			case (code == ok) == v.ShouldValidate:
				agree++
			case why != "":
				differ[why]++
			default:
				t.Errorf("%s, %s: code %d, should validate: %v", r.name, v.Name, code, v.ShouldValidate)
			}
		}
	}
	t.Logf("%d vectors: %d verdicts agree; %v", len(vectors), agree, differ)
}

// difference explains a deliberate difference from the suite.
func difference(r *release, v pkitsVector) string {
	under := func(sections ...string) bool {
		return slices.ContainsFunc(sections, func(s string) bool { return strings.HasPrefix(v.Name, s) })
	}
	switch {
	case !v.ShouldValidate && under("4.4.", "4.5.", "4.14.", "4.15."):
		return "revocation lists are not fetched"
	case !v.ShouldValidate && under("4.8.", "4.9.", "4.10.", "4.11.", "4.12."):
		return "policies are not checked"
	case !v.ShouldValidate && under("4.7.4 ", "4.7.5 "):
		return "the right to sign revocation lists is not asked for"
	case !v.ShouldValidate && under("4.6.1 ") && !r.builder11:
		return "before 1.1.0 key usage alone makes a CA"
	case under("4.1.4 ", "4.1.5 ") && r.weakSHA1:
		return "SHA-1 is below security level 1"
	case under("4.1.5 ") && r.builder11:
		return "from 1.1.0 on a server's key without parameters is too weak"
	case under("4.10.", "4.11.") && !r.constraints:
		return "0.9.8 does not know critical policy mappings"
	case under("4.13.") && !r.constraints:
		return "0.9.8 does not know critical name constraints"
	case under("4.6.15 ", "4.6.17 ") && r.countsSelfIssued:
		return "0.9.8 counts self-issued certificates"
	}
	return ""
}
