package seal_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/upload/seal"
)

const secret = "s3cr;t=ä pass" // the pages escape nothing

// random is the same for every run.
func random() io.Reader { return rand.NewChaCha8([32]byte{1}) }

var testKey = sync.OnceValue(func() *rsa.PrivateKey { return device.NewKey(7) })

// small is a key of 512 bits, as old phones have; crypto/rsa
// would neither make nor use it by default.
var small = sync.OnceValue(func() *rsa.PrivateKey {
	r := rand.New(rand.NewChaCha8([32]byte{2}))
	prime := func() *big.Int {
		for {
			n := new(big.Int).SetUint64(r.Uint64() | 1<<63 | 1<<62)
			for range 3 {
				n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(r.Uint64()|1))
			}
			if n.ProbablyPrime(20) && new(big.Int).Mod(new(big.Int).Sub(n, big.NewInt(1)), big.NewInt(65537)).Sign() != 0 {
				return n
			}
		}
	}
	p, q, one := prime(), prime(), big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	return &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}, D: new(big.Int).ModInverse(big.NewInt(65537), phi)}
})

// open undoes RSA, and checks the padding byte by byte.
func open(t *testing.T, key *rsa.PrivateKey, text string) string {
	t.Helper()
	sealed, err := hex.DecodeString(text)
	if err != nil || len(sealed) != key.Size() {
		t.Fatalf("%d bytes of hex, %v", len(sealed), err)
	}
	block := new(big.Int).Exp(new(big.Int).SetBytes(sealed), key.D, key.N).FillBytes(make([]byte, key.Size()))
	filling, plain, ok := bytes.Cut(block[2:], []byte{0})
	if block[0] != 0 || block[1] != 2 || len(filling) < 8 || !ok {
		t.Fatalf("the padding is %x", block)
	}
	return string(plain)
}

// openAES undoes Sealed, zeros included.
func openAES(t *testing.T, key *rsa.PrivateKey, s seal.Sealed) []byte {
	t.Helper()
	k, err1 := hex.DecodeString(open(t, key, s.Key))
	iv, err2 := hex.DecodeString(open(t, key, s.IV))
	data, err3 := base64.StdEncoding.DecodeString(s.Data)
	if err := errors.Join(err1, err2, err3); err != nil || len(k) != 16 || len(iv) != 16 || bytes.Equal(k, iv) {
		t.Fatalf("key %d, vector %d bytes, %v", len(k), len(iv), err)
	}
	block, _ := aes.NewCipher(k)
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(data, data)
	return data
}

func TestSession(t *testing.T) {
	for name, key := range map[string]*rsa.PrivateKey{"512": small(), "1024": testKey()} {
		s, err := seal.Session(random(), &key.PublicKey, "0.4711", "SESSION", "admin", secret)
		if err != nil {
			t.Fatal(name, err)
		}
		text := "rand=0.4711;sessionid=SESSION;username=admin;pwd=" + secret + ";"
		text = fmt.Sprintf("MD5=%x;%s", md5.Sum([]byte(text)), text)
		if got := bytes.TrimRight(openAES(t, key, s), "\x00"); string(got) != text {
			t.Errorf("%s: %q", name, got)
		}
		if k := open(t, key, s.Key); k == fmt.Sprintf("%x", md5.Sum([]byte("0.4711"))) {
			t.Error("the key can be made of the address")
		}
	}
}

func TestListener(t *testing.T) {
	s, err := seal.Listener(random(), &testKey().PublicKey, "SESSION", secret)
	if err != nil {
		t.Fatal(err)
	}
	text := string(bytes.TrimRight(openAES(t, testKey(), s), "\x00"))
	number, rest, _ := strings.Cut(text, ";")
	if rest != "SESSION;"+secret || !strings.HasPrefix(number, "0.") || strings.Trim(number, "0.123456789") != "" {
		t.Errorf("%q", text)
	}
}

// A text that fills its last block gets another one of zeros.
func TestZeroPadding(t *testing.T) {
	for length := range 40 {
		s, err := seal.Session(random(), &testKey().PublicKey, "", "", "", strings.Repeat("x", length))
		if err != nil {
			t.Fatal(err)
		}
		data := openAES(t, testKey(), s)
		zeros := len(data) - len(bytes.TrimRight(data, "\x00"))
		if zeros < 1 || zeros > 16 || len(data)%16 != 0 {
			t.Errorf("%d zeros after %d bytes", zeros, len(data)-zeros)
		}
	}
}

// The same random numbers give the same texts, whichever release made them.
func TestGolden(t *testing.T) {
	key, err := seal.Key("c"+strings.Repeat("0123456789abcdef", 16)[1:127]+"1", "10001")
	if err != nil {
		t.Fatal(err)
	}
	r := random()
	number, _ := seal.Random(r)
	rsaText, _ := seal.RSA(r, key, secret)
	session, _ := seal.Session(r, key, number, "SESSION", "admin", secret)
	listener, _ := seal.Listener(r, key, "SESSION", secret)
	got := fmt.Sprintf("%s %x", number, md5.Sum(fmt.Appendf(nil, "%s %s %s", rsaText, session, listener)))
	if want := "0.41757918878260336 3bbd46e34f134977616d8aa718c6541f"; got != want {
		t.Errorf("%s instead of %s", got, want)
	}
}

func TestKey(t *testing.T) {
	modulus := func(bits int) string { return new(big.Int).SetBit(big.NewInt(1), bits-1, 1).Text(16) }
	for bits, ok := range map[int]bool{511: false, 512: true, 768: true, 1024: true, 2048: true, 4096: true, 4097: false, 40000: false} {
		if _, err := seal.Key(" "+modulus(bits)+"\r\n", "010001"); (err == nil) != ok {
			t.Errorf("%d bits: %v", bits, err)
		}
	}
	if k, err := seal.Key(strings.ToUpper("00"+modulus(1024)), "3"); err != nil || k.E != 3 || k.N.BitLen() != 1024 {
		t.Errorf("leading zeros: %v", err)
	}
	for _, e := range []string{"", "0", "1", "2", "4", "80000001", "ffffffffffffffffffff", "-3", "+3", "0x3", "3_3", "drei"} {
		if _, err := seal.Key(modulus(1024), e); err == nil || e != "" && len(e) > 1 && strings.Contains(err.Error(), e) {
			t.Errorf("exponent %q: %v", e, err)
		}
	}
	for _, n := range []string{"", "xyz", modulus(1024) + ",", "-" + modulus(1024), new(big.Int).Lsh(big.NewInt(1), 1023).Text(16), strings.Repeat("0", 5000)} {
		if _, err := seal.Key(n, "10001"); err == nil || n != "" && strings.Contains(err.Error(), n) {
			t.Errorf("modulus %.20q: %v", n, err)
		}
	}
}

// Whatever the source of random numbers does, no error tells a secret.
func TestErrorsKeepSecrets(t *testing.T) {
	broken := errors.New("broken")
	sources := map[string]func(n int64) io.Reader{
		"short":  func(n int64) io.Reader { return io.LimitReader(random(), n) },
		"broken": func(n int64) io.Reader { return io.MultiReader(io.LimitReader(random(), n), failing{broken}) },
		"zeros":  func(int64) io.Reader { return zeros{} },
	}
	for name, source := range sources {
		for n := range int64(40) {
			_, err1 := seal.Session(source(n), &testKey().PublicKey, "0.4711", "SESSION", "admin", secret)
			_, err2 := seal.Listener(source(n), &testKey().PublicKey, "SESSION", secret)
			_, err3 := seal.RSA(source(n), &testKey().PublicKey, secret)
			for _, err := range []error{err1, err2, err3} {
				if err == nil {
					t.Errorf("%s, %d bytes: no error", name, n)
				} else if text := err.Error(); strings.Contains(text, secret) || strings.Contains(text, "SESSION") || strings.Contains(text, "4711") {
					t.Errorf("%s: a secret in %q", name, text)
				}
			}
		}
	}
	if _, err := seal.RSA(random(), &small().PublicKey, strings.Repeat(secret, 10)); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("a long text: %v", err)
	}
	if _, err := seal.RSA(random(), &small().PublicKey, strings.Repeat("x", 53)); err != nil {
		t.Errorf("as long as the key takes: %v", err)
	}
	if _, err := seal.RSA(random(), &small().PublicKey, strings.Repeat("x", 54)); err == nil {
		t.Error("one byte too long is taken")
	}
	if n, err := seal.Random(zeros{}); n != "0" || err != nil {
		t.Errorf("zeros are the number %s, %v", n, err)
	}
	if _, err := seal.Random(failing{broken}); !errors.Is(err, broken) {
		t.Errorf("a broken source: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

type zeros struct{}

func (zeros) Read(to []byte) (int, error) {
	clear(to)
	return len(to), nil
}
