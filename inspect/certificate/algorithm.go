package certificate

import (
	"crypto/ecdsa"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// ErrNotCertificate is returned for DER that is no X.509 certificate.
var ErrNotCertificate = errors.New("not an X.509 certificate")

// algorithmOIDs walks the outer structure of a certificate (RFC 5280,
// section 4.1) as far as the two algorithm identifiers.
func algorithmOIDs(der []byte) (signature, key string, err error) {
	input := cryptobyte.String(der)
	var outer, tbs, sigAlg, spki, keyAlg cryptobyte.String
	var sigOID, keyOID asn1.ObjectIdentifier
	if !input.ReadASN1(&outer, cbasn1.SEQUENCE) {
		return "", "", ErrNotCertificate
	}
	if !input.Empty() {
		return "", "", fmt.Errorf("%w: %d", ErrTrailing, len(input))
	}
	ok := outer.ReadASN1(&tbs, cbasn1.SEQUENCE) &&
		outer.ReadASN1(&sigAlg, cbasn1.SEQUENCE) && sigAlg.ReadASN1ObjectIdentifier(&sigOID) &&
		tbs.SkipOptionalASN1(cbasn1.Tag(0).Constructed().ContextSpecific()) && // version
		tbs.SkipASN1(cbasn1.INTEGER) && // serialNumber
		tbs.SkipASN1(cbasn1.SEQUENCE) && // signature
		tbs.SkipASN1(cbasn1.SEQUENCE) && // issuer
		tbs.SkipASN1(cbasn1.SEQUENCE) && // validity
		tbs.SkipASN1(cbasn1.SEQUENCE) && // subject
		tbs.ReadASN1(&spki, cbasn1.SEQUENCE) &&
		spki.ReadASN1(&keyAlg, cbasn1.SEQUENCE) && keyAlg.ReadASN1ObjectIdentifier(&keyOID)
	if !ok {
		return "", "", ErrNotCertificate
	}
	return sigOID.String(), keyOID.String(), nil
}

// Signature is what is known of a signature algorithm.
type Signature struct {
	// Name is the algorithm's usual name.
	Name string
	// Hash is the digest, for instance "SHA-1"; empty where there is none.
	Hash string
}

// SignatureAlgorithm names the algorithm with which the certificate is signed.
// An algorithm without a name is named by its number.
func (c *Certificate) SignatureAlgorithm() Signature {
	switch c.SignatureOID {
	case "1.2.840.113549.1.1.2":
		return Signature{"md2WithRSAEncryption", "MD2"}
	case "1.2.840.113549.1.1.3":
		return Signature{"md4WithRSAEncryption", "MD4"}
	case "1.2.840.113549.1.1.4":
		return Signature{"md5WithRSAEncryption", "MD5"}
	case "1.2.840.113549.1.1.5", "1.3.14.3.2.29":
		return Signature{"sha1WithRSAEncryption", "SHA-1"}
	case "1.2.840.113549.1.1.14":
		return Signature{"sha224WithRSAEncryption", "SHA-224"}
	case "1.2.840.113549.1.1.11":
		return Signature{"sha256WithRSAEncryption", "SHA-256"}
	case "1.2.840.113549.1.1.12":
		return Signature{"sha384WithRSAEncryption", "SHA-384"}
	case "1.2.840.113549.1.1.13":
		return Signature{"sha512WithRSAEncryption", "SHA-512"}
	case "1.2.840.113549.1.1.10":
		return Signature{"RSASSA-PSS", ""}
	case "1.2.840.10040.4.3":
		return Signature{"dsa-with-SHA1", "SHA-1"}
	case "2.16.840.1.101.3.4.3.2":
		return Signature{"dsa-with-SHA256", "SHA-256"}
	case "1.2.840.10045.4.1":
		return Signature{"ecdsa-with-SHA1", "SHA-1"}
	case "1.2.840.10045.4.3.1":
		return Signature{"ecdsa-with-SHA224", "SHA-224"}
	case "1.2.840.10045.4.3.2":
		return Signature{"ecdsa-with-SHA256", "SHA-256"}
	case "1.2.840.10045.4.3.3":
		return Signature{"ecdsa-with-SHA384", "SHA-384"}
	case "1.2.840.10045.4.3.4":
		return Signature{"ecdsa-with-SHA512", "SHA-512"}
	case "1.3.101.112":
		return Signature{"Ed25519", ""}
	case "1.3.101.113":
		return Signature{"Ed448", ""}
	}
	return Signature{c.SignatureOID, ""}
}

// KeyAlgorithm names the public key's algorithm.
func (c *Certificate) KeyAlgorithm() string {
	switch c.KeyOID {
	case "1.2.840.113549.1.1.1":
		return "RSA"
	case "1.2.840.113549.1.1.10":
		return "RSASSA-PSS"
	case "1.2.840.10040.4.1":
		return "DSA"
	case "1.2.840.10045.2.1":
		return "EC"
	case "1.3.101.112":
		return "Ed25519"
	case "1.3.101.113":
		return "Ed448"
	}
	return c.KeyOID
}

// KeyBits is the size of the public key in bits; 0 when it cannot be told. RSA
// and DSA are measured here, for the standard library does not read them all.
func (c *Certificate) KeyBits() int {
	if k, ok := c.PublicKey.(*ecdsa.PublicKey); ok {
		return k.Curve.Params().BitSize
	}
	info := cryptobyte.String(c.RawSubjectPublicKeyInfo)
	var parameters cryptobyte.String
	var key asn1.BitString
	if !info.ReadASN1(&info, cbasn1.SEQUENCE) || !info.ReadASN1(&parameters, cbasn1.SEQUENCE) ||
		!parameters.SkipASN1(cbasn1.OBJECT_IDENTIFIER) || !info.ReadASN1BitString(&key) {
		return 0
	}
	switch c.KeyAlgorithm() {
	case "RSA", "RSASSA-PSS": // RFC 8017, appendix A.1.1: the modulus is first
		return firstNumberBits(key.Bytes)
	case "DSA": // RFC 3279, section 2.3.2: the prime is first
		return firstNumberBits(parameters)
	case "Ed25519":
		return 256
	case "Ed448":
		return 456
	}
	return 0
}

// firstNumberBits measures the first number of a SEQUENCE. One that lacks the
// zero before its first bit counts as positive, as it does for OpenSSL.
func firstNumberBits(in cryptobyte.String) int {
	var number cryptobyte.String
	if !in.ReadASN1(&in, cbasn1.SEQUENCE) || !in.ReadASN1(&number, cbasn1.INTEGER) {
		return 0
	}
	return new(big.Int).SetBytes(number).BitLen()
}
