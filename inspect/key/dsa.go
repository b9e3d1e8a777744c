package key

import (
	encoding "encoding/asn1"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

const oidDSA = "1.2.840.10040.4.1"

// The sizes up to which a DSA key is computed, far above any in use: the
// exponentiation takes longer with both.
const maxDSAModulusBits, maxDSAOrderBits = 10000, 512

// parseDSA reads what stands as DSA PRIVATE KEY in a PEM file: version, p, q,
// g, y and x.
func parseDSA(der []byte) (*Private, error) {
	in := cryptobyte.String(der)
	var sequence cryptobyte.String
	var numbers [6]big.Int
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) {
		return nil, ErrNotKey
	}
	for i := range numbers {
		if !sequence.ReadASN1Integer(&numbers[i]) {
			return nil, ErrNotKey
		}
	}
	if !sequence.Empty() {
		return nil, ErrNotKey
	}
	parameters := build(func(b *cryptobyte.Builder) {
		for i := 1; i <= 3; i++ {
			b.AddASN1BigInt(&numbers[i])
		}
	})
	id := algorithm{
		oid: oidDSA, parameters: parameters,
		whole: identify(encoding.ObjectIdentifier{1, 2, 840, 10040, 4, 1}, parameters),
	}
	inner := integer(&numbers[5])
	p := &Private{Form: DSA, PKCS8: wrap(id.whole, inner)}
	if err := p.fillDSA(id, inner); err != nil {
		return p, err
	}
	if public, ok := readPublic(p.PublicKeyInfo); !ok || string(public.key) != string(integer(&numbers[4])) {
		return p, fmt.Errorf("%w: its public half belongs to another key", ErrDamaged)
	}
	return p, nil
}

// fillDSA computes the public value (FIPS 186-4, section 4.1; the structure is
// RFC 3279, section 2.3.2).
func (p *Private) fillDSA(id algorithm, inner cryptobyte.String) error {
	p.Algorithm = "DSA"
	prime, order, base, ok := readDSAParameters(id.parameters)
	if !ok {
		return fmt.Errorf("%w: no DSA parameters in it", ErrDamaged)
	}
	x := new(big.Int)
	if !inner.ReadASN1Integer(x) || !inner.Empty() || x.Sign() < 1 || x.Cmp(order) >= 0 {
		return fmt.Errorf("%w: no DSA number in it", ErrDamaged)
	}
	p.Bits = prime.BitLen()
	p.PublicKeyInfo = publicKeyInfo(id.whole, integer(new(big.Int).Exp(base, x, prime)))
	return nil
}

func readDSAParameters(in cryptobyte.String) (prime, order, base *big.Int, ok bool) {
	var sequence cryptobyte.String
	prime, order, base = new(big.Int), new(big.Int), new(big.Int)
	ok = in.ReadASN1(&sequence, asn1.SEQUENCE) && sequence.ReadASN1Integer(prime) &&
		sequence.ReadASN1Integer(order) && sequence.ReadASN1Integer(base) &&
		order.Sign() > 0 && order.BitLen() <= maxDSAOrderBits &&
		base.Sign() > 0 && base.Cmp(prime) < 0 && prime.BitLen() <= maxDSAModulusBits
	return prime, order, base, ok
}

func integer(n *big.Int) []byte {
	var b cryptobyte.Builder
	b.AddASN1BigInt(n)
	return b.BytesOrPanic()
}
