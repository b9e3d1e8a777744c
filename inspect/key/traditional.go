package key

import (
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Traditional returns the unencrypted key in the form of its own algorithm,
// which is what old phones read, and the PEM label for it: RSA PRIVATE KEY
// (PKCS#1), EC PRIVATE KEY (SEC 1) or DSA PRIVATE KEY. It is false for a
// locked key and for an algorithm without such a form.
func (p *Private) Traditional() (label string, der []byte, ok bool) {
	in := cryptobyte.String(p.PKCS8)
	var sequence, inner cryptobyte.String
	if !in.ReadASN1(&sequence, asn1.SEQUENCE) || !sequence.SkipASN1(asn1.INTEGER) {
		return "", nil, false
	}
	id, ok := readAlgorithm(&sequence)
	if !ok || !sequence.ReadASN1(&inner, asn1.OCTET_STRING) {
		return "", nil, false
	}
	switch id.oid {
	case oidRSA:
		return "RSA PRIVATE KEY", inner, true
	case oidEC:
		k, ok := readSEC1(inner)
		return "EC PRIVATE KEY", k.marshal(id.parameters), ok
	case oidDSA:
		der, ok := traditionalDSA(id, inner, p.PublicKeyInfo)
		return "DSA PRIVATE KEY", der, ok
	}
	return "", nil, false
}

func traditionalDSA(id algorithm, inner cryptobyte.String, info []byte) ([]byte, bool) {
	prime, order, base, ok := readDSAParameters(id.parameters)
	public, ok2 := readPublic(info)
	x := new(big.Int)
	if !ok || !ok2 || !inner.ReadASN1Integer(x) {
		return nil, false
	}
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		b.AddASN1BigInt(prime)
		b.AddASN1BigInt(order)
		b.AddASN1BigInt(base)
		b.AddBytes(public.key)
		b.AddASN1BigInt(x)
	}), true
}
