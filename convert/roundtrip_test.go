package convert

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/armor"
	"github.com/phonecert/phonecert/inspect/finding"
)

// Fifty certificates go from PEM through PKCS#7 in both encodings and
// PKCS#12 back to PEM, and not a byte differs.
func TestRoundTrip(t *testing.T) {
	f := makeFamily()
	var start []byte
	for i := range 50 {
		c := issue(fmt.Sprintf("phone-%02d.example.com", i), &f.root, false, f.leaf.key).cert
		start = append(start, armor.Encode("CERTIFICATE", c.Raw)...)
	}
	word := func() ([]byte, bool) { return []byte("sesame"), true }
	data := start
	for _, o := range []Options{
		{To: inspect.FormatPKCS7},
		{To: inspect.FormatPKCS7, DER: true},
		{To: inspect.FormatPEM},
		{To: inspect.FormatPKCS12, Password: []byte("sesame")},
		{To: inspect.FormatPKCS12, Password: []byte("sesame"), Legacy: true},
		{To: inspect.FormatPEM},
	} {
		in := inspect.Read("bundle", data, inspect.Options{Password: word})
		if len(in.Findings) > 0 {
			t.Errorf("before %s: %+v", o.To, in.Findings)
		}
		out, remarks := one(t, o, in)
		if len(remarks) > 0 || len(out.Certificates) != 50 {
			t.Errorf("%s: %d certificates, %q", o.To, len(out.Certificates), remarks)
		}
		data = out.Data
	}
	if !bytes.Equal(data, start) {
		t.Error("the bytes differ")
	}
}

// FuzzConvert holds that whatever can be read can be converted or is refused
// with a hint, that no certificate or key is lost on the way to PEM, and that
// nothing in the output needs mending.
func FuzzConvert(f *testing.F) {
	family := makeFamily()
	cert := armor.Encode("CERTIFICATE", family.leaf.cert.Raw)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(family.leaf.key)
	if err != nil {
		f.Fatal(err)
	}
	secret := armor.Encode("PRIVATE KEY", pkcs8)
	f.Add(family.root.cert.Raw)
	f.Add(slices.Concat(cert, armor.Encode("CERTIFICATE", family.root.cert.Raw), secret))
	f.Add(slices.Concat([]byte("\xef\xbb\xbfsome text\r"), secret, cert))
	f.Add([]byte(strings.ReplaceAll(string(cert), "\n", "\r")))
	f.Add(armor.Encode("X509 CRL", []byte{0x30, 0}))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := []*inspect.File{inspect.Read("in", data, inspect.Options{})}
		for _, o := range []Options{
			{To: inspect.FormatPEM}, {To: inspect.FormatPEM, Split: true}, {To: inspect.FormatPEM, Order: ChainOrder},
			{To: inspect.FormatDER}, {To: inspect.FormatDER, Split: true}, {To: inspect.FormatDER, Select: "leaf"},
			{To: inspect.FormatPKCS7}, {To: inspect.FormatPKCS7, DER: true},
			{Profile: phone(), Role: handset.Trusted}, {Profile: phone(), Role: handset.Trusted, Split: true},
			{Profile: phone(), Role: handset.Server},
		} {
			outputs, _, err := Convert(in, o)
			if err != nil {
				if refused, ok := err.(*Error); !ok || len(refused.Hints) == 0 {
					t.Fatalf("%+v: no hint: %v", o, err)
				}
				continue
			}
			for _, out := range outputs {
				clean(t, o, out)
			}
		}
	})
}

// clean reads an output back.
func clean(t *testing.T, o Options, out Output) {
	t.Helper()
	back := inspect.Read("out", out.Data, inspect.Options{Password: func() ([]byte, bool) { return nil, true }})
	for _, found := range back.Findings {
		if found.Severity != finding.Note {
			t.Errorf("%+v: the output needs mending: %s", o, found.Message)
		}
	}
	if len(back.Certificates()) != len(out.Certificates) || len(back.Keys()) != out.PrivateKeys {
		t.Errorf("%+v: %d certificates and %d keys, read back %d and %d",
			o, len(out.Certificates), out.PrivateKeys, len(back.Certificates()), len(back.Keys()))
	}
}
