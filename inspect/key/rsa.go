package key

import (
	encoding "encoding/asn1"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

const (
	oidRSA = "1.2.840.113549.1.1.1"
	oidPSS = "1.2.840.113549.1.1.10"
)

// maxRSABits is far above any key in use and keeps the arithmetic short.
const maxRSABits = 16384

// parsePKCS1 reads what stands as RSA PRIVATE KEY in a PEM file.
func parsePKCS1(der []byte) (*Private, error) {
	rsa := encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	null := []byte{byte(asn1.NULL), 0} // RFC 3279, section 2.3.1: the parameters are NULL
	id := algorithm{oid: oidRSA, whole: identify(rsa, null)}
	p := &Private{Form: PKCS1, PKCS8: wrap(id.whole, der)}
	return p, p.fillRSA(id, der)
}

// fillRSA reads an RSAPrivateKey (RFC 8017, appendix A.1.2) and checks that its
// numbers belong together. It does so with math/big alone, for crypto/rsa
// refuses the short keys that old phones have.
func (p *Private) fillRSA(id algorithm, pkcs1 cryptobyte.String) error {
	p.Algorithm = "RSA"
	if id.oid == oidPSS {
		p.Algorithm = "RSASSA-PSS"
	}
	var sequence cryptobyte.String
	var numbers [9]big.Int // version, n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p
	if !pkcs1.ReadASN1(&sequence, asn1.SEQUENCE) || !pkcs1.Empty() {
		return fmt.Errorf("%w: no RSA numbers in it", ErrDamaged)
	}
	for i := range numbers {
		if !sequence.ReadASN1Integer(&numbers[i]) || numbers[i].Sign() < 0 || numbers[i].BitLen() > maxRSABits {
			return fmt.Errorf("%w: RSA number %d of 9 cannot be read", ErrDamaged, i+1)
		}
	}
	n, e, d := &numbers[1], &numbers[2], &numbers[3]
	multiPrime := numbers[0].Sign() > 0
	if !multiPrime && !consistentRSA(n, e, d, &numbers[4], &numbers[5]) {
		return fmt.Errorf("%w: its RSA numbers do not belong together", ErrDamaged)
	}
	p.Bits = n.BitLen()
	p.PublicKeyInfo = publicKeyInfo(id.whole, build(func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(n)
		b.AddASN1BigInt(e)
	}))
	return nil
}

// consistentRSA checks n = p·q and that d undoes e (RFC 8017, section 3.2).
func consistentRSA(n, e, d, p, q *big.Int) bool {
	if n.Cmp(new(big.Int).Mul(p, q)) != 0 {
		return false
	}
	one := big.NewInt(1)
	product := new(big.Int).Mul(e, d)
	product.Sub(product, one)
	for _, prime := range []*big.Int{p, q} {
		order := new(big.Int).Sub(prime, one)
		if order.Sign() < 1 || new(big.Int).Mod(product, order).Sign() != 0 {
			return false
		}
	}
	return true
}
