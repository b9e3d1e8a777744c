package key_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/key"
	"github.com/phonecert/phonecert/internal/realparts"
)

// pkcs8 makes an unencrypted EC key without any other program.
func pkcs8(t testing.TB) (der, public []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if der, err = x509.MarshalPKCS8PrivateKey(private); err != nil {
		t.Fatal(err)
	}
	if public, err = x509.MarshalPKIXPublicKey(private.Public()); err != nil {
		t.Fatal(err)
	}
	return der, public
}

func TestOpenSSH(t *testing.T) {
	program := realparts.Need(t, "ssh-keygen")
	for _, test := range []struct {
		name, cipher string
		args         []string
		algorithm    string
		bits         int
	}{
		{"Ed25519", "", []string{"-t", "ed25519"}, "Ed25519", 256},
		{"EC", "", []string{"-t", "ecdsa", "-b", "384"}, "EC", 384},
		{"RSA", "", []string{"-t", "rsa", "-b", "1024"}, "RSA", 1024},
		{"encrypted", "bcrypt with aes256-ctr", []string{"-t", "ed25519", "-a", "1"}, "Ed25519", 256},
		{"encrypted with CBC", "bcrypt with aes256-cbc",
			[]string{"-t", "ecdsa", "-b", "256", "-a", "1", "-Z", "aes256-cbc"}, "EC", 256},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path, password := filepath.Join(t.TempDir(), "key"), ""
			if test.cipher != "" {
				password = secret
			}
			args := append(test.args, "-q", "-C", "test", "-N", password, "-f", path)
			if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
				realparts.Missing(t, fmt.Sprintf("an ssh-keygen that does %v (%v\n%s)", args, err, out))
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			block := decode(t, text)
			p := mustParse(t, block.Type, nil, block.Bytes, give(secret))
			if p.Locked != nil || p.Form != key.OpenSSH || p.Algorithm != test.algorithm || p.Bits != test.bits ||
				p.Cipher != test.cipher || p.Encrypted != (test.cipher != "") {
				t.Fatalf("%s %s of %d bits, cipher %q, locked: %v", p.Form, p.Algorithm, p.Bits, p.Cipher, p.Locked)
			}
			if again := mustParse(t, "", nil, p.PKCS8, nil); !again.Matches(p.PublicKeyInfo) {
				t.Error("the PKCS#8 of it is another key")
			}
			if test.cipher == "" {
				return
			}
			for password, cause := range map[string]error{"": key.ErrPasswordNeeded, "wrong": key.ErrWrongPassword} {
				locked := mustParse(t, block.Type, nil, block.Bytes, func() ([]byte, bool) {
					return []byte(password), password != ""
				})
				if !errors.Is(locked.Locked, cause) {
					t.Errorf("password %q: %v, want %v", password, locked.Locked, cause)
				}
				if !bytes.Equal(locked.PublicKeyInfo, p.PublicKeyInfo) || locked.Bits != test.bits {
					t.Error("the public half of a locked key is not told")
				}
			}
			for n := range block.Bytes {
				if _, err := key.Parse("", nil, block.Bytes[:n], nil); err == nil && n < 100 {
					t.Fatalf("prefix of %d bytes was read", n)
				}
			}
		})
	}
}

func TestOpenSSHRefuses(t *testing.T) {
	text := func(s string) string { return fmt.Sprintf("%08x%x", len(s), s) }
	header := func(cipher, derivation, rounds string) []byte {
		options := ""
		if rounds != "" {
			options = "00000001" + "aa" + rounds
		}
		out, err := hex.DecodeString(fmt.Sprintf("%x", "openssh-key-v1\x00") + text(cipher) + text(derivation) +
			fmt.Sprintf("%08x", len(options)/2) + options + "00000001" + text("") + text(""))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, test := range []struct {
		in    []byte
		cause error
		text  string
	}{
		{header("chacha20-poly1305@openssh.com", "bcrypt", "00000010"), key.ErrUnsupported, "chacha20-poly1305"},
		{header("aes256-ctr", "argon2", ""), key.ErrUnsupported, "argon2"},
		{header("aes256-ctr", "bcrypt", "7fffffff"), key.ErrWork, "2147483647 of bcrypt"},
	} {
		p := mustParse(t, "", nil, test.in, give(secret))
		if !errors.Is(p.Locked, test.cause) || !strings.Contains(p.Locked.Error(), test.text) {
			t.Errorf("%v, want %v with %q", p.Locked, test.cause, test.text)
		}
	}
	if _, err := key.Parse("", nil, header("none", "none", ""), nil); !errors.Is(err, key.ErrDamaged) {
		t.Errorf("an empty key: %v", err)
	}
}

func TestMatches(t *testing.T) {
	der, public := pkcs8(t)
	p := mustParse(t, "", nil, der, nil)
	other, otherPublic := pkcs8(t)
	if !p.Matches(public) || p.Matches(otherPublic) || p.Matches(nil) || p.Matches(public[:20]) {
		t.Error("an EC key matches wrongly")
	}
	const point = 1 + 2*32 // at the end
	short := bytes.Clone(public[:len(public)-32])
	short[1] -= 32                                         // the outer length
	short[len(public)-point-2] -= 32                       // the BIT STRING's
	short[len(public)-point] = 2 + public[len(public)-1]&1 // the form
	if !p.Matches(short) || mustParse(t, "", nil, other, nil).Matches(short) {
		t.Error("a compressed point is not understood")
	}
	if (&key.Private{}).Matches(public) {
		t.Error("a locked key matches")
	}
}

// The key of a RSASSA-PSS certificate is an RSA key; a DSA certificate may
// leave its parameters to its issuer (RFC 3279, section 2.3.2).
func TestMatchesOtherWritings(t *testing.T) {
	rsa := openssl(t, makeKey(t, samples()[1]), "pkey", "-pubout", "-outform", "DER")
	p := mustParse(t, "", nil, openssl(t, makeKey(t, samples()[1]), "pkey", "-outform", "DER"), nil)
	asPSS := bytes.Replace(rsa, []byte{0xf7, 0x0d, 1, 1, 1}, []byte{0xf7, 0x0d, 1, 1, 10}, 1)
	if bytes.Equal(rsa, asPSS) || !p.Matches(asPSS) {
		t.Error("an RSASSA-PSS public key does not match")
	}
	dsa := openssl(t, makeKey(t, samples()[14]), "pkey", "-pubout", "-outform", "DER")
	p = mustParse(t, "", nil, openssl(t, makeKey(t, samples()[14]), "pkey", "-outform", "DER"), nil)
	var info struct {
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Key asn1.BitString
	}
	if _, err := asn1.Unmarshal(dsa, &info); err != nil {
		t.Fatal(err)
	}
	info.Algorithm.Parameters = asn1.RawValue{}
	bare, err := asn1.Marshal(info)
	if err != nil || len(bare) >= len(dsa) || !p.Matches(bare) {
		t.Errorf("a DSA public key without parameters does not match: %v", err)
	}
}

func TestNotKeys(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, private)
	if err != nil {
		t.Fatal(err)
	}
	_, public := pkcs8(t)
	for name, in := range map[string][]byte{
		"nothing": nil, "text": []byte("-----BEGIN"), "a number": {2, 1, 5}, "an empty sequence": {0x30, 0},
		"certificate": certificate, "request": request, "public key": public,
		"a digest":   unhex(t, "301b300906052b0e03021a0500040e0102030405060708090a0b0c0d0e"),
		"a PKCS#12":  unhex(t, "30180201033013 06092a864886f70d010701a0060404 30020500"),
		"DH numbers": unhex(t, "3006020117020105"),
		"PKCS#7":     unhex(t, "300b06092a864886f70d010702"),
	} {
		if p, err := key.Parse("", nil, in, nil); !errors.Is(err, key.ErrNotKey) {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDamaged(t *testing.T) {
	der, _ := pkcs8(t)
	flip := func(at int) []byte {
		out := bytes.Clone(der)
		out[at] ^= 1
		return out
	}
	for _, test := range []struct {
		name  string
		in    []byte
		cause error
		text  string
	}{
		{"cut off", der[:len(der)-1], key.ErrDamaged, "cut off at byte 0"},
		{"trailing", append(bytes.Clone(der), 13, 10), key.ErrTrailing, "bytes follow the private key: 2"},
		{"public half", flip(len(der) - 1), key.ErrDamaged, "public half belongs to another key"},
		{"no curve", unhex(t, "3006 020101 040101"), key.ErrDamaged, "does not name its curve"},
		{"zero", unhex(t, "3012 020101 040100 a00a 06082a8648ce3d030107"), key.ErrDamaged, "not in the range of P-256"},
		{"RSA", unhex(t, "301b 020100 020121 020103 020108 02010b 020103 020101 020101 020101"),
			key.ErrDamaged, "do not belong together"},
		{"RSA without a number", unhex(t, "301b 020100 020121 020103 020107 02010b 020103 020101 020101 0201ff"),
			key.ErrDamaged, "RSA number 9 of 9"},
		{"DSA", unhex(t, "3012 020100 020117 02010b 020104 020105 020103"), key.ErrDamaged, "belongs to another key"},
		{"DSA out of range", unhex(t, "3012 020100 020117 02010b 020104 020105 02010b"), key.ErrDamaged, "no DSA number"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := key.Parse("", nil, test.in, nil)
			if p != nil || !errors.Is(err, test.cause) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%v, %v, want %v with %q", p, err, test.cause, test.text)
			}
		})
	}
}

// Toy keys whose numbers can be checked by hand: 3 · 7 = 21 = 1 modulo 10 and
// modulo 2; 4 to the third is 18 modulo 23.
func TestToyKeys(t *testing.T) {
	rsa := mustParse(t, "", nil, unhex(t, "301b 020100 020121 020103 020107 02010b 020103 020107 020101 020104"), nil)
	if rsa.Bits != 6 || rsa.Form != key.PKCS1 {
		t.Errorf("RSA: %s of %d bits", rsa.Form, rsa.Bits)
	}
	dsa := mustParse(t, "", nil, unhex(t, "3012 020100 020117 02010b 020104 020112 020103"), nil)
	if dsa.Bits != 5 || dsa.Form != key.DSA {
		t.Errorf("DSA: %s of %d bits", dsa.Form, dsa.Bits)
	}
}

func TestPrefixes(t *testing.T) {
	for _, name := range []int{0, 4, 14} {
		der := openssl(t, makeKey(t, samples()[name]), "pkey", "-traditional", "-outform", "DER")
		for n := range der {
			if p, err := key.Parse("", nil, der[:n], nil); err == nil {
				t.Fatalf("prefix of %d of %d bytes was read as %v", n, len(der), p.Form)
			}
		}
	}
}

// BER is read, and a label that lies does not matter.
func TestLoose(t *testing.T) {
	p := mustParse(t, "RSA PRIVATE KEY", nil,
		unhex(t, "3080 020101 2480 040101 0000 a080 06082a8648ce3d030107 0000 0000"), nil)
	if p.Form != key.SEC1 || p.Curve != "P-256" {
		t.Errorf("%s on %q", p.Form, p.Curve)
	}
}

func TestEd25519(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	want, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	if p := mustParse(t, "PRIVATE KEY", nil, der, nil); !bytes.Equal(p.PublicKeyInfo, want) {
		t.Errorf("public key %x, want %x", p.PublicKeyInfo, want)
	}
}
