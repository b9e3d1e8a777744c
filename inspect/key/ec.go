package key

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	encoding "encoding/asn1"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

const oidEC = "1.2.840.10045.2.1"

// curve is a named curve; without arithmetic it is only a name and a size.
type curve struct {
	name       string
	bits       int
	arithmetic elliptic.Curve
}

// curveByOID knows the curves of SEC 2, of ANSI X9.62 and of RFC 5639.
func curveByOID(oid string) curve {
	const x962, sec2, brainpool = "1.2.840.10045.3.1.", "1.3.132.0.", "1.3.36.3.3.2.8.1.1."
	switch oid {
	case sec2 + "33":
		return curve{"P-224", 224, elliptic.P224()}
	case x962 + "7":
		return curve{"P-256", 256, elliptic.P256()}
	case sec2 + "34":
		return curve{"P-384", 384, elliptic.P384()}
	case sec2 + "35":
		return curve{"P-521", 521, elliptic.P521()}
	case x962 + "1":
		return curve{name: "P-192", bits: 192}
	case sec2 + "10":
		return curve{name: "secp256k1", bits: 256}
	case brainpool + "3":
		return curve{name: "brainpoolP192r1", bits: 192}
	case brainpool + "5":
		return curve{name: "brainpoolP224r1", bits: 224}
	case brainpool + "7":
		return curve{name: "brainpoolP256r1", bits: 256}
	case brainpool + "9":
		return curve{name: "brainpoolP320r1", bits: 320}
	case brainpool + "11":
		return curve{name: "brainpoolP384r1", bits: 384}
	case brainpool + "13":
		return curve{name: "brainpoolP512r1", bits: 512}
	}
	return curve{name: oid}
}

// ecKey is an ECPrivateKey (RFC 5915, section 3). parameters are a whole
// element, or nil; public is a point, or nil.
type ecKey struct{ scalar, parameters, public []byte }

func readSEC1(der cryptobyte.String) (ecKey, bool) {
	var k ecKey
	var sequence, scalar, parameters, public cryptobyte.String
	var hasParameters, hasPublic bool
	ok := der.ReadASN1(&sequence, asn1.SEQUENCE) && der.Empty() &&
		sequence.SkipASN1(asn1.INTEGER) && sequence.ReadASN1(&scalar, asn1.OCTET_STRING) &&
		sequence.ReadOptionalASN1(&parameters, &hasParameters, asn1.Tag(0).Constructed().ContextSpecific()) &&
		sequence.ReadOptionalASN1(&public, &hasPublic, asn1.Tag(1).Constructed().ContextSpecific()) &&
		sequence.Empty() && (!hasPublic || public.ReadASN1BitStringAsBytes(&k.public))
	k.scalar, k.parameters = scalar, parameters
	return k, ok
}

// parseSEC1 reads what stands as EC PRIVATE KEY in a PEM file.
func parseSEC1(der []byte) (*Private, error) {
	k, ok := readSEC1(der)
	if !ok {
		return nil, ErrNotKey
	}
	p := &Private{Form: SEC1}
	if len(k.parameters) == 0 {
		return p, fmt.Errorf("%w: it does not name its curve", ErrDamaged)
	}
	id := identify(encoding.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, k.parameters)
	p.PKCS8 = wrap(id, k.marshal(nil))
	return p, p.fillEC(k.parameters, der)
}

// marshal writes the key as SEC 1, with the curve's parameters unless these
// are nil: PKCS#8 has them elsewhere already.
func (k ecKey) marshal(parameters []byte) []byte {
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1OctetString(k.scalar)
		if parameters != nil {
			b.AddASN1(asn1.Tag(0).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
				b.AddBytes(parameters)
			})
		}
		if k.public != nil {
			b.AddASN1(asn1.Tag(1).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
				b.AddASN1BitString(k.public)
			})
		}
	})
}

// fillEC computes the public point on the curves that are known here; on the
// others it takes the one that stands in the key, if it does.
func (p *Private) fillEC(parameters, sec1 cryptobyte.String) error {
	p.Algorithm = "EC"
	k, ok := readSEC1(sec1)
	if !ok {
		return fmt.Errorf("%w: no EC key in it", ErrDamaged)
	}
	if len(parameters) == 0 {
		parameters = k.parameters
	}
	var oid encoding.ObjectIdentifier
	c := curve{name: "a curve of its own parameters"}
	if named := parameters; named.ReadASN1ObjectIdentifier(&oid) {
		c = curveByOID(oid.String())
	}
	p.Curve, p.Bits = c.name, c.bits
	point := k.public
	if c.arithmetic != nil {
		var err error
		if point, err = publicPoint(c, k.scalar); err != nil {
			return err
		}
		if k.public != nil && !samePoint(point, k.public) {
			return fmt.Errorf("%w: its public half belongs to another key", ErrDamaged)
		}
	}
	if point != nil {
		id := identify(encoding.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, parameters)
		p.PublicKeyInfo = publicKeyInfo(id, point)
	}
	return nil
}

// publicPoint multiplies the base point. The number may be written shorter or
// longer than the curve's order, as some programs do.
func publicPoint(c curve, scalar []byte) ([]byte, error) {
	number := bytes.TrimLeft(scalar, "\x00")
	size := (c.bits + 7) / 8
	if len(number) > size {
		return nil, fmt.Errorf("%w: its number is too large for %s", ErrDamaged, c.name)
	}
	padded := append(make([]byte, size-len(number)), number...)
	private, err := ecdsa.ParseRawPrivateKey(c.arithmetic, padded)
	if err != nil {
		return nil, fmt.Errorf("%w: its number is not in the range of %s", ErrDamaged, c.name)
	}
	return private.PublicKey.Bytes()
}
