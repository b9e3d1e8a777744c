package pfx_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/ber"
	"github.com/phonecert/phonecert/inspect/key"
	"github.com/phonecert/phonecert/inspect/pfx"
	"github.com/phonecert/phonecert/internal/realparts"
)

const secret = "pa55 wörd"

// material is a chain of three certificates and the first one's key.
type material struct {
	chain [3][]byte // leaf, intermediate, root
	key   []byte    // PKCS#8
}

var once = sync.OnceValues(func() (material, error) {
	var m material
	var parent *x509.Certificate
	var signer *ecdsa.PrivateKey
	for i := 2; i >= 0; i-- {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return m, err
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: []string{"pbx.example.com", "Example Intermediate", "Example Root"}[i]},
			NotBefore: time.Unix(1700000000, 0), NotAfter: time.Unix(1900000000, 0),
			IsCA: i > 0, BasicConstraintsValid: true,
		}
		if parent == nil {
			parent, signer = template, private
		}
		if m.chain[i], err = x509.CreateCertificate(rand.Reader, template, parent, private.Public(), signer); err != nil {
			return m, err
		}
		parent, signer = template, private
		if m.key, err = x509.MarshalPKCS8PrivateKey(private); err != nil {
			return m, err
		}
	}
	return m, nil
})

func made(t testing.TB) material {
	t.Helper()
	m, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (m material) pem() []byte {
	var out bytes.Buffer
	_ = pem.Encode(&out, &pem.Block{Type: "PRIVATE KEY", Bytes: m.key})
	for _, der := range m.chain {
		_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	return out.Bytes()
}

// openssl runs the program with the legacy algorithms at hand and returns what
// it writes.
func openssl(t testing.TB, stdin []byte, args ...string) []byte {
	t.Helper()
	return realparts.Run(t, stdin, "openssl", append([]string{args[0], "-provider", "legacy", "-provider", "default"}, args[1:]...)...)
}

// export writes the chain and its key as PKCS#12.
func export(t testing.TB, password string, args ...string) []byte {
	t.Helper()
	return openssl(t, made(t).pem(), slices.Concat([]string{"pkcs12", "-export", "-name", "Täst"}, args,
		[]string{"-passout", "pass:" + password})...)
}

// never fails the test when the password is asked for.
func never(t testing.TB) key.Password {
	return func() ([]byte, bool) {
		t.Helper()
		t.Error("asked for the password")
		return nil, false
	}
}

// give gives a password, once.
func give(t testing.TB, password string) key.Password {
	asked := false
	return func() ([]byte, bool) {
		if asked {
			t.Error("asked for the password twice")
		}
		asked = true
		return []byte(password), true
	}
}

func read(t testing.TB, in []byte, password key.Password) *pfx.File {
	t.Helper()
	der, rest, err := ber.ToDER(in)
	if err != nil || len(rest) > 0 {
		t.Fatalf("%v, %d bytes follow", err, len(rest))
	}
	file, err := pfx.Read(der, password)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// check compares a file with the chain and its key.
func check(t *testing.T, file *pfx.File, certificates, keys int) {
	t.Helper()
	m := made(t)
	for _, problem := range file.Problems {
		t.Error(problem)
	}
	for _, b := range file.Bags {
		switch b.Kind {
		case pfx.Certificate:
			certificates--
			if want := m.chain[(2-certificates)%3]; !bytes.Equal(b.Data, want) {
				t.Errorf("certificate is not the expected one, of %d bytes", len(want))
			}
		case pfx.PlainKey, pfx.EncryptedKey:
			keys--
			plain := b.Plain
			if b.Kind == pfx.PlainKey {
				plain = b.Data
			}
			if b.Locked != nil || !bytes.Equal(plain, openssl(t, m.pem(), "pkcs8", "-topk8", "-nocrypt", "-outform", "DER")) {
				t.Errorf("the key is not the expected one, locked by %v", b.Locked)
			}
		default:
			t.Errorf("unexpected bag of kind %d: %s", b.Kind, b.Type)
		}
		if b.Kind != pfx.Certificate && b.FriendlyName != "Täst" {
			t.Errorf("friendly name %q", b.FriendlyName)
		}
	}
	if certificates != 0 || keys != 0 {
		t.Errorf("%d certificates and %d keys are missing", certificates, keys)
	}
}

func TestOpenSSL(t *testing.T) {
	both := func(algorithm string) []string { return []string{"-keypbe", algorithm, "-certpbe", algorithm} }
	for _, test := range []struct {
		name               string
		args               []string
		mac, encryption    string
		certificates, keys int
	}{
		{"default", nil, "HMAC-SHA-256", "PBES2 with AES-256-CBC", 3, 1},
		{"legacy", []string{"-legacy"}, "HMAC-SHA-1", "pbeWithSHAAnd40BitRC2-CBC", 3, 1},
		{"descert", []string{"-legacy", "-descert"}, "HMAC-SHA-1", "pbeWithSHAAnd3-KeyTripleDES-CBC", 3, 1},
		{"RC2-128", both("PBE-SHA1-RC2-128"), "HMAC-SHA-256", "pbeWithSHAAnd128BitRC2-CBC", 3, 1},
		{"RC4-128", both("PBE-SHA1-RC4-128"), "HMAC-SHA-256", "pbeWithSHAAnd128BitRC4", 3, 1},
		{"RC4-40", both("PBE-SHA1-RC4-40"), "HMAC-SHA-256", "pbeWithSHAAnd40BitRC4", 3, 1},
		{"2DES", both("PBE-SHA1-2DES"), "HMAC-SHA-256", "pbeWithSHAAnd2-KeyTripleDES-CBC", 3, 1},
		{"AES-128", both("AES-128-CBC"), "HMAC-SHA-256", "PBES2 with AES-128-CBC", 3, 1},
		{"AES-192", both("AES-192-CBC"), "HMAC-SHA-256", "PBES2 with AES-192-CBC", 3, 1},
		{"no MAC", []string{"-nomac"}, "", "PBES2 with AES-256-CBC", 3, 1},
		{"no MAC, RC4", append(both("PBE-SHA1-RC4-128"), "-nomac"), "", "pbeWithSHAAnd128BitRC4", 3, 1},
		{"MD5", []string{"-macalg", "md5"}, "HMAC-MD5", "PBES2 with AES-256-CBC", 3, 1},
		{"SHA-384", []string{"-macalg", "sha384"}, "HMAC-SHA-384", "PBES2 with AES-256-CBC", 3, 1},
		{"SHA-512", []string{"-macalg", "sha512"}, "HMAC-SHA-512", "PBES2 with AES-256-CBC", 3, 1},
		{"certificates alone", []string{"-nokeys"}, "HMAC-SHA-256", "PBES2 with AES-256-CBC", 3, 0},
		{"a key alone", []string{"-nocerts"}, "HMAC-SHA-256", "PBES2 with AES-256-CBC", 0, 1},
		{"one iteration", []string{"-noiter", "-nomaciter"}, "HMAC-SHA-256", "PBES2 with AES-256-CBC", 3, 1},
		{"many iterations", []string{"-iter", "50000"}, "HMAC-SHA-256", "PBES2 with AES-256-CBC", 3, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in := export(t, secret, test.args...)
			file := read(t, in, give(t, secret))
			check(t, file, test.certificates, test.keys)
			first := slices.IndexFunc(file.Bags, func(b pfx.Bag) bool { return b.Encryption != "" })
			if file.MAC != test.mac || file.Bags[first].Encryption != test.encryption {
				t.Errorf("MAC %q, encryption %q", file.MAC, file.Bags[first].Encryption)
			}
			bare := sequence(number(3), data(content(t, in)))
			check(t, read(t, bare, give(t, secret)), test.certificates, test.keys)
			empty := export(t, "", test.args...)
			check(t, read(t, empty, never(t)), test.certificates, test.keys)
			check(t, read(t, loosen(t, in), give(t, secret)), test.certificates, test.keys)
		})
	}
}

// What is in clear is read without a password.
func TestInClear(t *testing.T) {
	in := export(t, secret, "-keypbe", "NONE", "-certpbe", "NONE")
	check(t, read(t, in, never(t)), 3, 1)
	file := read(t, export(t, secret, "-certpbe", "NONE"), nil)
	if len(file.Bags) != 4 || len(file.Problems) != 1 || file.Bags[3].Locked == nil {
		t.Errorf("%d bags, problems %v", len(file.Bags), file.Problems)
	}
	check(t, read(t, export(t, secret, "-certpbe", "NONE"), give(t, secret)), 3, 1)
	check(t, read(t, export(t, secret, "-certpbe", "NONE", "-nomac"), give(t, secret)), 3, 1)
}

// BER may be within the strings of BER, where the MAC covers it as it is.
func TestBERWithin(t *testing.T) {
	m := made(t)
	bags := loosen(t, sequence(certificateBag(m.chain[0]), certificateBag(m.chain[1]), certificateBag(m.chain[2])))
	safes := loosen(t, sequence(sequence(pkcs7(1), explicit0(octets(bags)))))
	check(t, read(t, loosen(t, sequence(number(3), data(safes), pbmac1(t, secret, safes))), never(t)), 3, 0)
}

// OpenSSL before 1.1.0 took each byte of a password for a character.
func TestOldSpelling(t *testing.T) {
	in := export(t, "pa55 wÃ¶rd", "-legacy")
	check(t, read(t, in, give(t, secret)), 3, 1)
}

func TestPBMAC1(t *testing.T) {
	in := export(t, secret, "-nomac")
	safes := content(t, in)
	file := read(t, sequence(number(3), data(safes), pbmac1(t, secret, safes)), give(t, secret))
	check(t, file, 3, 1)
	if file.MAC != "PBMAC1 with HMAC-SHA-256" {
		t.Error(file.MAC)
	}
}

func TestKeytool(t *testing.T) {
	keytool := realparts.Need(t, "keytool")
	path := filepath.Join(t.TempDir(), "store.p12")
	for _, alias := range []string{"one", "two"} {
		out, err := exec.Command(keytool, "-genkeypair", "-keystore", path, "-storetype", "PKCS12", "-storepass", "changeit",
			"-alias", alias, "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN="+alias+".example.com").CombinedOutput()
		if err != nil {
			realparts.Missing(t, fmt.Sprintf("a keytool that works (%v\n%s)", err, out))
		}
	}
	in, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file := read(t, in, give(t, "changeit"))
	var got []string
	for _, b := range file.Bags {
		if b.Locked != nil {
			t.Error(b.Locked)
		}
		got = append(got, []string{"certificate", "plain key", "key"}[b.Kind]+" "+b.FriendlyName)
	}
	slices.Sort(got)
	if want := "certificate one, certificate two, key one, key two"; strings.Join(got, ", ") != want || len(file.Problems) > 0 {
		t.Errorf("%s, want %s; problems %v", strings.Join(got, ", "), want, file.Problems)
	}
}
