package server

import (
	"crypto/rand"
	"crypto/subtle"
	"io"
	"math/big"
)

// exportKey is an RSA key of the length that export suites allow (RFC 2246,
// section 7.4.3), which crypto/rsa does not make any more. It serves one
// connection.
type exportKey struct{ modulus, exponent, secret *big.Int }

func newExportKey(random io.Reader, bits int) (*exportKey, error) {
	e := big.NewInt(65537)
	for {
		// Both have their two highest bits set, so that the product has all of its
		// own.
		p, err := rand.Prime(random, bits/2)
		if err != nil {
			return nil, err
		}
		q, err := rand.Prime(random, bits/2)
		if err != nil {
			return nil, err
		}
		n, one := new(big.Int).Mul(p, q), big.NewInt(1)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		if d := new(big.Int).ModInverse(e, phi); d != nil && p.Cmp(q) != 0 {
			return &exportKey{n, e, d}, nil
		}
	}
}

// decrypt takes the secret out of a block of RFC 8017, section 7.2.2. What it
// returns for a block that is none has no length of a secret or is not the
// client's; that takes as long.
func (k *exportKey) decrypt(b []byte) ([]byte, error) {
	size := (k.modulus.BitLen() + 7) / 8
	c := new(big.Int).SetBytes(b)
	if len(b) != size || c.Cmp(k.modulus) >= 0 {
		return nil, nil // nothing that is secret shows
	}
	block := c.Exp(c, k.secret, k.modulus).FillBytes(make([]byte, size))
	start := size - premasterLength
	good := subtle.ConstantTimeByteEq(block[0], 0) & subtle.ConstantTimeByteEq(block[1], 2) & subtle.ConstantTimeByteEq(block[start-1], 0)
	for _, v := range block[2 : start-1] {
		good &= 1 - subtle.ConstantTimeByteEq(v, 0)
	}
	secret := make([]byte, premasterLength)
	if _, err := io.ReadFull(rand.Reader, secret); err != nil {
		return nil, err
	}
	subtle.ConstantTimeCopy(good, secret, block[start:])
	return secret, nil
}
