package certificate

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/internal/realparts"
)

// corpus is a folder full of certificates that others have collected. The
// counts are pinned, so that a parser that becomes stricter is noticed.
type corpus struct {
	name string
	find func(testing.TB) string
	// certificates is how many there are, lenient how many of them the standard
	// parser of Go 1.26 refuses.
	certificates, lenient int
}

func corpora() []corpus {
	return []corpus{
		{"NIST PKITS", nist, 405, 7},
		{"zlint", zlint, 1451, 120},
	}
}

// nist is the folder of NIST's test suite in the Go tree.
func nist(t testing.TB) string {
	out, err := exec.Command(realparts.Need(t, "go"), "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "src/crypto/x509/testdata/nist-pkits/certs")
	if _, err := os.Stat(dir); err != nil {
		realparts.Missing(t, "nist-pkits of the Go source tree")
	}
	return dir
}

// zlint is the folder of certificates with one fault each.
func zlint(t testing.TB) string {
	cmd := exec.Command(realparts.Need(t, "go"), "mod", "download", "-json", "github.com/zmap/zlint/v3@v3.7.3")
	cmd.Dir = t.TempDir() // no go.mod of ours learns of it
	out, _ := cmd.Output()
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil || module.Dir == "" {
		realparts.Missing(t, "module github.com/zmap/zlint/v3@v3.7.3")
	}
	return filepath.Join(module.Dir, "testdata")
}

// each calls visit with every certificate in a folder: DER, or PEM with text
// around. What is no certificate by name or label is left out.
func each(t testing.TB, dir string, visit func(name string, der []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if filepath.Ext(path) == ".crt" && bytes.HasPrefix(data, []byte{0x30}) {
			visit(entry.Name(), data)
		}
		for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
			if block.Type == "CERTIFICATE" {
				visit(entry.Name(), block.Bytes)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every certificate of the collections is read. There are no exceptions.
func TestCorpora(t *testing.T) {
	for _, c := range corpora() {
		t.Run(c.name, func(t *testing.T) {
			all, lenient := 0, 0
			each(t, c.find(t), func(name string, der []byte) {
				all++
				got, err := Parse(der)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				if got.Strict != nil {
					lenient++
				}
				if got.KeyAlgorithm() == "RSA" && got.KeyBits() == 0 || NameString(got.Subject) == "" {
					t.Errorf("%s: %d bits, %q", name, got.KeyBits(), NameString(got.Subject))
				}
			})
			if all != c.certificates || lenient != c.lenient {
				t.Errorf("%d certificates, %d for the lenient parser; want %d and %d: has a parser changed?", all, lenient, c.certificates, c.lenient)
			}
		})
	}
}

// emptyWhenLenient are the fields that the lenient parser leaves empty.
func emptyWhenLenient(field string) bool {
	return slices.Contains([]string{
		"SignatureAlgorithm", "PublicKeyAlgorithm", // the methods of Certificate name them
		"PolicyIdentifiers", "Policies", "PolicyMappings", "UnhandledCriticalExtensions",
		"InhibitAnyPolicy", "InhibitAnyPolicyZero", "InhibitPolicyMapping", "InhibitPolicyMappingZero",
		"RequireExplicitPolicy", "RequireExplicitPolicyZero", "PermittedDNSDomainsCritical",
		"PermittedDNSDomains", "PermittedIPRanges", "PermittedEmailAddresses", "PermittedURIDomains",
		"ExcludedDNSDomains", "ExcludedIPRanges", "ExcludedEmailAddresses", "ExcludedURIDomains",
		"CRLDistributionPoints", "OCSPServer", "IssuingCertificateURL",
	}, field)
}

// differences names the fields in which two readings of a certificate differ.
func differences(strict, lenient *x509.Certificate) []string {
	var fields []string
	a, b := reflect.ValueOf(*strict), reflect.ValueOf(*lenient)
	for i := range a.NumField() {
		field := a.Type().Field(i)
		if !field.IsExported() || emptyWhenLenient(field.Name) {
			continue
		}
		x, y := a.Field(i).Interface(), b.Field(i).Interface()
		if moment, ok := x.(time.Time); ok && moment.Equal(y.(time.Time)) || reflect.DeepEqual(x, y) {
			continue
		}
		fields = append(fields, field.Name)
	}
	return fields
}

// Where both parsers read a certificate they read the same.
func TestParsersAgree(t *testing.T) {
	compare := func(t *testing.T, name string, der []byte) {
		strict, err := x509.ParseCertificate(der)
		if err != nil {
			return
		}
		lenient, err := parseLenient(der)
		if err != nil {
			t.Errorf("%s: only the standard parser reads it: %v", name, err)
		} else if fields := differences(strict, lenient); len(fields) > 0 {
			t.Errorf("%s: %v differ", name, fields)
		}
	}
	for _, c := range corpora() {
		t.Run(c.name, func(t *testing.T) {
			each(t, c.find(t), func(name string, der []byte) { compare(t, name, der) })
		})
	}
	t.Run("built-in roots", func(t *testing.T) {
		for _, list := range handset.RootLists() {
			roots, err := handset.Roots(list)
			if err != nil {
				t.Fatal(err)
			}
			for _, root := range roots {
				compare(t, root.Slug, root.DER())
			}
		}
	})
}
