package key_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/key"
)

// encrypt encrypts whole blocks as a DEK-Info header of AES-128-CBC says.
func encrypt(t *testing.T, plain []byte) (headers map[string]string, body []byte) {
	t.Helper()
	iv := []byte("sixteen bytes ok")
	derived := md5.Sum(append([]byte(secret), iv[:8]...))
	block, err := aes.NewCipher(derived[:])
	if err != nil {
		t.Fatal(err)
	}
	body = make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(body, plain)
	return map[string]string{
		"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC," + strings.ToUpper(hex.EncodeToString(iv)),
	}, body
}

func pad(plain []byte) []byte {
	n := 16 - len(plain)%16
	return append(bytes.Clone(plain), bytes.Repeat([]byte{byte(n)}, n)...)
}

func TestTraditional(t *testing.T) {
	der, public := pkcs8(t)
	headers, body := encrypt(t, pad(der))
	if p := mustParse(t, "PRIVATE KEY", headers, body, give(secret)); !p.Matches(public) || p.Cipher != "AES-128-CBC" {
		t.Errorf("not opened: cipher %q, locked: %v", p.Cipher, p.Locked)
	}
	if p := mustParse(t, "EC PRIVATE KEY", headers, body, nil); p.Form != key.SEC1 || p.Algorithm != "EC" {
		t.Errorf("locked: %s, %s", p.Form, p.Algorithm)
	}
}

// What the password opens tells a damaged key from a wrong password.
func TestDamagedWithTheRightPassword(t *testing.T) {
	der, _ := pkcs8(t)
	for der[len(pad(der))-17] <= 16 { // once in 256 times what is cut off ends as padding does
		der, _ = pkcs8(t)
	}
	headers, body := encrypt(t, pad(der))
	_, notKey := encrypt(t, pad(unhex(t, "3006 020101 020102")))
	flipped := bytes.Clone(body)
	flipped[40] ^= 1
	for _, test := range []struct {
		name    string
		headers map[string]string
		body    []byte
		text    string
	}{
		{"cut off at a block", headers, body[:len(body)-16], "the password is right, but the encrypted bytes are damaged or cut off"},
		{"cut off in a block", headers, body[:len(body)-1], "no whole number of AES-128-CBC blocks"},
		{"empty", headers, nil, "0 encrypted bytes"},
		{"not a key", headers, notKey, "the password is right, but what it opens is not a private key"},
		{"in the middle", headers, flipped, "damaged"},
		{"no DEK-Info", map[string]string{"Proc-Type": "4,ENCRYPTED"}, body, "DEK-Info header cannot be read"},
		{"no vector", map[string]string{"DEK-Info": "AES-128-CBC"}, body, "vector of 0 bytes for AES-128-CBC"},
		{"bad vector", map[string]string{"DEK-Info": "AES-128-CBC,xyz"}, body, "DEK-Info header cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := key.Parse("PRIVATE KEY", test.headers, test.body, give(secret))
			if !errors.Is(err, key.ErrDamaged) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%v, want %q", err, test.text)
			}
		})
	}
}

// encryptedPKCS8 makes the structure with hexadecimal parameters.
func encryptedPKCS8(t *testing.T, algorithm string, ciphertext string) []byte {
	t.Helper()
	return sequence(t, algorithm+octets(ciphertext))
}

func sequence(t *testing.T, content string) []byte {
	t.Helper()
	return unhex(t, nest("30", content))
}

func nest(tag, content string) string {
	content = strings.ReplaceAll(content, " ", "")
	return fmt.Sprintf("%s82%04x%s", tag, len(content)/2, content)
}

func octets(content string) string { return nest("04", content) }

const (
	oidPBES2  = "06092a864886f70d01050d"
	oidPBKDF2 = "06092a864886f70d01050c"
	oidScrypt = "06092b06010401da47040b"
	oidAES128 = "0609608648016503040102"
	oid3DES   = "060a2a864886f70d010c0103"
	vector    = "041000000000000000000000000000000000"
)

func pbes2(derivation string) string {
	return nest("30", oidPBES2+nest("30", derivation+nest("30", oidAES128+vector)))
}

// A file that asks for too much work is refused by name and count before
// anybody is asked for a password.
func TestTooMuchWork(t *testing.T) {
	scrypt := func(numbers string) string {
		return pbes2(nest("30", oidScrypt+nest("30", octets("aa")+numbers)))
	}
	for _, test := range []struct{ name, algorithm, text string }{
		{"PBKDF2", pbes2(nest("30", oidPBKDF2+nest("30", octets("aa")+"02047fffffff"))),
			"2147483647 of PBKDF2 with HMAC-SHA-1, where at most 12000000 are done"},
		{"count of 72 bits", pbes2(nest("30", oidPBKDF2+nest("30", octets("aa")+"020a00ff0000000000000000"))),
			"a number of 72 bits"},
		{"PKCS#12", nest("30", oid3DES+nest("30", octets("aa")+"02047fffffff")),
			"2147483647 of pbeWithSHAAnd3-KeyTripleDES-CBC, where at most 4000000 are done"},
		{"scrypt memory", scrypt("0204 40000000 020108 020101"), "N = 1073741824 and r = 8 needs more than 64 MiB"},
		{"scrypt time", scrypt("0202 4000 020108 02047fffffff"), "2147483647 of scrypt with N = 16384 and r = 8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := encryptedPKCS8(t, test.algorithm, "00000000000000000000000000000000")
			p := mustParse(t, "", nil, in, func() ([]byte, bool) {
				t.Error("asked for the password")
				return nil, false
			})
			if !errors.Is(p.Locked, key.ErrWork) || !strings.Contains(p.Locked.Error(), test.text) {
				t.Errorf("%v, want %q", p.Locked, test.text)
			}
		})
	}
}

func TestDamagedParameters(t *testing.T) {
	for _, test := range []struct{ name, algorithm, text string }{
		{"no count", nest("30", oid3DES+nest("30", octets("aa"))), "no iteration count"},
		{"count of zero", nest("30", oid3DES+nest("30", octets("aa")+"020100")), "no iteration count"},
		{"negative count", nest("30", oid3DES+nest("30", octets("aa")+"0201ff")), "no iteration count"},
		{"no salt", nest("30", oid3DES), "no salt"},
		{"no PBES2", nest("30", oidPBES2), "no parameters of PBES2"},
		{"no cipher", nest("30", oidPBES2+nest("30", nest("30", oidPBKDF2))), "no cipher in PBES2"},
		{"key size", pbes2(nest("30", oidPBKDF2+nest("30", octets("aa")+"020101 020120"))), "a key of 32 bytes"},
		{"scrypt", pbes2(nest("30", oidScrypt+nest("30", octets("aa")+"020103 020101 020101"))), "no power of two"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := encryptedPKCS8(t, test.algorithm, "00000000000000000000000000000000")
			_, err := key.Parse("", nil, in, give(secret))
			if !errors.Is(err, key.ErrDamaged) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%v, want %q", err, test.text)
			}
		})
	}
}

// An unknown algorithm is told by its number when the label says what it is.
func TestUnknownAlgorithm(t *testing.T) {
	in := encryptedPKCS8(t, nest("30", "06032a0304"), "00")
	p := mustParse(t, "ENCRYPTED PRIVATE KEY", nil, in, nil)
	if !errors.Is(p.Locked, key.ErrUnsupported) || !strings.Contains(p.Locked.Error(), "algorithm 1.2.3.4") {
		t.Error(p.Locked)
	}
	if _, err := key.Parse("", nil, in, nil); !errors.Is(err, key.ErrNotKey) {
		t.Errorf("without the label: %v", err)
	}
}

// Neither the password nor what it opens may be in a message.
func TestMessagesHoldNoSecret(t *testing.T) {
	const password = "correct horse battery staple"
	der, _ := pkcs8(t)
	headers, body := encrypt(t, pad(der))
	for n := range len(body) {
		broken := bytes.Clone(body)
		broken[n] ^= 0x55
		for _, given := range []string{secret, password} {
			p, err := key.Parse("PRIVATE KEY", headers, broken, give(given))
			if err == nil {
				err = p.Locked
			}
			if err == nil {
				continue
			}
			if text := err.Error(); strings.Contains(text, given) || strings.Contains(text, hex.EncodeToString(der[40:48])) {
				t.Fatalf("byte %d: %q", n, text)
			}
		}
	}
}
