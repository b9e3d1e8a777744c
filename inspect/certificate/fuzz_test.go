package certificate

import (
	"bytes"
	"crypto/x509"
	"os"
	"testing"
)

// FuzzParse holds both parsers against each other and asks for everything that
// a certificate tells.
func FuzzParse(f *testing.F) {
	f.Add(forge(f))
	for _, odd := range oddCertificates() {
		f.Add(forge(f, odd.change))
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := Parse(der)
		if err != nil {
			if c != nil {
				t.Fatalf("%v with a certificate", err)
			}
			return
		}
		if !bytes.Equal(c.Raw, der) || c.SerialNumber == nil || c.SignatureOID == "" || c.KeyOID == "" {
			t.Errorf("%d of %d bytes, serial number %v", len(c.Raw), len(der), c.SerialNumber)
		}
		texts := append([]string{NameString(c.Subject), NameString(c.Issuer), ShortName(c.Subject), c.KeyAlgorithm(), c.SignatureAlgorithm().Name},
			append(append(c.AlternativeNames(), c.KeyUsageNames()...), c.ExtendedKeyUsageNames()...)...)
		for _, text := range texts {
			if !harmless(text) {
				t.Errorf("hostile text %q", text)
			}
		}
		if c.KeyBits() < 0 || len(Path(c, []*Certificate{c})) != 1 || Leaf([]*Certificate{c}) != c {
			t.Errorf("%d bits", c.KeyBits())
		}
		strict, strictErr := x509.ParseCertificate(der)
		lenient, lenientErr := parseLenient(der)
		if strictErr == nil && lenientErr == nil {
			if fields := differences(strict, lenient); len(fields) > 0 {
				t.Errorf("%v differ", fields)
			}
		}
	})
}

func TestSeedsExist(t *testing.T) {
	seeds, err := os.ReadDir("testdata/fuzz/FuzzParse")
	if err != nil || len(seeds) == 0 {
		t.Fatalf("no fuzz seeds: %v", err)
	}
}
