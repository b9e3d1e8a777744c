package certificate

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/internal/realparts"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// opensslCertificate has openssl make a key and a self-signed certificate.
func opensslCertificate(t *testing.T, makeKey, options string) *Certificate {
	t.Helper()
	openssl, key := realparts.Need(t, "openssl"), filepath.Join(t.TempDir(), "key.pem")
	run := func(args string) []byte {
		t.Helper()
		cmd := exec.Command(openssl, strings.Fields(strings.ReplaceAll(args, "{key}", key))...)
		cmd.Env = append(os.Environ(), "OPENSSL_CONF=/dev/null")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("openssl %s: %v", args, err)
		}
		return out
	}
	run(makeKey)
	block, _ := pem.Decode(run("req -x509 -new -key {key} -subj /CN=example.com " + options))
	if block == nil {
		t.Fatal("openssl made no certificate")
	}
	c, err := Parse(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAlgorithms(t *testing.T) {
	for _, test := range []struct {
		name, makeKey, options string
		key                    string
		bits                   int
		signature              Signature
	}{
		{"RSA", "genrsa -out {key} 1024", "-sha256", "RSA", 1024, Signature{"sha256WithRSAEncryption", "SHA-256"}},
		{"RSA of 512 bits with MD5", "genrsa -out {key} 512", "-md5", "RSA", 512, Signature{"md5WithRSAEncryption", "MD5"}},
		{"RSASSA-PSS", "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:1024 -out {key}", "-sha256", "RSASSA-PSS", 1024, Signature{"RSASSA-PSS", ""}},
		{"RSA that signs with PSS", "genrsa -out {key} 1024", "-sha256 -sigopt rsa_padding_mode:pss", "RSA", 1024, Signature{"RSASSA-PSS", ""}},
		{"DSA", "dsaparam -genkey -noout -out {key} 1024", "-sha256", "DSA", 1024, Signature{"dsa-with-SHA256", "SHA-256"}},
		{"EC", "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out {key}", "-sha384", "EC", 384, Signature{"ecdsa-with-SHA384", "SHA-384"}},
		{"Ed25519", "genpkey -algorithm ED25519 -out {key}", "", "Ed25519", 256, Signature{"Ed25519", ""}},
		{"Ed448", "genpkey -algorithm ED448 -out {key}", "", "Ed448", 456, Signature{"Ed448", ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := opensslCertificate(t, test.makeKey, test.options)
			if c.KeyAlgorithm() != test.key || c.KeyBits() != test.bits || c.SignatureAlgorithm() != test.signature {
				t.Errorf("%s with %d bits, signed with %v", c.KeyAlgorithm(), c.KeyBits(), c.SignatureAlgorithm())
			}
			if c.Strict != nil {
				t.Errorf("the standard parser refuses it: %v", c.Strict)
			}
		})
	}
}

func TestDSA(t *testing.T) {
	number := func(octets int) []byte { return element(asn1.INTEGER, bigModulus(8*octets)) }
	parameters := element(asn1.SEQUENCE, number(128), number(20), number(128))
	c, err := Parse(forge(t, withKey(element(asn1.SEQUENCE,
		algorithmOf("1.2.840.10040.4.1", parameters), element(asn1.BIT_STRING, append([]byte{0}, number(128)...)))),
		func(f *forged) { f.signature = algorithmOf("1.2.840.10040.4.3") }))
	if err != nil || c.KeyAlgorithm() != "DSA" || c.KeyBits() != 1024 || c.SignatureAlgorithm() != (Signature{"dsa-with-SHA1", "SHA-1"}) {
		t.Errorf("%v, %+v", err, c)
	}
}

// The names of the algorithms are OpenSSL's own.
func TestSignatureNames(t *testing.T) {
	openssl := realparts.Need(t, "openssl")
	for _, oid := range []string{
		"1.2.840.113549.1.1.2", "1.2.840.113549.1.1.3", "1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.840.113549.1.1.14",
		"1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13", "1.2.840.10040.4.3", "2.16.840.1.101.3.4.3.2",
		"1.2.840.10045.4.1", "1.2.840.10045.4.3.1", "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4",
	} {
		c := Certificate{SignatureOID: oid}
		cmd := exec.Command(openssl, "asn1parse", "-inform", "DER")
		cmd.Stdin = strings.NewReader(string(object(oid)))
		out, err := cmd.Output()
		want := strings.TrimSpace(string(out[strings.LastIndexByte(string(out), ':')+1:]))
		same := func(name string) string { return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name)) }
		if err != nil || same(c.SignatureAlgorithm().Name) != same(want) || c.SignatureAlgorithm().Hash == "" {
			t.Errorf("%s is %v, for OpenSSL %q (%v)", oid, c.SignatureAlgorithm(), want, err)
		}
	}
	unknown := Certificate{SignatureOID: "1.2.3", KeyOID: "1.2.4"}
	if unknown.SignatureAlgorithm() != (Signature{"1.2.3", ""}) || unknown.KeyAlgorithm() != "1.2.4" || (&Certificate{SignatureOID: "1.3.14.3.2.29"}).SignatureAlgorithm().Hash != "SHA-1" {
		t.Error("an algorithm without a name is not named by its number")
	}
}

// The built-in roots of the phones are what there is of version 1, of MD2 and
// of MD5 in earnest.
func TestBuiltinRoots(t *testing.T) {
	count := map[string]int{}
	for _, list := range handset.RootLists() {
		roots, err := handset.Roots(list)
		if err != nil {
			t.Fatal(err)
		}
		for _, root := range roots {
			c, err := Parse(root.DER())
			if err != nil {
				t.Errorf("%s: %v", root.Slug, err)
				continue
			}
			if c.SHA256() != root.SHA256 || NameString(c.Subject) != root.Subject || !c.SelfIssued() || !c.MayIssue() {
				t.Errorf("%s: %s, %q, self-issued %v, CA %v", root.Slug, c.SHA256(), NameString(c.Subject), c.SelfIssued(), c.MayIssue())
			}
			if len(c.SHA1()) != 40 || c.KeyBits() == 0 || Path(c, []*Certificate{c})[0] != c {
				t.Errorf("%s: SHA-1 %s, %d bits", root.Slug, c.SHA1(), c.KeyBits())
			}
			count[c.SignatureAlgorithm().Hash]++
			if c.Version == 1 {
				count["v1"]++
			}
		}
	}
	for _, kind := range []string{"v1", "MD2", "MD5", "SHA-1"} {
		if count[kind] == 0 {
			t.Errorf("no root of %s is among them: %v", kind, count)
		}
	}
}
