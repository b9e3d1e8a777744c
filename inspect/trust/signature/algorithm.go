package signature

import (
	"crypto"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// algorithm is a signature algorithm: the kind of key, and the digest.
type algorithm struct {
	key    keyKind
	digest crypto.Hash // 0: MD2 where md2 is set, else none
	md2    bool
	pss    bool
}

// keyKind is the algorithm of a public key.
type keyKind int

const (
	unknownKey keyKind = iota
	rsaKey
	pssKey
	dsaKey
	ecKey
	ed25519Key
	ed448Key
)

// algorithmOf knows the algorithms of RFC 3279, 4055, 5758 and 8410.
func algorithmOf(oid string) algorithm {
	switch oid {
	case "1.2.840.113549.1.1.2":
		return algorithm{key: rsaKey, md2: true}
	case "1.2.840.113549.1.1.4":
		return algorithm{key: rsaKey, digest: crypto.MD5}
	case "1.2.840.113549.1.1.5", "1.3.14.3.2.29":
		return algorithm{key: rsaKey, digest: crypto.SHA1}
	case "1.2.840.113549.1.1.14":
		return algorithm{key: rsaKey, digest: crypto.SHA224}
	case "1.2.840.113549.1.1.11":
		return algorithm{key: rsaKey, digest: crypto.SHA256}
	case "1.2.840.113549.1.1.12":
		return algorithm{key: rsaKey, digest: crypto.SHA384}
	case "1.2.840.113549.1.1.13":
		return algorithm{key: rsaKey, digest: crypto.SHA512}
	case "1.2.840.113549.1.1.10":
		return algorithm{key: rsaKey, pss: true}
	case "1.2.840.10040.4.3", "1.3.14.3.2.27":
		return algorithm{key: dsaKey, digest: crypto.SHA1}
	case "2.16.840.1.101.3.4.3.1":
		return algorithm{key: dsaKey, digest: crypto.SHA224}
	case "2.16.840.1.101.3.4.3.2":
		return algorithm{key: dsaKey, digest: crypto.SHA256}
	case "1.2.840.10045.4.1":
		return algorithm{key: ecKey, digest: crypto.SHA1}
	case "1.2.840.10045.4.3.1":
		return algorithm{key: ecKey, digest: crypto.SHA224}
	case "1.2.840.10045.4.3.2":
		return algorithm{key: ecKey, digest: crypto.SHA256}
	case "1.2.840.10045.4.3.3":
		return algorithm{key: ecKey, digest: crypto.SHA384}
	case "1.2.840.10045.4.3.4":
		return algorithm{key: ecKey, digest: crypto.SHA512}
	case "1.3.101.112":
		return algorithm{key: ed25519Key}
	case "1.3.101.113":
		return algorithm{key: ed448Key}
	}
	return algorithm{}
}

// keyKindOf is the kind of a certificate's own key.
func keyKindOf(c *certificate.Certificate) keyKind {
	switch c.KeyOID {
	case "1.2.840.113549.1.1.1", "2.5.8.1.1":
		return rsaKey
	case "1.2.840.113549.1.1.10":
		return pssKey
	case "1.2.840.10040.4.1":
		return dsaKey
	case "1.2.840.10045.2.1":
		return ecKey
	case "1.3.101.112":
		return ed25519Key
	case "1.3.101.113":
		return ed448Key
	}
	return unknownKey
}

// KeyFits reports whether the issuer's key is of the kind with which the subject
// is signed.
func KeyFits(issuer, subject *certificate.Certificate) bool {
	a, key := algorithmOf(subject.SignatureOID), keyKindOf(issuer)
	return a.key == key && a.key != unknownKey || a.pss && key == pssKey
}

// identifiers are the two algorithm identifiers of a certificate as
// they stand there (RFC 5280, sections 4.1.1.2 and 4.1.2.3).
func identifiers(der []byte) (inner, outer cryptobyte.String, read bool) {
	input := cryptobyte.String(der)
	var tbs cryptobyte.String
	read = input.ReadASN1(&input, asn1.SEQUENCE) && input.ReadASN1(&tbs, asn1.SEQUENCE) &&
		input.ReadASN1Element(&outer, asn1.SEQUENCE) &&
		tbs.SkipOptionalASN1(asn1.Tag(0).Constructed().ContextSpecific()) &&
		tbs.SkipASN1(asn1.INTEGER) && tbs.ReadASN1Element(&inner, asn1.SEQUENCE)
	return inner, outer, read
}
