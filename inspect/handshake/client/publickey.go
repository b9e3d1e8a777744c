package client

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	stdasn1 "encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// What a server's key may cost.
const (
	maxRSABits      = 16384
	maxExponentBits = 32
	maxDSABits      = 10000
	maxSubgroupBits = 512
)

// keyKind is a kind of public key.
type keyKind string

const (
	rsaKey     keyKind = "RSA"
	dsaKey     keyKind = "DSA"
	ecKey      keyKind = "EC"
	ed25519Key keyKind = "Ed25519"
)

// publicKey is one of the kinds, and its fields with it.
type publicKey struct {
	kind              keyKind
	modulus, exponent *big.Int
	dsa               dsaNumbers
	ec                *ecdsa.PublicKey
	ed25519           ed25519.PublicKey
}

// errUnknownKey is a key of a kind or curve that is not at hand.
var errUnknownKey = errors.New("a key of an unknown kind")

// keyOf takes the public key out of a certificate in DER and looks at nothing
// else.
func keyOf(der []byte) (publicKey, error) {
	var certificate, tbs, spki, algorithm cryptobyte.String
	input := cryptobyte.String(der)
	ok := input.ReadASN1(&certificate, asn1.SEQUENCE) && certificate.ReadASN1(&tbs, asn1.SEQUENCE) &&
		tbs.SkipOptionalASN1(asn1.Tag(0).Constructed().ContextSpecific()) &&
		tbs.SkipASN1(asn1.INTEGER) && tbs.SkipASN1(asn1.SEQUENCE) && // serialNumber, signature
		tbs.SkipASN1(asn1.SEQUENCE) && tbs.SkipASN1(asn1.SEQUENCE) && // issuer, validity
		tbs.SkipASN1(asn1.SEQUENCE) && // subject
		tbs.ReadASN1(&spki, asn1.SEQUENCE) && spki.ReadASN1(&algorithm, asn1.SEQUENCE)
	var id stdasn1.ObjectIdentifier
	var bits []byte
	if !ok || !algorithm.ReadASN1ObjectIdentifier(&id) || !spki.ReadASN1BitStringAsBytes(&bits) {
		return publicKey{}, errors.New("no public key is found in it")
	}
	switch id.String() {
	case "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "2.5.8.1.1": // rsaEncryption, RSASSA-PSS, rsa
		return readRSA(bits)
	case "1.2.840.10040.4.1", "1.3.14.3.2.12": // dsa
		return readDSA(algorithm, bits)
	case "1.2.840.10045.2.1":
		return readEC(algorithm, bits)
	case "1.3.101.112":
		if len(bits) != ed25519.PublicKeySize {
			return publicKey{}, fmt.Errorf("an Ed25519 key of %d bytes", len(bits))
		}
		return publicKey{kind: ed25519Key, ed25519: bits}, nil
	}
	return publicKey{}, fmt.Errorf("%w: %s", errUnknownKey, id)
}

func readRSA(bits []byte) (publicKey, error) {
	s, n, e := cryptobyte.String(bits), new(big.Int), new(big.Int)
	if !s.ReadASN1(&s, asn1.SEQUENCE) || !s.ReadASN1Integer(n) || !s.ReadASN1Integer(e) {
		return publicKey{}, errors.New("its RSA key is not DER")
	}
	return publicKey{kind: rsaKey, modulus: n, exponent: e}, checkRSA(n, e)
}

// checkRSA keeps out what is no RSA key and what would take long.
func checkRSA(n, e *big.Int) error {
	switch {
	case n.Sign() <= 0 || n.Bit(0) == 0 || e.Sign() <= 0 || e.Bit(0) == 0:
		return errors.New("modulus or exponent is not odd and positive")
	case n.BitLen() > maxRSABits:
		return fmt.Errorf("the RSA modulus has %d bits, more than %d", n.BitLen(), maxRSABits)
	case e.BitLen() > maxExponentBits:
		return fmt.Errorf("the RSA exponent has %d bits, more than %d", e.BitLen(), maxExponentBits)
	}
	return nil
}

// dsaNumbers are a DSA key (FIPS 186-4, section 4.1). Package crypto/dsa is
// deprecated, and this is all that is needed of it.
type dsaNumbers struct{ p, q, g, y *big.Int }

func readDSA(algorithm cryptobyte.String, bits []byte) (publicKey, error) {
	k := dsaNumbers{new(big.Int), new(big.Int), new(big.Int), new(big.Int)}
	s := cryptobyte.String(bits)
	if !algorithm.ReadASN1(&algorithm, asn1.SEQUENCE) || !algorithm.ReadASN1Integer(k.p) || !algorithm.ReadASN1Integer(k.q) || !algorithm.ReadASN1Integer(k.g) || !s.ReadASN1Integer(k.y) {
		return publicKey{}, errors.New("its DSA key is not DER, or has no parameters")
	}
	if k.p.Sign() <= 0 || k.p.Bit(0) == 0 || k.p.BitLen() > maxDSABits || k.q.Sign() <= 0 || k.q.Bit(0) == 0 || k.q.BitLen() > maxSubgroupBits ||
		k.g.Sign() <= 0 || k.g.Cmp(k.p) >= 0 || k.y.Sign() <= 0 || k.y.Cmp(k.p) >= 0 {
		return publicKey{}, fmt.Errorf("its DSA parameters of %d and %d bits are out of range", k.p.BitLen(), k.q.BitLen())
	}
	return publicKey{kind: dsaKey, dsa: k}, nil
}

// verify is FIPS 186-4, section 4.7.
func (k dsaNumbers) verify(digest []byte, r, s *big.Int) bool {
	if r.Sign() <= 0 || r.Cmp(k.q) >= 0 || s.Sign() <= 0 || s.Cmp(k.q) >= 0 {
		return false
	}
	w := new(big.Int).ModInverse(s, k.q)
	if w == nil {
		return false // q is no prime
	}
	z := new(big.Int).SetBytes(digest[:min(len(digest), k.q.BitLen()/8)])
	z.Mod(z.Mul(z, w), k.q)
	w.Mod(w.Mul(w, r), k.q)
	v := new(big.Int).Exp(k.g, z, k.p)
	v.Mul(v, w.Exp(k.y, w, k.p))
	v.Mod(v.Mod(v, k.p), k.q)
	return v.Cmp(r) == 0
}

func readEC(algorithm cryptobyte.String, bits []byte) (publicKey, error) {
	var id stdasn1.ObjectIdentifier
	if !algorithm.ReadASN1ObjectIdentifier(&id) {
		return publicKey{}, fmt.Errorf("%w: EC with a curve that has no name", errUnknownKey)
	}
	curves := map[string]elliptic.Curve{
		"1.3.132.0.33": elliptic.P224(), "1.2.840.10045.3.1.7": elliptic.P256(), "1.3.132.0.34": elliptic.P384(), "1.3.132.0.35": elliptic.P521(),
	}
	curve := curves[id.String()]
	if curve == nil {
		return publicKey{}, fmt.Errorf("%w: EC with the curve %s", errUnknownKey, id)
	}
	k, err := ecdsa.ParseUncompressedPublicKey(curve, bits)
	if err != nil {
		return publicKey{}, fmt.Errorf("its key of %d bytes is no point of %s", len(bits), curve.Params().Name)
	}
	return publicKey{kind: ecKey, ec: k}, nil
}
