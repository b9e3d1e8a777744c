package key

import (
	"crypto/ed25519"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

const oidEd25519 = "1.3.101.112"

// fillEdwards reads an Ed25519 key (RFC 8410, section 7) and names the rest.
func (p *Private) fillEdwards(id algorithm, inner cryptobyte.String) error {
	p.Algorithm, p.Bits = nameOther(id.oid)
	if id.oid != oidEd25519 {
		return nil
	}
	var seed cryptobyte.String
	if !inner.ReadASN1(&seed, asn1.OCTET_STRING) || !inner.Empty() || len(seed) != ed25519.SeedSize {
		return fmt.Errorf("%w: no Ed25519 key of 32 bytes in it", ErrDamaged)
	}
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	p.PublicKeyInfo = publicKeyInfo(id.whole, public)
	return nil
}

// nameOther names what is not computed here, with its size where it has one.
func nameOther(oid string) (name string, bits int) {
	switch oid {
	case oidEd25519:
		return "Ed25519", 256
	case "1.3.101.113":
		return "Ed448", 456
	case "1.3.101.110":
		return "X25519", 256
	case "1.3.101.111":
		return "X448", 448
	case "1.2.840.113549.1.3.1", "1.2.840.10046.2.1":
		return "DH", 0
	case "1.2.840.113549.1.1.7":
		return "RSAES-OAEP", 0
	case "1.2.643.2.2.19":
		return "GOST R 34.10-2001", 256
	case "1.2.643.7.1.1.1.1":
		return "GOST R 34.10-2012", 256
	case "1.2.643.7.1.1.1.2":
		return "GOST R 34.10-2012", 512
	case "2.16.840.1.101.3.4.3.17":
		return "ML-DSA-44", 0
	case "2.16.840.1.101.3.4.3.18":
		return "ML-DSA-65", 0
	case "2.16.840.1.101.3.4.3.19":
		return "ML-DSA-87", 0
	}
	return oid, 0
}
