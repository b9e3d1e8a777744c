package signature

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/x509"
	encoding "encoding/asn1"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// publicKey is a key as far as signatures need it. The standard library
// refuses some RSA keys that phones use, so those are read here.
type publicKey struct {
	kind    keyKind
	n, e    *big.Int // RSA
	p, q    *big.Int // DSA
	g, y    *big.Int
	ec      *ecdsa.PublicKey
	edwards ed25519.PublicKey
}

// readKey reads a certificate's key, if the release knows its kind.
func (r Rules) readKey(c *certificate.Certificate) (publicKey, Proof) {
	k := publicKey{kind: keyKindOf(c)}
	info := cryptobyte.String(c.RawSubjectPublicKeyInfo)
	var identifier, parameters cryptobyte.String
	var bits encoding.BitString
	if !info.ReadASN1(&info, asn1.SEQUENCE) || !info.ReadASN1(&identifier, asn1.SEQUENCE) ||
		!identifier.ReadASN1(&parameters, asn1.OBJECT_IDENTIFIER) || !info.ReadASN1BitString(&bits) {
		return k, NoKey
	}
	if (k.kind == ed25519Key || k.kind == ed448Key) && !r.Edwards {
		return k, NoKey
	}
	body := cryptobyte.String(bits.Bytes)
	switch k.kind {
	case rsaKey, pssKey:
		k.n, k.e = numbers2(body)
		if k.n == nil {
			return k, NoKey
		}
	case dsaKey:
		var y cryptobyte.String
		if !body.ReadASN1(&y, asn1.INTEGER) {
			return k, NoKey
		}
		k.y = integer(y)
		if identifier.Empty() || identifier.PeekASN1Tag(asn1.NULL) {
			return k, Proven // the parameters are those of the issuer
		}
		if !readDSA(identifier, &k) {
			return k, NoKey
		}
	case ecKey:
		parsed, err := x509.ParsePKIXPublicKey(c.RawSubjectPublicKeyInfo)
		ec, isEC := parsed.(*ecdsa.PublicKey)
		if err != nil || !isEC || ec.Curve == elliptic.Curve(nil) {
			return k, Uncomputable
		}
		k.ec = ec
	case ed25519Key:
		if len(body) != ed25519.PublicKeySize {
			return k, NoKey
		}
		k.edwards = ed25519.PublicKey(body)
	case ed448Key:
		return k, Uncomputable
	default:
		return k, NoKey
	}
	return k, Proven
}

// numbers2 reads a SEQUENCE of two numbers. A number without the zero before
// its first bit counts as positive.
func numbers2(in cryptobyte.String) (a, b *big.Int) {
	var first, second cryptobyte.String
	if !in.ReadASN1(&in, asn1.SEQUENCE) || !in.ReadASN1(&first, asn1.INTEGER) || !in.ReadASN1(&second, asn1.INTEGER) {
		return nil, nil
	}
	return integer(first), integer(second)
}

func integer(content []byte) *big.Int { return new(big.Int).SetBytes(content) }

// bits is the size of the key; 0 when it is not known.
func (k publicKey) bits() int {
	switch k.kind {
	case rsaKey, pssKey:
		return k.n.BitLen()
	case dsaKey:
		if k.inherits() {
			return 0
		}
		return k.p.BitLen()
	case ecKey:
		return k.ec.Curve.Params().BitSize
	case ed25519Key:
		return 256
	}
	return 0
}
