package device

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"math/rand/v2"
)

// keyBits is the size of the login key. Real ones may be shorter (the design),
// which crypto/rsa refuses unless the program allows it.
const keyBits = 1024

// newRandom gives a stream of its own to each purpose, so that a key made late
// does not shift the tokens.
func newRandom(seed uint64, purpose string) *rand.Rand {
	return rand.New(rand.NewChaCha8(sha256.Sum256(binary.BigEndian.AppendUint64([]byte(purpose), seed))))
}

// Key is the login key of the phone's pages.
func (d *Device) Key() *rsa.PrivateKey {
	if d.key == nil {
		d.key = NewKey(d.config.Seed)
	}
	return d.key
}

// NewKey makes the login key of a seed. It is as predictable as the seed and
// protects nothing. crypto/rsa makes no repeatable keys, hence by hand.
func NewKey(seed uint64) *rsa.PrivateKey {
	random := newRandom(seed, "login key")
	e := big.NewInt(65537)
	one := big.NewInt(1)
	for {
		p, q := prime(random), prime(random)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(e, phi)
		if d == nil || p.Cmp(q) == 0 {
			continue
		}
		key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}, D: d, Primes: []*big.Int{p, q}}
		key.Precompute()
		return key
	}
}

// prime draws a prime of half the key's size with its two top bits set, so that
// the product has the full size.
func prime(random *rand.Rand) *big.Int {
	text := make([]byte, keyBits/16)
	for {
		for i := range text {
			text[i] = byte(random.Uint32())
		}
		text[0] |= 0xc0
		text[len(text)-1] |= 1
		if n := new(big.Int).SetBytes(text); n.ProbablyPrime(20) {
			return n
		}
	}
}
