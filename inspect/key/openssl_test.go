package key_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/phonecert/phonecert/inspect/key"
	"github.com/phonecert/phonecert/internal/realparts"
)

const secret = "pa55 wörd"

// openssl runs the program with the legacy algorithms at hand and returns what
// it writes.
func openssl(t testing.TB, stdin []byte, args ...string) []byte {
	t.Helper()
	return realparts.Run(t, stdin, "openssl", append([]string{args[0], "-provider", "legacy", "-provider", "default"}, args[1:]...)...)
}

// sample is a kind of key and how openssl makes one.
type sample struct {
	name      string
	make      []string
	algorithm string
	curve     string
	bits      int
	form      string // of the traditional encoding; empty without one
	noPublic  bool   // the public half is not computed
}

func samples() []sample {
	rsa := func(bits string) []string { return []string{"genrsa", "-traditional", bits} }
	ec := func(curve string) []string {
		return []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve}
	}
	return []sample{
		{"RSA 512", rsa("512"), "RSA", "", 512, key.PKCS1, false},
		{"RSA 1024", rsa("1024"), "RSA", "", 1024, key.PKCS1, false},
		{"RSA-PSS", []string{"genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:1024"},
			"RSASSA-PSS", "", 1024, "", false},
		{"P-224", ec("P-224"), "EC", "P-224", 224, key.SEC1, false},
		{"P-256", ec("P-256"), "EC", "P-256", 256, key.SEC1, false},
		{"P-384", ec("P-384"), "EC", "P-384", 384, key.SEC1, false},
		{"P-521", ec("P-521"), "EC", "P-521", 521, key.SEC1, false},
		{"P-192", ec("prime192v1"), "EC", "P-192", 192, key.SEC1, false},
		{"secp256k1", ec("secp256k1"), "EC", "secp256k1", 256, key.SEC1, false},
		{"brainpool", ec("brainpoolP256r1"), "EC", "brainpoolP256r1", 256, key.SEC1, false},
		{"a curve with a number", ec("brainpoolP256t1"), "EC", "1.3.36.3.3.2.8.1.1.8", 0, key.SEC1, false},
		{"explicit curve", append(ec("P-256"), "-pkeyopt", "ec_param_enc:explicit"),
			"EC", "a curve of its own parameters", 0, key.SEC1, false},
		{"Ed25519", []string{"genpkey", "-algorithm", "ED25519"}, "Ed25519", "", 256, "", false},
		{"Ed448", []string{"genpkey", "-algorithm", "ED448"}, "Ed448", "", 456, "", true},
		{"DSA", []string{"dsaparam", "-genkey", "-noout", "1024"}, "DSA", "", 1024, key.DSA, false},
	}
}

// made keeps one key of each kind for the whole run.
var made sync.Map

func makeKey(t testing.TB, s sample) []byte {
	t.Helper()
	if pem, ok := made.Load(s.name); ok {
		return pem.([]byte)
	}
	text := openssl(t, nil, s.make...)
	made.Store(s.name, text)
	return text
}

func decode(t testing.TB, text []byte) *pem.Block {
	t.Helper()
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatalf("no PEM in %d bytes", len(text))
	}
	return block
}

func TestFormsAgainstOpenSSL(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			text := makeKey(t, s)
			pkcs8 := openssl(t, text, "pkcs8", "-topk8", "-nocrypt", "-outform", "DER")
			public := openssl(t, text, "pkey", "-pubout", "-outform", "DER")
			p := mustParse(t, "", nil, pkcs8, nil)
			check(t, p, s, key.PKCS8)
			if !bytes.Equal(p.PKCS8, pkcs8) {
				t.Error("PKCS8 is not what was read")
			}
			if !s.noPublic && (!bytes.Equal(p.PublicKeyInfo, public) || !p.Matches(public)) {
				t.Errorf("PublicKeyInfo = %x, want %x", p.PublicKeyInfo, public)
			}
			_, der, ok := p.Traditional()
			if ok != (s.form != "") {
				t.Fatalf("Traditional says %v", ok)
			}
			if !ok {
				return
			}
			traditional := openssl(t, text, "pkey", "-traditional", "-outform", "DER")
			if !bytes.Equal(der, traditional) {
				t.Error("Traditional differs from what openssl writes")
			}
			p = mustParse(t, "", nil, traditional, nil)
			check(t, p, s, s.form)
			if !bytes.Equal(p.PKCS8, pkcs8) {
				t.Error("PKCS8 differs from what openssl writes")
			}
		})
	}
}

func mustParse(t testing.TB, label string, headers map[string]string, der []byte, password key.Password) *key.Private {
	t.Helper()
	p, err := key.Parse(label, headers, der, password)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func check(t *testing.T, p *key.Private, s sample, form string) {
	t.Helper()
	if p.Locked != nil {
		t.Fatal(p.Locked)
	}
	if p.Form != form || p.Algorithm != s.algorithm || p.Curve != s.curve || p.Bits != s.bits {
		t.Errorf("%s, %s %q of %d bits, want %s, %s %q of %d", p.Form, p.Algorithm, p.Curve, p.Bits,
			form, s.algorithm, s.curve, s.bits)
	}
}

func give(password string) key.Password {
	return func() ([]byte, bool) { return []byte(password), true }
}

// encryption is a way to encrypt a key and the name that is shown for it.
type encryption struct {
	cipher string
	args   []string
}

func encryptions() []encryption {
	rsa := func(cipher string) []string { return []string{"rsa", "-traditional", cipher} }
	pkcs8 := func(args ...string) []string { return append([]string{"pkcs8", "-topk8"}, args...) }
	return []encryption{
		{"DES-CBC", rsa("-des")},
		{"DES-EDE3-CBC", rsa("-des3")},
		{"AES-128-CBC", rsa("-aes128")},
		{"AES-192-CBC", rsa("-aes192")},
		{"AES-256-CBC", rsa("-aes256")},
		{"PBES2 with AES-128-CBC", pkcs8("-v2", "aes128", "-v2prf", "hmacWithSHA1")},
		{"PBES2 with AES-192-CBC", pkcs8("-v2", "aes192", "-v2prf", "hmacWithSHA224")},
		{"PBES2 with AES-256-CBC", pkcs8("-v2", "aes256", "-v2prf", "hmacWithSHA256")},
		{"PBES2 with AES-256-CBC", pkcs8("-v2", "aes256", "-v2prf", "hmacWithSHA384")},
		{"PBES2 with AES-256-CBC", pkcs8("-v2", "aes256", "-v2prf", "hmacWithSHA512")},
		{"PBES2 with AES-256-CBC", pkcs8("-v2", "aes256", "-iter", "100000")},
		{"PBES2 with AES-256-CBC", pkcs8("-scrypt")},
		{"PBES2 with DES-EDE3-CBC", pkcs8("-v2", "des3")},
		{"PBES2 with DES-CBC", pkcs8("-v2", "des")},
		{"PBES2 with RC2-40-CBC", pkcs8("-v2", "rc2-40-cbc")},
		{"PBES2 with RC2-64-CBC", pkcs8("-v2", "rc2-64-cbc")},
		{"PBES2 with RC2-128-CBC", pkcs8("-v2", "rc2-cbc")},
		{"pbeWithMD5AndDES-CBC", pkcs8("-v1", "PBE-MD5-DES")},
		{"pbeWithMD5AndRC2-CBC", pkcs8("-v1", "PBE-MD5-RC2-64")},
		{"pbeWithSHA1AndDES-CBC", pkcs8("-v1", "PBE-SHA1-DES")},
		{"pbeWithSHA1AndRC2-CBC", pkcs8("-v1", "PBE-SHA1-RC2-64")},
		{"pbeWithSHAAnd128BitRC4", pkcs8("-v1", "PBE-SHA1-RC4-128")},
		{"pbeWithSHAAnd40BitRC4", pkcs8("-v1", "PBE-SHA1-RC4-40")},
		{"pbeWithSHAAnd3-KeyTripleDES-CBC", pkcs8("-v1", "PBE-SHA1-3DES")},
		{"pbeWithSHAAnd2-KeyTripleDES-CBC", pkcs8("-v1", "PBE-SHA1-2DES")},
		{"pbeWithSHAAnd128BitRC2-CBC", pkcs8("-v1", "PBE-SHA1-RC2-128")},
		{"pbeWithSHAAnd40BitRC2-CBC", pkcs8("-v1", "PBE-SHA1-RC2-40")},
	}
}

func TestEncryptionsAgainstOpenSSL(t *testing.T) {
	text := makeKey(t, samples()[0])
	plain := openssl(t, text, "pkcs8", "-topk8", "-nocrypt", "-outform", "DER")
	for _, e := range encryptions() {
		t.Run(strings.Join(e.args, " "), func(t *testing.T) {
			t.Parallel()
			block := decode(t, openssl(t, text, append(e.args, "-passout", "pass:"+secret)...))
			p := mustParse(t, block.Type, block.Headers, block.Bytes, give(secret))
			if p.Locked != nil {
				t.Fatal(p.Locked)
			}
			if !p.Encrypted || p.Cipher != e.cipher || !bytes.Equal(p.PKCS8, plain) {
				t.Errorf("cipher %q (encrypted: %v), want %q", p.Cipher, p.Encrypted, e.cipher)
			}
			p = mustParse(t, block.Type, block.Headers, block.Bytes, give("wrong"))
			if !errors.Is(p.Locked, key.ErrWrongPassword) || !strings.Contains(p.Locked.Error(), e.cipher) {
				t.Errorf("wrong password: %v", p.Locked)
			}
			p = mustParse(t, block.Type, block.Headers, block.Bytes, nil)
			if !errors.Is(p.Locked, key.ErrPasswordNeeded) || p.PKCS8 != nil || p.PublicKeyInfo != nil {
				t.Errorf("no password: %v", p.Locked)
			}
		})
	}
}

// An algorithm that is not known is named; nobody is asked for a password.
func TestUnsupportedIsNamed(t *testing.T) {
	text := makeKey(t, samples()[0])
	for _, test := range []struct {
		name string
		args []string
	}{
		{"CAMELLIA-128-CBC", []string{"rsa", "-traditional", "-camellia128"}},
		{"SEED-CBC", []string{"rsa", "-traditional", "-seed"}},
		{"RC2-CBC", []string{"rsa", "-traditional", "-rc2"}},
		{"BF-CBC", []string{"rsa", "-traditional", "-bf"}},
		{"CAMELLIA-256-CBC", []string{"pkcs8", "-topk8", "-v2", "camellia256"}},
		{"ARIA-128-CBC", []string{"pkcs8", "-topk8", "-v2", "aria128"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			block := decode(t, openssl(t, text, append(test.args, "-passout", "pass:"+secret)...))
			p := mustParse(t, block.Type, block.Headers, block.Bytes, func() ([]byte, bool) {
				t.Error("asked for the password")
				return nil, false
			})
			if !errors.Is(p.Locked, key.ErrUnsupported) || !strings.Contains(p.Locked.Error(), test.name) {
				t.Errorf("%v, want %v with %q", p.Locked, key.ErrUnsupported, test.name)
			}
		})
	}
}
