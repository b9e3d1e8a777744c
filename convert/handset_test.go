package convert

import (
	"bytes"
	"crypto/x509"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/finding"
)

func known[T any](value T) handset.Fact[T] {
	return handset.Fact[T]{Value: value, Basis: finding.Documented, Source: "test"}
}

// phone is a handset as the old ones are.
func phone() *handset.Profile {
	p := &handset.Profile{ID: "test-phone"}
	p.TrustedFiles = handset.FileRules{
		Endings:   known([]string{".pem", ".cer", ".crt", ".der"}),
		Encodings: known([]handset.Encoding{handset.PEM, handset.DER}),
	}
	p.ServerFiles = handset.FileRules{
		Endings:    known([]string{".cer", ".pem"}),
		Encodings:  known([]handset.Encoding{handset.PEM}),
		PrivateKey: known(true),
	}
	p.Crypto.Library = known(handset.OpenSSL100)
	return p
}

func TestTrustedFile(t *testing.T) {
	f := makeFamily()
	in := file("ca.pem", append(certOf(f.root), keyOf(f.root), other(inspect.KindCRL, "X509 CRL"))...)
	o := Options{Profile: phone(), Role: handset.Trusted, Name: "root.crt"}
	out, remarks := one(t, o, in)
	if got := subjects(t, out.Data); got != "Example Root" || out.PrivateKeys != 0 {
		t.Errorf("got %s", got)
	}
	if len(remarks) != 2 || !strings.Contains(remarks[0], "never goes on a phone") {
		t.Errorf("remarks %q", remarks)
	}
	for name, want := range map[string]inspect.Format{
		"root.der": inspect.FormatDER, "root.cer": inspect.FormatPEM, "": inspect.FormatPEM, "ROOT.PEM": inspect.FormatPEM,
	} {
		o.Name = name
		if out, _ := one(t, o, in); out.Format != want {
			t.Errorf("%q: %s, want %s", name, out.Format, want)
		}
	}
	// A handset that reads DER alone gets DER.
	o.Name = ""
	o.Profile.TrustedFiles.Encodings = known([]handset.Encoding{handset.DER})
	if out, _ := one(t, o, in); !bytes.Equal(out.Data, f.root.cert.Raw) {
		t.Error("not DER")
	}
	// One of which nothing is known gets PEM, and the user is told.
	o.Profile = &handset.Profile{ID: "mystery"}
	out, remarks = one(t, o, in)
	if out.Format != inspect.FormatPEM || !strings.Contains(strings.Join(remarks, "\n"), "which encodings mystery takes is not known") {
		t.Errorf("%s, %q", out.Format, remarks)
	}
}

func TestTrustedSplit(t *testing.T) {
	f := makeFamily()
	in := file("all.p7b", certOf(f.leaf, f.intermediate, f.root, f.other, f.selfSigned)...)
	o := Options{Profile: phone(), Role: handset.Trusted, Split: true}
	outputs, remarks, err := Convert([]*inspect.File{in}, o)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, out := range outputs {
		names = append(names, out.Name)
	}
	if want := []string{"01-example-root.pem", "02-old-root.pem", "03-192-0-2-1.pem"}; !slices.Equal(names, want) {
		t.Errorf("names %q", names)
	}
	if len(remarks) != 2 || !strings.Contains(remarks[0], `"pbx.example.com": it is no CA's`) ||
		!strings.Contains(remarks[1], `"Example Issuing CA": it is an intermediate`) {
		t.Errorf("remarks %q", remarks)
	}
	o.Profile.TrustedFiles.Endings = known([]string{".der", ".cer"})
	o.To = inspect.FormatPEM
	outputs, _, err = Convert([]*inspect.File{in}, o)
	if err != nil || outputs[0].Name != "01-example-root.cer" {
		t.Errorf("%v, %v", outputs, err)
	}
}

func TestServerFile(t *testing.T) {
	f := makeFamily()
	tests := []struct {
		name    string
		objects []inspect.Object
		o       Options
		want    string
		remarks []string
	}{
		{"in order", append(certOf(f.leaf, f.intermediate, f.root), keyOf(f.leaf)), Options{},
			"pbx.example.com, Example Issuing CA, Example Root, RSA PRIVATE KEY", nil},
		{"out of order, key first", append([]inspect.Object{keyOf(f.leaf)}, certOf(f.root, f.intermediate, f.leaf)...), Options{},
			"pbx.example.com, Example Issuing CA, Example Root, RSA PRIVATE KEY", nil},
		{"strangers", append(certOf(f.other, f.leaf, f.selfSigned), keyOf(f.leaf), keyOf(f.ec), other(inspect.KindCSR, "CSR")), Options{},
			"pbx.example.com, RSA PRIVATE KEY",
			[]string{"holds certificates and their private key only", "it belongs to none", `2 objects (certificate): it is not in the chain of "pbx.example.com"`}},
		{"two pairs, one selected", append(certOf(f.leaf, f.root), keyOf(f.leaf), keyOf(f.root)), Options{Select: "leaf"},
			"pbx.example.com, RSA PRIVATE KEY", nil},
		{"a locked key beside the right one", append(certOf(f.leaf), lockedKey(), keyOf(f.leaf)), Options{},
			"pbx.example.com, RSA PRIVATE KEY", []string{"it belongs to none"}},
	}
	for _, test := range tests {
		test.o.Profile, test.o.Role, test.o.Name = phone(), handset.Server, "server.pem"
		out, remarks := one(t, test.o, file("in.pem", test.objects...))
		if got := subjects(t, out.Data); got != test.want || out.PrivateKeys != 1 {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		if len(remarks) != len(test.remarks) {
			t.Errorf("%s: remarks %q", test.name, remarks)
			continue
		}
		for i, part := range test.remarks {
			if !strings.Contains(remarks[i], part) {
				t.Errorf("%s: remark %q, want %q", test.name, remarks[i], part)
			}
		}
	}
}

func TestServerFileByTheProfile(t *testing.T) {
	f := makeFamily()
	p := phone()
	p.ServerFiles.CertificatesPerFile = known(1)
	in := file("in.pem", append(certOf(f.leaf, f.intermediate, f.root), keyOf(f.leaf))...)
	out, remarks := one(t, Options{Profile: p, Role: handset.Server}, in)
	if got := subjects(t, out.Data); got != "pbx.example.com, RSA PRIVATE KEY" || len(remarks) != 1 {
		t.Errorf("one certificate: %s, %q", got, remarks)
	}
	p.ServerFiles.PrivateKey = known(false)
	out, _ = one(t, Options{Profile: p, Role: handset.Server}, file("in.pem", certOf(f.root, f.leaf)...))
	if got := subjects(t, out.Data); got != "pbx.example.com" {
		t.Errorf("no key: %s", got)
	}
}

func TestHandsetRefusals(t *testing.T) {
	f := makeFamily()
	pemOnly := phone()
	pemOnly.TrustedFiles.Encodings = known([]handset.Encoding{handset.PEM})
	certs := file("chain.pem", certOf(f.leaf, f.intermediate, f.root)...)
	root := file("root.crt", certOf(f.root)...)
	key := file("key.pem", keyOf(f.leaf))
	tests := []struct {
		name       string
		in         []*inspect.File
		o          Options
		want, hint string
	}{
		{"several", []*inspect.File{certs}, Options{Role: handset.Trusted}, "a trusted file for test-phone holds one", "--split DIR"},
		{"several", []*inspect.File{certs}, Options{Role: handset.Trusted}, "holds 3 certificates", "--select root"},
		{"key only", []*inspect.File{key}, Options{Role: handset.Trusted}, "no certificate to be trusted", "CA's certificate"},
		{"no root", []*inspect.File{file("x", certOf(f.leaf, f.intermediate)...)}, Options{Role: handset.Trusted, Split: true},
			"none of the 2 certificates", `whoever issued "Example Issuing CA"`},
		{"ending", []*inspect.File{root}, Options{Role: handset.Trusted, Name: "dir/root.txt"}, `ends in ".txt"; test-phone takes .pem, .cer`, "-o dir/root.pem"},
		{"no ending", []*inspect.File{root}, Options{Role: handset.Trusted, Name: "root"}, `ends in ""`, "-o root.pem"},
		{"server ending", []*inspect.File{certs, key}, Options{Role: handset.Server, Name: "server.crt"}, `ends in ".crt"`, "-o server.pem"},
		{"DER ending", []*inspect.File{root}, Options{Role: handset.Trusted, Name: "root.txt", To: inspect.FormatDER}, `".txt"`, "-o root.der"},
		{"to p7b", []*inspect.File{root}, Options{Role: handset.Trusted, To: inspect.FormatPKCS7}, "not written as PKCS#7", "--to pem"},
		{"to DER", []*inspect.File{root}, Options{Role: handset.Trusted, To: inspect.FormatDER, Profile: pemOnly}, "not written as DER", "--to pem"},
		{"server to DER", []*inspect.File{certs, key}, Options{Role: handset.Server, To: inspect.FormatDER}, "a server file for test-phone is not written as DER", "--to pem"},
		{"no key", []*inspect.File{certs}, Options{Role: handset.Server}, "holds no private key; test-phone needs", "CERTIFICATE KEY --for test-phone --as server -o OUT.pem"},
		{"no certificate", []*inspect.File{key}, Options{Role: handset.Server}, "holds no certificate; test-phone needs", "CERTIFICATE KEY"},
		{"wrong key", []*inspect.File{root, key}, Options{Role: handset.Server}, "belongs to none", "CERTIFICATE KEY"},
		{"locked", []*inspect.File{certs, file("k", lockedKey())}, Options{Role: handset.Server}, "could not be decrypted", "--password-file"},
		{"locked, but known whose", []*inspect.File{certs, file("k", lockedOpenSSH(f.leaf))}, Options{Role: handset.Server}, "could not be decrypted", "--password-file"},
		{"split", []*inspect.File{certs, key}, Options{Role: handset.Server, Split: true}, "holds certificate and private key together", "-o FILE"},
		{"pbx", []*inspect.File{root}, Options{Role: handset.PBX}, "--as pbx is not a file", "--as trusted"},
	}
	for _, test := range tests {
		if test.o.Profile == nil {
			test.o.Profile = phone()
		}
		_, _, err := Convert(test.in, test.o)
		refusal, ok := err.(*Error)
		if !ok {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if hints := strings.Join(refusal.Hints, "\n"); !strings.Contains(refusal.Reason, test.want) || !strings.Contains(hints, test.hint) {
			t.Errorf("%s: %q, hints %q", test.name, refusal.Reason, hints)
		}
	}
}

func TestServerFileKeyForms(t *testing.T) {
	f := makeFamily()
	tests := []struct {
		library handset.Fact[handset.Library]
		id      identity
		want    string
	}{
		{known(handset.OpenSSL098), f.leaf, "RSA PRIVATE KEY"},
		{known(handset.OpenSSL102), f.leaf, "RSA PRIVATE KEY"},
		{handset.Fact[handset.Library]{NotKnown: "nobody says"}, f.leaf, "RSA PRIVATE KEY"},
		{known(handset.OpenSSL100), f.ec, "EC PRIVATE KEY"},
		{known(handset.OpenSSL11), f.leaf, "PRIVATE KEY"},
		{known(handset.OpenSSL3), f.ec, "PRIVATE KEY"},
	}
	for _, test := range tests {
		p := phone()
		p.Crypto.Library = test.library
		out, _ := one(t, Options{Profile: p, Role: handset.Server}, file("in.pem", append(certOf(test.id), keyOf(test.id))...))
		labels, ders := blocks(t, out.Data)
		if !slices.Equal(labels, []string{"CERTIFICATE", test.want}) {
			t.Errorf("%s: %q", test.library.Value, labels)
			continue
		}
		if !sameKey(test.id, test.want, ders[1]) {
			t.Errorf("%s: another key", test.library.Value)
		}
	}
}

// sameKey parses a key in the form that its label promises.
func sameKey(id identity, label string, der []byte) bool {
	var parsed any
	var err error
	switch label {
	case "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(der)
	case "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(der)
	default:
		parsed, err = x509.ParsePKCS8PrivateKey(der)
	}
	if err != nil {
		return false
	}
	again, err := x509.MarshalPKCS8PrivateKey(parsed)
	want, _ := x509.MarshalPKCS8PrivateKey(id.key)
	return err == nil && bytes.Equal(again, want)
}
