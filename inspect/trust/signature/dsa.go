package signature

import (
	encoding "encoding/asn1"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

func readDSA(parameters cryptobyte.String, k *publicKey) bool {
	var p, q, g cryptobyte.String
	read := parameters.ReadASN1(&parameters, asn1.SEQUENCE) && parameters.ReadASN1(&p, asn1.INTEGER) &&
		parameters.ReadASN1(&q, asn1.INTEGER) && parameters.ReadASN1(&g, asn1.INTEGER)
	k.p, k.q, k.g = integer(p), integer(q), integer(g)
	return read
}

// inherits reports a DSA key whose parameters are those of its issuer (RFC
// 3279, section 2.3.2).
func (k publicKey) inherits() bool { return k.kind == dsaKey && k.p == nil }

// verifyDSA is FIPS 186-4, section 4.7. OpenSSL takes q of 160, 224 or 256 bits
// and p of at most 10,000.
func (k publicKey) verifyDSA(sum, signature []byte) bool {
	const maxP = 10000
	var pair struct{ R, S *big.Int }
	rest, err := encoding.Unmarshal(signature, &pair)
	size := k.q.BitLen()
	if err != nil || len(rest) > 0 || size != 160 && size != 224 && size != 256 || k.p.BitLen() > maxP || k.p.Bit(0) == 0 {
		return false
	}
	inside := func(v *big.Int) bool { return v.Sign() > 0 && v.Cmp(k.q) < 0 }
	w := new(big.Int).ModInverse(pair.S, k.q)
	if !inside(pair.R) || !inside(pair.S) || w == nil {
		return false
	}
	z := new(big.Int).SetBytes(sum[:min(len(sum), size/8)])
	u1 := z.Mod(z.Mul(z, w), k.q)
	u2 := w.Mod(w.Mul(w, pair.R), k.q)
	v := new(big.Int).Exp(k.g, u1, k.p)
	v.Mod(v.Mul(v, new(big.Int).Exp(k.y, u2, k.p)), k.p)
	return v.Mod(v, k.q).Cmp(pair.R) == 0
}
