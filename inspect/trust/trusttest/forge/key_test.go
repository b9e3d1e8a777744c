package forge

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// keyOf makes a key on first use. Its kind is the part of the name before "-".
func (f *forger) keyOf(name string) any {
	if k, made := f.keys[name]; made {
		return k
	}
	var k any
	var err error
	kind, _, _ := strings.Cut(name, "-")
	switch kind {
	case "rsa512":
		k, err = shortRSA(512)
	case "rsa768":
		k, err = shortRSA(768)
	case "rsa2048":
		k, err = rsa.GenerateKey(rand.Reader, 2048)
	case "ec":
		k, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ed":
		_, k, err = ed25519.GenerateKey(rand.Reader)
	case "dsa":
		k = newDSA(f.t)
	default:
		k, err = rsa.GenerateKey(rand.Reader, 1024)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	f.keys[name] = k
	return k
}

// shortRSA makes a key that crypto/rsa would not.
func shortRSA(bits int) (*rsa.PrivateKey, error) {
	for {
		p, err := rand.Prime(rand.Reader, bits/2)
		if err != nil {
			return nil, err
		}
		q, err := rand.Prime(rand.Reader, bits/2)
		if err != nil {
			return nil, err
		}
		one := big.NewInt(1)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		if d := new(big.Int).ModInverse(big.NewInt(65537), phi); d != nil {
			return &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}, D: d}, nil
		}
	}
}

// dsaPrivate is a DSA key: no package of the standard library that is not
// deprecated has one.
type dsaPrivate struct{ p, q, g, y, x *big.Int }

func newDSA(t testing.TB) *dsaPrivate {
	q, err := rand.Prime(rand.Reader, 160)
	if err != nil {
		t.Fatal(err)
	}
	k := &dsaPrivate{q: q}
	for k.p == nil {
		m, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 1024-160))
		if err != nil {
			t.Fatal(err)
		}
		m.SetBit(m, 1024-161, 1).SetBit(m, 0, 0)
		if p := m.Add(m.Mul(m, q), big.NewInt(1)); p.BitLen() == 1024 && p.ProbablyPrime(20) {
			k.p = p
		}
	}
	power := new(big.Int).Div(new(big.Int).Sub(k.p, big.NewInt(1)), q)
	k.g = new(big.Int).Exp(big.NewInt(2), power, k.p)
	k.x, err = rand.Int(rand.Reader, q)
	if err != nil {
		t.Fatal(err)
	}
	k.y = new(big.Int).Exp(k.g, k.x, k.p)
	return k
}

func (k *dsaPrivate) sign(sum []byte) []byte {
	n, err := rand.Int(rand.Reader, k.q)
	if err != nil {
		panic(err)
	}
	r := new(big.Int).Exp(k.g, n, k.p)
	r.Mod(r, k.q)
	s := new(big.Int).Mul(k.x, r)
	s.Add(s, new(big.Int).SetBytes(sum[:20])).Mul(s, new(big.Int).ModInverse(n, k.q)).Mod(s, k.q)
	return element(asn1.SEQUENCE, number(r), number(s))
}
