package inspect

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/ber"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/realparts"
)

// containerMaterial is what the tests put into containers.
type containerMaterial struct {
	certificates [][]byte
	key, crl     []byte
}

var containerOnce = sync.OnceValues(func() (containerMaterial, error) {
	var m containerMaterial
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return m, err
	}
	if m.key, err = x509.MarshalPKCS8PrivateKey(private); err != nil {
		return m, err
	}
	var ca *x509.Certificate
	for i := range 3 {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: fmt.Sprintf("Example %d", i)},
			NotBefore: time.Unix(1700000000, 0), NotAfter: time.Unix(1900000000, 0),
			IsCA: true, BasicConstraintsValid: true, SubjectKeyId: []byte{byte(i)}, KeyUsage: x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
		if err != nil {
			return m, err
		}
		m.certificates = append(m.certificates, der)
		ca = template
	}
	m.crl, err = x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: ca.NotBefore, NextUpdate: ca.NotAfter}, ca, private)
	return m, err
})

func forContainers(t testing.TB) containerMaterial {
	t.Helper()
	m, err := containerOnce()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// opensslTool runs openssl with files of the given content: {name} stands for
// the path of a file.
func opensslTool(t testing.TB, files map[string][]byte, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "{"+name+"}", file)
		}
	}
	return realparts.Run(t, nil, "openssl", args...)
}

func textOf(label string, ders ...[]byte) []byte {
	var out bytes.Buffer
	for _, der := range ders {
		_ = pem.Encode(&out, &pem.Block{Type: label, Bytes: der})
	}
	return out.Bytes()
}

func (m containerMaterial) files() map[string][]byte {
	return map[string][]byte{
		"chain": textOf("CERTIFICATE", m.certificates...), "crl": textOf("X509 CRL", m.crl),
		"key": textOf("PRIVATE KEY", m.key), "message": []byte("hello"),
	}
}

// codes lists the codes of findings.
func codes(findings []finding.Finding) string {
	var list []string
	for _, f := range findings {
		list = append(list, f.Code)
	}
	return strings.Join(list, " ")
}

// wantCertificates compares objects with certificates, byte by byte and in
// order, and returns the objects that follow them.
func wantCertificates(t *testing.T, objects []Object, want [][]byte) []Object {
	t.Helper()
	for i, der := range want {
		if i >= len(objects) || objects[i].Kind != KindCertificate || objects[i].Certificate == nil || !bytes.Equal(objects[i].DER, der) {
			t.Fatalf("object %d of %d is not certificate %d", i, len(objects), i)
		}
	}
	return objects[len(want):]
}

func TestPKCS7CertificatesOnly(t *testing.T) {
	m := forContainers(t)
	der := opensslTool(t, m.files(), "crl2pkcs7", "-certfile", "{chain}", "-in", "{crl}", "-outform", "DER")
	for name, test := range map[string]struct {
		in    []byte
		codes string
	}{
		"DER":      {der, ""},
		"BER":      {openLengths(t, der), "pkcs7.ber"},
		"trailing": {append(bytes.Clone(der), 0, 0), "pkcs7.trailing"},
		"both":     {append(openLengths(t, der), '\n'), "pkcs7.trailing pkcs7.ber"},
	} {
		t.Run(name, func(t *testing.T) {
			objects, findings, err := readPKCS7(test.in)
			if err != nil || codes(findings) != test.codes {
				t.Fatalf("%v, findings %q, want %q", err, codes(findings), test.codes)
			}
			rest := wantCertificates(t, objects, m.certificates)
			if len(rest) != 1 || rest[0].Kind != KindCRL || !bytes.Equal(rest[0].DER, m.crl) {
				t.Errorf("%d objects follow, want the revocation list", len(rest))
			}
		})
	}
}

// openLengths leaves the lengths of DER open, as Windows does.
func openLengths(t testing.TB, der []byte) []byte {
	t.Helper()
	var out []byte
	for len(der) > 0 {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(der, &v)
		if err != nil {
			t.Fatal(err)
		}
		if v.IsCompound && !isSigned(v.FullBytes) {
			out = append(out, der[0], 0x80)
			out = append(out, openLengths(t, v.Bytes)...)
			out = append(out, 0, 0)
		} else {
			out = append(out, v.FullBytes...)
		}
		der = rest
	}
	return out
}

// isSigned reports whether an element is a certificate or a revocation list,
// whose bytes a signature covers.
func isSigned(der []byte) bool {
	if _, err := x509.ParseCertificate(der); err == nil {
		return true
	}
	_, err := x509.ParseRevocationList(der)
	return err == nil
}

func TestPKCS7Signed(t *testing.T) {
	m := forContainers(t)
	sign := func(args ...string) []byte {
		all := append([]string{args[0]}, strings.Fields("-sign -binary -outform DER -signer {chain} -inkey {key} -in {message}")...)
		return opensslTool(t, m.files(), append(all, args[1:]...)...)
	}
	for name, test := range map[string]struct {
		in           []byte
		certificates [][]byte
		codes        string
	}{
		"detached":  {sign("smime"), m.certificates[:1], ""},
		"streamed":  {sign("smime", "-nodetach", "-stream"), m.certificates[:1], "pkcs7.ber"},
		"with more": {sign("smime", "-certfile", "{chain}"), nil, ""},
		"bare":      {sign("smime", "-nocerts"), nil, "pkcs7.signature-only"},
		"CMS":       {sign("cms", "-nodetach", "-stream", "-keyid"), m.certificates[:1], "pkcs7.ber"},
	} {
		t.Run(name, func(t *testing.T) {
			objects, findings, err := readPKCS7(test.in)
			if err != nil || codes(findings) != test.codes {
				t.Fatalf("%v, findings %q, want %q", err, codes(findings), test.codes)
			}
			if name == "with more" {
				if len(objects) < len(m.certificates) {
					t.Errorf("%d certificates", len(objects))
				}
				return
			}
			if rest := wantCertificates(t, objects, test.certificates); len(rest) > 0 {
				t.Errorf("%d objects follow", len(rest))
			}
		})
	}
}

// Each other kind of PKCS#7 is named with a code of its own.
func TestPKCS7OtherKinds(t *testing.T) {
	m := forContainers(t)
	files := m.files()
	rsa := opensslTool(t, nil, "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", os.DevNull, "-subj", "/CN=example.com")
	files["recipient"] = rsa
	seen := map[string]bool{}
	for _, test := range []struct {
		in   []byte
		code string
	}{
		{opensslTool(t, files, strings.Fields("smime -encrypt -aes128 -outform DER -in {message} {recipient}")...), "pkcs7.enveloped"},
		{opensslTool(t, files, strings.Fields("cms -data_create -outform DER -in {message}")...), "pkcs7.data"},
		{opensslTool(t, files, strings.Fields("cms -digest_create -outform DER -in {message}")...), "pkcs7.digested"},
		{opensslTool(t, files, strings.Fields("cms -EncryptedData_encrypt -aes128 -secretkey 00112233445566778899aabbccddeeff -outform DER -in {message}")...),
			"pkcs7.encrypted"},
		{opensslTool(t, files, strings.Fields("cms -encrypt -aes-128-gcm -outform DER -in {message} {recipient}")...), "pkcs7.content-type"},
		{content(t, 4), "pkcs7.signed-and-enveloped"},
	} {
		objects, findings, err := readPKCS7(test.in)
		if err != nil || len(findings) == 0 {
			t.Errorf("%s: %v, %d objects", test.code, err, len(objects))
			continue
		}
		last := findings[len(findings)-1]
		if len(objects) > 0 || last.Code != test.code || seen[last.Message] {
			t.Errorf("%v, findings %q (%s), want %q", err, codes(findings), last.Message, test.code)
		}
		seen[last.Message] = true
	}
}

// content is PKCS#7 of a type by its number, with an empty SEQUENCE in it.
func content(t testing.TB, kind int) []byte {
	t.Helper()
	return contentOf(t, kind, []byte{0x30, 0})
}

func contentOf(t testing.TB, kind int, inner []byte) []byte {
	t.Helper()
	der, err := asn1.Marshal(struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{
		asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, kind},
		asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: inner},
	})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// signedDataOf makes signed data out of certificates as they are.
func signedDataOf(t testing.TB, certificates ...[]byte) []byte {
	t.Helper()
	inner, err := asn1.Marshal(struct {
		Version      int
		Digests      asn1.RawValue
		Content      struct{ Type asn1.ObjectIdentifier }
		Certificates asn1.RawValue
		Signers      asn1.RawValue
	}{
		1, asn1.RawValue{FullBytes: []byte{0x31, 0}},
		struct{ Type asn1.ObjectIdentifier }{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}},
		asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: bytes.Join(certificates, nil)},
		asn1.RawValue{FullBytes: []byte{0x31, 0}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return contentOf(t, 2, inner)
}

// One certificate that the strict parser refuses must not hide the others, and
// the order stays.
func TestPKCS7OddCertificate(t *testing.T) {
	m := forContainers(t)
	negative := bytes.Replace(m.certificates[1], []byte{2, 1, 2, 2, 1, 2}, []byte{2, 1, 2, 2, 1, 0xfe}, 1) // version, serial number
	if _, err := x509.ParseCertificate(negative); err == nil {
		t.Fatal("a negative serial number is no longer refused")
	}
	want := [][]byte{m.certificates[0], negative, m.certificates[2]}
	objects, findings, err := readPKCS7(signedDataOf(t, want...))
	if err != nil || codes(findings) != "certificate.negative-serial" {
		t.Fatalf("%v, findings %q", err, codes(findings))
	}
	wantCertificates(t, objects, want)
}

func TestPKCS7Empty(t *testing.T) {
	objects, findings, err := readPKCS7(signedDataOf(t))
	if err != nil || len(objects) > 0 || codes(findings) != "pkcs7.empty" {
		t.Errorf("%v, %d objects, findings %q", err, len(objects), codes(findings))
	}
}

func TestPKCS7AttributeCertificate(t *testing.T) {
	m := forContainers(t)
	objects, findings, err := readPKCS7(signedDataOf(t, m.certificates[0], []byte{0xa1, 0}))
	if err != nil || codes(findings) != "pkcs7.other" {
		t.Fatalf("%v, findings %q", err, codes(findings))
	}
	wantCertificates(t, objects, m.certificates[:1])
}

func TestPKCS7TooMany(t *testing.T) {
	m := forContainers(t)
	objects, findings, err := readPKCS7(signedDataOf(t, bytes.Repeat(m.certificates[0], maxContained+1)))
	if err != nil || len(objects) != maxContained || codes(findings) != "pkcs7.too-many" {
		t.Errorf("%v, %d objects, findings %q", err, len(objects), codes(findings))
	}
}

func TestPKCS7Refused(t *testing.T) {
	for name, test := range map[string]struct {
		in    []byte
		cause error
	}{
		"nothing":              {nil, ber.ErrTruncated},
		"a number":             {[]byte{2, 1, 5}, errNotPKCS7},
		"a certificate":        {forContainers(t).certificates[0], errNotPKCS7},
		"signed, without data": {content(t, 2), errPKCS7},
		"too deep":             {bytes.Repeat([]byte{0x30, 0x80}, 100), ber.ErrDepth},
	} {
		if objects, findings, err := readPKCS7(test.in); !errors.Is(err, test.cause) {
			t.Errorf("%s: %v, %d objects, findings %q", name, err, len(objects), codes(findings))
		}
	}
}

func TestPKCS7Prefixes(t *testing.T) {
	der := signedDataOf(t, forContainers(t).certificates...)
	for _, in := range [][]byte{der, openLengths(t, der)} {
		for n := range in {
			if _, _, err := readPKCS7(in[:n]); !errors.Is(err, ber.ErrTruncated) {
				t.Fatalf("prefix of %d of %d bytes: %v", n, len(in), err)
			}
		}
	}
}

func FuzzPKCS7(f *testing.F) {
	f.Add(signedDataOf(f, forContainers(f).certificates...))
	f.Fuzz(func(t *testing.T, in []byte) {
		objects, findings, err := readPKCS7(in)
		if err != nil && len(objects)+len(findings) > 0 {
			t.Errorf("%v with %d objects, findings %q", err, len(objects), codes(findings))
		}
		if err == nil && len(objects)+len(findings) == 0 {
			t.Error("nothing is said about the file")
		}
	})
}
