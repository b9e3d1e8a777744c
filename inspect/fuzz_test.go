package inspect

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
)

// FuzzRead holds what must be true of any file: it is told what it is, each
// finding is whole, and what is called a certificate is one.
func FuzzRead(f *testing.F) {
	m := forFiles(f)
	for _, s := range append(soundPEM(m), soundDER(m)...) {
		f.Add(s.data)
	}
	for _, s := range odd(m) {
		f.Add(s.data)
	}
	for _, file := range foreign(f) {
		f.Add(file.data)
	}
	for _, file := range damages(f) {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := Read("file", data, Options{})
		wellFormed(t, "file", file)
		if len(file.Objects) == 0 && !grave(file.Findings, finding.Error) {
			t.Errorf("nothing was found, and the findings are %q", codes(file.Findings))
		}
		for _, c := range file.Certificates() {
			again, err := certificate.Parse(c.Raw)
			if err != nil || again.SHA256() != c.SHA256() || (again.Strict == nil) != (c.Strict == nil) {
				t.Errorf("a certificate is read in another way the second time: %v", err)
			}
		}
		for _, k := range file.Keys() {
			if k.Locked == nil == (k.PKCS8 == nil && k.Form != "OpenSSH") {
				t.Errorf("a key of form %q is locked by %v and has %d bytes", k.Form, k.Locked, len(k.PKCS8))
			}
		}
		if again := Read("file", data, Options{}); kinds(again) != kinds(file) || codes(again.Findings) != codes(file.Findings) || again.Format != file.Format {
			t.Errorf("the file is read in another way the second time: %q and %q", codes(file.Findings), codes(again.Findings))
		}
	})
}

// Every target has seeds, and what the seeds of Read hold is of many kinds.
func TestSeedsExist(t *testing.T) {
	for _, target := range []string{"FuzzRead", "FuzzPKCS7", "FuzzPKCS12"} {
		seeds, err := filepath.Glob(filepath.Join("testdata", "fuzz", target, "*"))
		if err != nil || len(seeds) == 0 {
			t.Fatalf("no fuzz seeds for %s: %v", target, err)
		}
		for _, seed := range seeds {
			text, err := os.ReadFile(seed)
			if err != nil || !bytes.HasPrefix(text, []byte("go test fuzz v1\n")) || strings.Contains(string(text), "PRIVATE KEY") {
				t.Errorf("%s is no seed, or holds a key: %v", seed, err)
			}
		}
	}
}
