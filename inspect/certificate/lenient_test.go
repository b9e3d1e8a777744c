package certificate

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/internal/realparts"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// oddCertificate is a certificate with one fault for which the standard parser
// refuses it.
type oddCertificate struct {
	name   string
	change func(*forged)
	// want is what is read all the same; empty where the fault leaves no trace.
	want string
	read func(*Certificate) string
}

func serial(content ...byte) func(*forged) {
	return func(f *forged) { f.serial = element(asn1.INTEGER, content) }
}

func subject(tag asn1.Tag, value string) func(*forged) {
	return func(f *forged) { f.subject = element(asn1.SEQUENCE, attribute(3, tag, value)) }
}

func validity(tag asn1.Tag, from, to string) func(*forged) {
	return func(f *forged) {
		f.validity = element(asn1.SEQUENCE, element(tag, []byte(from)), element(tag, []byte(to)))
	}
}

func withKey(info []byte) func(*forged) { return func(f *forged) { f.key = info } }

// extended adds an extension, or replaces the one of the same type.
func extended(oid string, critical bool, value []byte) func(*forged) {
	return func(f *forged) {
		added := extension(oid, critical, value)
		kept := slices.DeleteFunc(slices.Clone(f.extensions), func(e []byte) bool { return bytes.Contains(e, object(oid)) })
		f.extensions = append(kept, added)
	}
}

func curveKey(curve []byte) []byte {
	point := append([]byte{0, 4}, bytes.Repeat([]byte{1}, 64)...)
	return element(asn1.SEQUENCE, element(asn1.SEQUENCE, object("1.2.840.10045.2.1"), curve), element(asn1.BIT_STRING, point))
}

func name(tag uint8, value string) []byte {
	return element(asn1.Tag(tag).ContextSpecific(), []byte(value))
}

func oddCertificates() []oddCertificate {
	commonName := func(c *Certificate) string { return c.Subject.CommonName }
	serialNumber := func(c *Certificate) string { return c.SerialNumber.String() }
	until := func(c *Certificate) string { return c.NotAfter.Format(time.RFC3339Nano) }
	names := func(c *Certificate) string { return strings.Join(c.AlternativeNames(), " ") }
	usage := func(c *Certificate) string { return strings.Join(c.KeyUsageNames(), " ") }
	key := func(c *Certificate) string {
		return strings.TrimSuffix(c.KeyAlgorithm()+" "+strconv.Itoa(c.KeyBits()), " 0")
	}
	issuer := func(c *Certificate) string {
		if c.MayIssue() {
			return "CA"
		}
		return "no CA"
	}
	bare := []byte{5, 1} // no element is whole in it
	return []oddCertificate{
		{"negative serial number", serial(0x80), "-128", serialNumber},
		{"padded serial number", serial(0, 0, 5), "5", serialNumber},
		{"padded negative serial number", serial(0xff, 0xff, 0xfe), "-2", serialNumber},
		{"empty serial number", serial(), "0", serialNumber},
		{"version 4", func(f *forged) { f.version = element(contextual(0), element(asn1.INTEGER, []byte{3})) }, "CA", issuer},

		{"PrintableString with @", subject(asn1.PrintableString, "a@b_c"), "a@b_c", commonName},
		{"PrintableString in Latin-1", subject(asn1.PrintableString, "M\xfcller"), "Müller", commonName},
		{"UTF8String in Latin-1", subject(asn1.UTF8String, "M\xfcller"), "Müller", commonName},
		{"IA5String in UTF-8", subject(asn1.IA5String, "Müller"), "Müller", commonName},
		{"NumericString with letters", subject(tagNumericString, "12a"), "12a", commonName},
		{"VisibleString", subject(tagVisibleString, "Example"), "Example", commonName},
		{"UniversalString", subject(tagUniversalString, "\x00\x00\x00M\x00\x01\xf6\x00\xff\xff\xff\xff"), "M😀\uFFFD", commonName},
		{"BMPString of odd length", subject(tagBMPString, "\x00M\x00\xfc\x00"), "Mü", commonName},
		{"OCTET STRING as name", subject(asn1.OCTET_STRING, "abc"), "#0403616263", commonName},

		{"time with a fraction", validity(asn1.GeneralizedTime, "20200101000000.5Z", "20400101000000.5Z"), "2040-01-01T00:00:00.5Z", until},
		{"GeneralizedTime without seconds", validity(asn1.GeneralizedTime, "202001010000Z", "204001010000Z"), "2040-01-01T00:00:00Z", until},
		{"GeneralizedTime with an offset", validity(asn1.GeneralizedTime, "20200101000000+0000", "20400101000000+0000"), "2040-01-01T00:00:00Z", until},
		{"both at once, of the last century", func(f *forged) {
			serial(0x80)(f)
			validity(asn1.UTCTime, "5001010000+0000", "991231235959Z")(f)
		}, "1950-01-01", func(c *Certificate) string { return c.NotBefore.Format(time.DateOnly) }},

		{"BOOLEAN of 1", extended("2.5.29.19", true, element(asn1.SEQUENCE, element(asn1.BOOLEAN, []byte{1}))), "CA", issuer},
		{"BOOLEAN of 1 as critical", func(f *forged) {
			constraints := element(asn1.OCTET_STRING, element(asn1.SEQUENCE, element(asn1.BOOLEAN, []byte{0xff})))
			f.extensions = [][]byte{element(asn1.SEQUENCE, object("2.5.29.19"), element(asn1.BOOLEAN, []byte{1}), constraints)}
		}, "CA", issuer},
		{"negative path length", extended("2.5.29.19", true, element(asn1.SEQUENCE, element(asn1.BOOLEAN, []byte{0xff}), element(asn1.INTEGER, []byte{0xff}))), "CA", issuer},
		{"unreadable basic constraints", extended("2.5.29.19", true, bare), "no CA", issuer},
		{"key usage with set padding", extended("2.5.29.15", true, element(asn1.BIT_STRING, []byte{2, 0x87})), "digitalSignature keyCertSign cRLSign encipherOnly", usage},
		{"empty key usage", extended("2.5.29.15", true, element(asn1.BIT_STRING)), "", usage},
		{"unreadable extended key usage", extended("2.5.29.37", false, bare), "", usage37},
		{"extended key usage of a UUID", extended("2.5.29.37", false, element(asn1.SEQUENCE, object("1.3.6.1.5.5.7.3.1"), object("2.25.340282366920938463463374607431768211455"))), "serverAuth 2.25", usage37},
		{"extension of a UUID", extended("2.25.340282366920938463463374607431768211455", true, element(asn1.NULL)), "CA", issuer},
		{"two of a kind", func(f *forged) {
			f.extensions = append(slices.Clip(f.extensions), extension("2.5.29.14", false, element(asn1.OCTET_STRING, []byte{9})))
		}, "\x01\x02\x03\x04", func(c *Certificate) string { return string(c.SubjectKeyId) }},
		{"bare key identifier", extended("2.5.29.14", false, bare), "", func(c *Certificate) string { return string(c.SubjectKeyId) }},
		{"unreadable issuer's key identifier", extended("2.5.29.35", false, bare), "", func(c *Certificate) string { return string(c.AuthorityKeyId) }},
		{"name in Latin-1", extended("2.5.29.17", false, element(asn1.SEQUENCE, name(2, "m\xfcller.example.com"), name(1, "a@example.com"))),
			"DNS:müller.example.com email:a@example.com", names},
		{"address of three octets", extended("2.5.29.17", false, element(asn1.SEQUENCE, name(7, "\x01\x02\x03"), name(7, "\xc0\x00\x02\x01"), name(2, "example.com"))),
			"DNS:example.com IP:192.0.2.1", names},
		{"broken URI", extended("2.5.29.17", false, element(asn1.SEQUENCE, name(6, "sip://[::1"), name(6, "sip:example.com"))), "URI:sip:example.com", names},
		{"unreadable names", extended("2.5.29.17", false, bare), "", names},
		{"unreadable policies", extended("2.5.29.32", true, bare), "CA", issuer},
		{"unreadable name constraints", extended("2.5.29.30", true, bare), "CA", issuer},
		{"unreadable distribution points", extended("2.5.29.31", false, bare), "CA", issuer},

		{"RSA without NULL", withKey(element(asn1.SEQUENCE, algorithmOf(oidRSA), element(asn1.BIT_STRING, append([]byte{0}, rsaNumbers(bigModulus(512), []byte{3})...)))), "RSA 512", key},
		{"RSA modulus without its zero", withKey(rsaKeyOf(bytes.Repeat([]byte{0x81}, 64), []byte{3})), "RSA 512", key},
		{"RSA exponent of 72 bits", withKey(rsaKeyOf(bigModulus(512), bytes.Repeat([]byte{1}, 9))), "RSA 512", key},
		{"RSA without numbers", withKey(element(asn1.SEQUENCE, algorithmOf(oidRSA, element(asn1.NULL)), element(asn1.BIT_STRING, append([]byte{0}, bare...)))), "RSA", key},
		{"EC on secp256k1", withKey(curveKey(object("1.3.132.0.10"))), "EC", key},
		{"EC on brainpoolP256r1", withKey(curveKey(object("1.3.36.3.3.2.8.1.1.7"))), "EC", key},
		{"EC on a curve of its own", withKey(curveKey(element(asn1.SEQUENCE, element(asn1.INTEGER, []byte{1})))), "EC", key},
		{"EC with a point beside the curve", withKey(curveKey(object("1.2.840.10045.3.1.7"))), "EC", key},
		{"DSA with the issuer's parameters", withKey(element(asn1.SEQUENCE, algorithmOf("1.2.840.10040.4.1"), element(asn1.BIT_STRING, []byte{0, 2, 1, 5}))), "DSA", key},

		{"two signature algorithms", func(f *forged) { f.outer = algorithmOf("1.2.840.113549.1.1.4", element(asn1.NULL)) }, "md5WithRSAEncryption",
			func(c *Certificate) string { return c.SignatureAlgorithm().Name }},
	}
}

func usage37(c *Certificate) string { return strings.Join(c.ExtendedKeyUsageNames(), " ") }

// What the standard parser refuses and old phones take is read, and the
// refusal is kept.
func TestOddCertificates(t *testing.T) {
	sound, err := Parse(forge(t))
	if err != nil || sound.Strict != nil {
		t.Fatalf("the certificate without a fault: %v, %v", err, sound)
	}
	for _, odd := range oddCertificates() {
		c, err := Parse(forge(t, odd.change))
		switch {
		case err != nil:
			t.Errorf("%s: %v", odd.name, err)
		case c.Strict == nil:
			t.Errorf("%s: the standard parser takes it", odd.name)
		case odd.read(c) != odd.want:
			t.Errorf("%s: read %q, want %q", odd.name, odd.read(c), odd.want)
		}
	}
}

// OpenSSL reads them too, but for what its later releases refuse.
func TestOddCertificatesInOpenSSL(t *testing.T) {
	openssl := realparts.Need(t, "openssl")
	sinceThen := []string{
		"padded serial number", "padded negative serial number", "empty serial number", // 1.1.0
		"UTF8String in Latin-1", "VisibleString", "BMPString of odd length", "OCTET STRING as name", // refused at any time
		"UniversalString", // for its last character
	}
	var text bytes.Buffer
	for _, odd := range oddCertificates() {
		if !slices.Contains(sinceThen, odd.name) {
			_ = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: forge(t, odd.change)})
		}
	}
	file := filepath.Join(t.TempDir(), "odd.pem")
	if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(openssl, "crl2pkcs7", "-nocrl", "-certfile", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// What even the lenient parser does not read is refused with the standard
// parser's complaint.
func TestRefused(t *testing.T) {
	whole := forge(t)
	for name, test := range map[string]struct {
		der   []byte
		cause error
	}{
		"nothing":          {nil, ErrNotCertificate},
		"trailing bytes":   {append(bytes.Clone(whole), 0, 0), ErrTrailing},
		"another sequence": {element(asn1.SEQUENCE, element(asn1.NULL)), ErrNotCertificate},
		"a bare version":   {element(asn1.SEQUENCE, element(asn1.SEQUENCE, element(asn1.INTEGER, []byte{1}))), ErrNotCertificate},
		"negative version": {forge(t, func(f *forged) { f.version = element(contextual(0), element(asn1.INTEGER, []byte{0x80})) }), nil},
		"version 300":      {forge(t, func(f *forged) { f.version = element(contextual(0), element(asn1.INTEGER, []byte{1, 44})) }), nil},
		"a year of 3":      {forge(t, validity(asn1.UTCTime, "3", "4")), nil},
		"month 13":         {forge(t, validity(asn1.UTCTime, "201301000000Z", "401301000000Z")), nil},
		"a text as time":   {forge(t, validity(asn1.UTF8String, "200101000000Z", "400101000000Z")), nil},
		"a name of text":   {forge(t, func(f *forged) { f.subject = element(asn1.SEQUENCE, element(asn1.UTF8String, []byte("x"))) }), nil},
		"a bare attribute": {forge(t, func(f *forged) { f.subject = element(asn1.SEQUENCE, element(asn1.SET, element(asn1.NULL))) }), nil},
		"an extension without value": {forge(t, func(f *forged) {
			f.extensions = [][]byte{element(asn1.SEQUENCE, object("2.5.29.14"))}
		}), nil},
		"an identifier of 100 octets": {forge(t, func(f *forged) {
			oid := element(asn1.OBJECT_IDENTIFIER, append(bytes.Repeat([]byte{0x81}, 99), 1))
			f.extensions = [][]byte{element(asn1.SEQUENCE, oid, element(asn1.OCTET_STRING))}
		}), nil},
	} {
		c, err := Parse(test.der)
		if c != nil || err == nil || test.cause != nil && !errors.Is(err, test.cause) {
			t.Errorf("%s: %v, %v", name, c, err)
		}
		if _, strict := x509.ParseCertificate(test.der); test.cause == nil && (strict == nil || err.Error() != strict.Error()) {
			t.Errorf("%s: %v, and the standard parser says %v", name, err, strict)
		}
	}
}

// Every strict prefix is refused, by Parse and by the lenient parser alone.
func TestPrefixes(t *testing.T) {
	for _, whole := range [][]byte{forge(t), forge(t, serial(0x80))} {
		for n := range whole {
			if c, err := Parse(whole[:n]); err == nil || c != nil {
				t.Fatalf("the first %d of %d bytes are read", n, len(whole))
			}
			if c, err := parseLenient(whole[:n]); err == nil || c != nil {
				t.Fatalf("the lenient parser reads the first %d of %d bytes", n, len(whole))
			}
		}
	}
}

// Numbers as large as the file are measured and not computed with: a parser
// that verifies self-signatures takes hours here.
func TestLargeNumbers(t *testing.T) {
	const bits = 1 << 22
	der := forge(t, func(f *forged) {
		f.serial = element(asn1.INTEGER, append([]byte{0x80}, make([]byte, bits/8)...))
		f.key = rsaKeyOf(bigModulus(bits), bigModulus(bits-1))
	})
	start := time.Now()
	c, err := Parse(der)
	if err != nil || c.Strict == nil || c.KeyBits() != bits || c.SerialNumber.BitLen() != bits+8 {
		t.Fatalf("%v, %d bits", err, c.KeyBits())
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("reading %d bytes took %s", len(der), took)
	}
}
