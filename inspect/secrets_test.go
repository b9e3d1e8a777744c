package inspect

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// secrets are what must never be told: a password, and the private numbers of
// keys in every writing of which a piece might slip into a sentence.
type secrets struct {
	passwords []string
	pieces    map[string]bool
}

// pieceSize is how many characters of a secret in a row give it away.
const pieceSize = 10

func (s secrets) add(private []byte) {
	writings := []string{string(private), hex.EncodeToString(private), strings.ToUpper(hex.EncodeToString(private)), fmt.Sprint(private)}
	for skip := range 3 { // base64 looks different at each of three places
		writings = append(writings, base64.RawStdEncoding.EncodeToString(private[skip:]), base64.RawURLEncoding.EncodeToString(private[skip:]))
	}
	for _, text := range writings {
		for i := 0; i+pieceSize <= len(text); i++ {
			s.pieces[text[i:i+pieceSize]] = true
		}
	}
}

// told returns the first secret in a text.
func (s secrets) told(text string) (string, bool) {
	for _, password := range s.passwords {
		if strings.Contains(text, password) {
			return password, true
		}
	}
	for i := 0; i+pieceSize <= len(text); i++ {
		if piece := text[i : i+pieceSize]; s.pieces[piece] {
			return piece, true
		}
	}
	return "", false
}

// check looks through all that is said of a file.
func (s secrets) check(t *testing.T, name string, f *File) {
	t.Helper()
	var said []string
	for _, o := range f.Findings {
		said = append(said, o.Code, o.Message, o.Fix, o.Source)
	}
	for _, k := range f.Keys() {
		said = append(said, k.Form, k.Algorithm, k.Curve, k.Cipher)
		if k.Locked != nil {
			said = append(said, k.Locked.Error())
		}
	}
	for _, text := range said {
		if secret, bad := s.told(text); bad {
			t.Errorf("%s: %q tells %q", name, text, secret)
		}
	}
}

// keyFiles are all kinds of files with private keys.
func keyFiles(t testing.TB) map[string][]byte {
	m := forFiles(t)
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(m.leaf.Key, "", []byte(filePassword))
	must(t, err)
	return map[string][]byte{
		"PKCS#1": textOf("RSA PRIVATE KEY", m.pkcs1), "PKCS#8": textOf("PRIVATE KEY", m.pkcs8), "SEC 1": textOf("EC PRIVATE KEY", m.sec1),
		"DER PKCS#1": m.pkcs1, "DER PKCS#8": m.pkcs8, "DER SEC 1": m.sec1, "OpenSSH": m.ssh, "OpenSSH, encrypted": textOf("OPENSSH PRIVATE KEY", locked.Bytes),
		"PKCS#8, encrypted":        m.openssl(t, "pkcs8 -topk8 -iter 1 -in {key} -passout pass:"+filePassword),
		"PKCS#1, encrypted in PEM": m.openssl(t, "rsa -aes128 -traditional -in {rsa} -passout pass:"+filePassword),
		"PKCS#12":                  m.openssl(t, "pkcs12 -export -iter 1 -inkey {key} -in {chain} -passout pass:"+filePassword),
		"PKCS#12 in clear":         m.openssl(t, "pkcs12 -export -keypbe NONE -certpbe NONE -nomac -inkey {key} -in {chain} -passout pass:"+filePassword),
		"under a false label":      textOf("CERTIFICATE", m.sec1),
		"bare base64":              bare(m.sec1),
		"one line":                 []byte(strings.ReplaceAll(string(textOf("EC PRIVATE KEY", m.sec1)), "\n", " ")),
	}
}

func forSecrets(t testing.TB) secrets {
	m := forFiles(t)
	s := secrets{passwords: []string{filePassword, wrongPassword}, pieces: map[string]bool{}}
	private, err := m.leaf.Key.(*ecdsa.PrivateKey).Bytes()
	must(t, err)
	s.add(private)
	s.add(m.rsa.D.Bytes())
	s.add(m.rsa.Primes[0].Bytes())
	s.add(m.rsa.Primes[1].Bytes())
	return s
}

const wrongPassword = "wrong-horse-43"

// Nothing that is said of a file with a key, whole or damaged at any place,
// tells the key or the password.
func TestSecretsAreNotTold(t *testing.T) {
	s := forSecrets(t)
	for name, file := range keyFiles(t) {
		for password, ask := range map[string]func() ([]byte, bool){"right": typed(filePassword), "wrong": typed(wrongPassword), "none": nil} {
			s.check(t, name+", password "+password, Read("file", file, Options{Password: ask}))
		}
		if strings.HasPrefix(name, "OpenSSH, ") {
			continue // its key derivation takes too long to be done so often
		}
		const places = 70
		for at := 0; at < len(file); at += 1 + len(file)/places {
			for damage, damaged := range damagedAt(file, at) {
				s.check(t, fmt.Sprintf("%s, byte %d %s", name, at, damage), Read("file", damaged, Options{Password: typed(filePassword)}))
			}
		}
	}
}

// damagedAt spoils a file at one place in ways that make a reader quote what
// stands there.
func damagedAt(file []byte, at int) map[string][]byte {
	list := map[string][]byte{"cut off": file[:at]}
	for _, char := range []string{":", "-", "\n", " ", "*", "=", "\x1b"} {
		list["replaced by "+char] = bytes.Join([][]byte{file[:at], file[at+1:]}, []byte(char))
	}
	return list
}

// The test itself would notice.
func TestSecretsAreNoticed(t *testing.T) {
	s := forSecrets(t)
	m := forFiles(t)
	for _, text := range []string{
		"the password " + filePassword + " is wrong", string(textOf("EC PRIVATE KEY", m.sec1)), "number " + m.rsa.D.Text(16), fmt.Sprintf("%x", m.pkcs8),
	} {
		if _, told := s.told(text); !told {
			t.Errorf("%.40q… is not noticed", text)
		}
	}
	if len(maps.Collect(maps.All(s.pieces))) < 1000 {
		t.Error("there are hardly any secrets")
	}
}
