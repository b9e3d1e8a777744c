package inspect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/finding"
)

// sample is a file with what it is.
type sample struct {
	name   string
	data   []byte
	format Format
	pem    bool
	kinds  string
	codes  string
}

// kinds lists the objects of a file by one letter each: Certificate, Key,
// Public key, Request, revocation List, Other.
func kinds(f *File) string {
	letters := map[Kind]string{
		KindCertificate: "C", KindPrivateKey: "K", KindPublicKey: "P", KindCSR: "R", KindCRL: "L", KindPKCS7: "7", KindOther: "O",
	}
	var b strings.Builder
	for _, o := range f.Objects {
		b.WriteString(letters[o.Kind])
	}
	return b.String()
}

// soundPEM are the text files with which nothing is wrong.
func soundPEM(m material) []sample {
	return []sample{
		{"certificate", m.leaf.PEM(), FormatPEM, true, "C", ""},
		{"chain", m.chainPEM(), FormatPEM, true, "CC", ""},
		{"certificate and key", join(m.leaf.PEM(), textOf("PRIVATE KEY", m.pkcs8)), FormatPEM, true, "CK", ""},
		{"one of each", join(textOf("RSA PRIVATE KEY", m.pkcs1), m.leaf.PEM(), textOf("CERTIFICATE REQUEST", m.csr), textOf("X509 CRL", m.crl),
			textOf("PUBLIC KEY", m.public)), FormatPEM, true, "KCRLP", ""},
		{"PKCS#1 key", textOf("RSA PRIVATE KEY", m.pkcs1), FormatKey, true, "K", ""},
		{"PKCS#8 key", textOf("PRIVATE KEY", m.pkcs8), FormatKey, true, "K", ""},
		{"SEC 1 key", textOf("EC PRIVATE KEY", m.sec1), FormatKey, true, "K", ""},
		{"OpenSSH key", m.ssh, FormatKey, true, "K", ""},
		{"request", textOf("CERTIFICATE REQUEST", m.csr), FormatCSR, true, "R", ""},
		{"old request", textOf("NEW CERTIFICATE REQUEST", m.csr), FormatCSR, true, "R", ""},
		{"revocation list", textOf("X509 CRL", m.crl), FormatCRL, true, "L", ""},
		{"public key", textOf("PUBLIC KEY", m.public), FormatPEM, true, "P", ""},
		{"PKCS#1 public key", textOf("RSA PUBLIC KEY", m.rsaPub), FormatPEM, true, "P", ""},
	}
}

// soundDER are the binary files with which nothing is wrong.
func soundDER(m material) []sample {
	return []sample{
		{"DER certificate", m.leaf.Raw, FormatDER, false, "C", ""},
		{"DER certificates one after the other", join(m.leaf.Raw, m.root.Raw), FormatDER, false, "CC", ""},
		{"DER PKCS#1 key", m.pkcs1, FormatKey, false, "K", ""},
		{"DER PKCS#8 key", m.pkcs8, FormatKey, false, "K", ""},
		{"DER SEC 1 key", m.sec1, FormatKey, false, "K", ""},
		{"DER request", m.csr, FormatCSR, false, "R", ""},
		{"DER revocation list", m.crl, FormatCRL, false, "L", ""},
		{"DER public key", m.public, FormatDER, false, "P", ""},
		{"DER PKCS#1 public key", m.rsaPub, FormatDER, false, "P", ""},
		{"DER certificate and key", join(m.leaf.Raw, m.pkcs8), FormatDER, false, "CK", ""},
	}
}

// odd are files that can be read, with something to say about them.
func odd(m material) []sample {
	open := append([]byte{0x30, 0x80}, append(bytes.Clone(m.leaf.Raw[4:]), 0, 0)...)
	return []sample{
		{"bare base64", bare(m.leaf.Raw), FormatPEM, true, "C", "pem.bare-base64 pem.one-line"},
		{"two labels that lie", join(textOf("CERTIFICATE", m.pkcs8), textOf("PRIVATE KEY", m.leaf.Raw)), FormatPEM, true, "KC", "pem.label pem.label"},
		{"old label", textOf("X509 CERTIFICATE", m.leaf.Raw), FormatPEM, true, "C", "pem.old-label"},
		{"oldest label", textOf("X.509 CERTIFICATE", m.leaf.Raw), FormatPEM, true, "C", "pem.old-label"},
		{"parameters and key", join(textOf("EC PARAMETERS", []byte("\x06\x08*\x86H\xce=\x03\x01\x07")), textOf("EC PRIVATE KEY", m.sec1)), FormatPEM, true, "OK", "content.parameters"},
		{"DH parameters", textOf("DH PARAMETERS", m.dhParameters), FormatPEM, true, "O", "content.parameters"},
		{"DSA parameters", textOf("DSA PARAMETERS", m.dsaParamters), FormatPEM, true, "O", "content.parameters"},
		{"certificate and DH parameters", join(m.leaf.PEM(), textOf("DH PARAMETERS", m.dhParameters)), FormatPEM, true, "CO", "content.parameters"},
		{"DER and two bytes", join(m.leaf.Raw, []byte{0, 0}), FormatDER, false, "C", "der.trailing"},
		{"DER and a line end", join(m.leaf.Raw, []byte("\r\n")), FormatDER, false, "C", "der.trailing"},
		{"DER and an empty sequence", join(m.leaf.Raw, []byte{0x30, 0}), FormatDER, false, "C", "der.trailing"},
		{"DER and PEM", join(m.leaf.Raw, m.root.PEM()), FormatDER, false, "C", "der.trailing"},
		{"DER and a piece of one", join(m.leaf.Raw, m.root.Raw[:100]), FormatDER, false, "C", "der.cut-off"},
		{"DER cut off", m.leaf.Raw[:200], FormatUnknown, false, "", "der.cut-off"},
		{"BER certificate", open, FormatDER, false, "C", "certificate.ber"},
		{"PEM of a BER certificate", textOf("CERTIFICATE", open), FormatPEM, true, "C", "certificate.ber"},
		{"PEM of a BER certificate and two bytes", textOf("CERTIFICATE", join(open, []byte{1, 1})), FormatPEM, true, "C", "der.trailing certificate.ber"},
		{"PEM and two bytes", textOf("CERTIFICATE", join(m.leaf.Raw, []byte{0, 0})), FormatPEM, true, "C", "pem.trailing-bytes"},
		{"a certificate after a broken one", join(bytes.Replace(m.root.PEM(), []byte("\nMII"), []byte("\n*II"), 1), m.leaf.PEM()), FormatPEM, true, "OC", "pem.bad-character"},
		{"unknown label", textOf("CERTIFICATE OF MINE", m.leaf.Raw), FormatPEM, true, "C", "pem.unknown-label pem.label"},
		{"a label alone", textOf("CERTIFICATE", []byte{0x30, 0}), FormatPEM, true, "O", "content.block-unknown"},
		{"PEM in UTF-16", utf16(m.leaf.PEM()), FormatPEM, true, "C", "pem.utf-16"},
	}
}

// utf16 is what Windows' notepad makes of a text.
func utf16(text []byte) []byte {
	out := []byte{0xff, 0xfe}
	for _, c := range text {
		out = append(out, c, 0)
	}
	return out
}

func (s sample) check(t *testing.T, f *File) {
	t.Helper()
	if f.Format != s.format || f.PEM != s.pem || kinds(f) != s.kinds || codes(f.Findings) != s.codes {
		t.Errorf("%s: %s, PEM %v, objects %q, findings %q; want %s, %v, %q, %q", s.name,
			f.Format, f.PEM, kinds(f), codes(f.Findings), s.format, s.pem, s.kinds, s.codes)
	}
	wellFormed(t, s.name, f)
}

// wellFormed holds what is true of every file that has been read.
func wellFormed(t *testing.T, name string, f *File) {
	t.Helper()
	for _, o := range f.Findings {
		if o.Code == "" || o.Severity == "" || o.Message == "" || o.Fix == "" || o.Source == "" || !slices.Contains(finding.Bases(), o.Basis) {
			t.Errorf("%s: incomplete finding %+v", name, o)
		}
		if strings.ContainsAny(o.Message, "\x00\x07\r\n\x1b\u009b\u202e") || strings.HasSuffix(o.Message, ".") {
			t.Errorf("%s: message %q", name, o.Message)
		}
	}
	for i, o := range f.Objects {
		if (o.Certificate != nil) != (o.Kind == KindCertificate) || (o.Key != nil) != (o.Kind == KindPrivateKey) {
			t.Errorf("%s: object %d is of kind %q, certificate %v, key %v", name, i, o.Kind, o.Certificate != nil, o.Key != nil)
		}
		if o.Certificate != nil && !bytes.Equal(o.Certificate.Raw, o.DER) {
			t.Errorf("%s: object %d has two certificates", name, i)
		}
		if f.PEM != (o.Line > 0) {
			t.Errorf("%s: object %d is at line %d", name, i, o.Line)
		}
	}
	if len(f.Objects)+len(f.Findings) == 0 {
		t.Errorf("%s: nothing is said of it", name)
	}
}

func TestRead(t *testing.T) {
	m := forFiles(t)
	for _, s := range slices.Concat(soundPEM(m), soundDER(m), odd(m)) {
		s.check(t, Read("file", s.data, Options{}))
	}
}

// What openssl writes.
func TestReadOpenSSL(t *testing.T) {
	m := forFiles(t)
	p7, p12 := m.openssl(t, toPKCS7), m.openssl(t, toPKCS12)
	dsa := m.openssl(t, "dsaparam -genkey -noout 1024")
	for _, s := range []sample{
		{"PKCS#7", p7, FormatPKCS7, false, "CC", ""},
		{"PKCS#7 in PEM", textOf("PKCS7", p7), FormatPKCS7, true, "CC", ""},
		{"PKCS#7 in BER", openLengths(t, p7), FormatPKCS7, false, "CC", "pkcs7.ber"},
		{"PKCS#7 in PEM and BER", textOf("PKCS7", openLengths(t, p7)), FormatPKCS7, true, "CC", "pkcs7.ber"},
		{"PKCS#7 as CMS", textOf("CMS", p7), FormatPKCS7, true, "CC", ""},
		{"PKCS#7 as certificate", textOf("CERTIFICATE", p7), FormatPKCS7, true, "CC", "pem.label"},
		{"PKCS#7 and a certificate", join(textOf("PKCS7", p7), m.leaf.PEM()), FormatPEM, true, "CCC", ""},
		{"PKCS#7 and two bytes", join(p7, []byte{0, 0}), FormatPKCS7, false, "CC", "der.trailing"},
		{"PKCS#7 with its list", m.openssl(t, "crl2pkcs7 -in {crl} -certfile {chain}"), FormatPKCS7, true, "CCL", ""},
		{"PKCS#12", p12, FormatPKCS12, false, "CCK", ""},
		{"PKCS#12 in PEM", textOf("PKCS12", p12), FormatPKCS12, true, "CCK", "pem.unknown-label"},
		{"two of PKCS#12", join(p12, p12), FormatDER, false, "CCKO", "pkcs12.several"},
		{"DSA key", dsa, FormatKey, true, "K", ""},
		{"PKCS#8, encrypted", m.openssl(t, "pkcs8 -topk8 -in {key} -passout pass:"+filePassword), FormatKey, true, "K", ""},
		{"PKCS#8, encrypted, DER", m.openssl(t, "pkcs8 -topk8 -outform DER -in {key} -passout pass:"+filePassword), FormatKey, false, "K", ""},
		{"PKCS#1, encrypted in PEM", m.openssl(t, "rsa -aes128 -traditional -in {rsa} -passout pass:"+filePassword), FormatKey, true, "K", ""},
		{"trusted certificate", m.openssl(t, "x509 -in {leaf} -trustout -addtrust serverAuth"), FormatPEM, true, "C", "pem.trusted"},
		{"printed certificate", m.openssl(t, "x509 -in {leaf} -text"), FormatPEM, true, "C", "pem.text-dump"},
		{"curve by name", m.openssl(t, "ecparam -name prime256v1 -genkey"), FormatPEM, true, "OK", "content.parameters"},
		{"curve by numbers", m.openssl(t, "ecparam -name prime256v1 -param_enc explicit"), FormatPEM, true, "O", "content.parameters"},
		{"DH parameters", m.openssl(t, "genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048"), FormatPEM, true, "O", "content.parameters"},
	} {
		f := Read("file", s.data, Options{Password: typed(filePassword)})
		s.check(t, f)
		for _, k := range f.Keys() {
			if k.Locked != nil {
				t.Errorf("%s: %v", s.name, k.Locked)
			}
		}
	}
}

// The certificates and keys are those that were written.
func TestReadBytes(t *testing.T) {
	m := forFiles(t)
	f := Read("-", join(m.chainPEM(), textOf("PRIVATE KEY", m.pkcs8)), Options{})
	certs, keys := f.Certificates(), f.Keys()
	if len(certs) != 2 || !certs[0].Equal(m.leaf.Certificate) || !certs[1].Equal(m.root.Certificate) {
		t.Fatalf("%d certificates", len(certs))
	}
	if len(keys) != 1 || !keys[0].Matches(certs[0].RawSubjectPublicKeyInfo) || keys[0].Matches(certs[1].RawSubjectPublicKeyInfo) {
		t.Error("the key is not the first certificate's")
	}
	if f.Objects[1].Line != f.Objects[0].Line+bytes.Count(m.leaf.PEM(), []byte("\n")) || f.Objects[2].Label != "PRIVATE KEY" {
		t.Errorf("lines %d and %d", f.Objects[0].Line, f.Objects[1].Line)
	}
	if f.Name != "-" || f.MendedName() != "mended.pem" || f.Size != int64(len(f.Raw)) || f.Truncated {
		t.Errorf("%q of %d bytes", f.Name, f.Size)
	}
}

// However many encrypted things a file holds, the password is asked for once,
// and never when nothing is encrypted.
func TestPasswordIsAskedForOnce(t *testing.T) {
	m := forFiles(t)
	encrypted := m.openssl(t, "rsa -aes128 -traditional -in {rsa} -passout pass:"+filePassword)
	p12 := textOf("PKCS12", m.openssl(t, toPKCS12))
	asked := 0
	ask := func() ([]byte, bool) { asked++; return []byte(filePassword), true }
	f := Read("file", join(encrypted, p12, encrypted), Options{Password: ask})
	if asked != 1 || kinds(f) != "KCCKK" {
		t.Errorf("asked %d times, objects %s", asked, kinds(f))
	}
	if Read("file", m.leaf.PEM(), Options{Password: ask}); asked != 1 {
		t.Error("asked for the password of a certificate")
	}
}

// A file of which only the start was read is not judged by it.
func TestTruncated(t *testing.T) {
	m := forFiles(t)
	f := Read("file", m.chainPEM(), Options{Size: 6 << 20, Truncated: true})
	sample{"start of a file", nil, FormatUnknown, false, "", "file.too-long"}.check(t, f)
	if f.Size != 6<<20 || !f.Truncated {
		t.Errorf("%d bytes", f.Size)
	}
}

func TestTooManyObjects(t *testing.T) {
	one := forFiles(t).public // the smallest of all
	for count, want := range map[int]string{maxObjects: "", maxObjects + 1: "der.too-many"} {
		f := Read("file", bytes.Repeat(one, count), Options{})
		if len(f.Objects) != maxObjects || codes(f.Findings) != want {
			t.Errorf("%d objects of %d, findings %q", len(f.Objects), count, codes(f.Findings))
		}
	}
}

func TestMendedName(t *testing.T) {
	for name, want := range map[string]string{
		"-": "mended.pem", "": "mended.pem", "root.cer": "root-mended.pem", "dir.d/root": "dir.d/root-mended.pem", "a.b.crt": "a.b-mended.pem",
	} {
		if got := (&File{Name: name}).MendedName(); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
	if got := FillFix("phonecert convert {file} -o {out}", "my root.cer", "out.pem"); got != "phonecert convert 'my root.cer' -o out.pem" {
		t.Error(got)
	}
	if got := FillFix("unpack it", "x", "y"); got != "unpack it" {
		t.Error(got)
	}
}

func ExampleRead() {
	f := Read("page.crt", []byte("<!DOCTYPE html><title>Login</title>"), Options{})
	fmt.Println(f.Format, f.Findings[0].Code)
	// Output: unknown content.html
}
