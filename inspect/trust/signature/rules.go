// Package signature proves signatures on certificates as OpenSSL does, with the
// keys and digests that a release knows, old and short ones among them.
package signature

import (
	"crypto"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// Rules are what a release can verify with.
type Rules struct {
	// MD2 digests, SHA-2 with RSA, SHA-2 with DSA and on elliptic curves,
	// RSASSA-PSS, and Ed25519 and Ed448.
	MD2, SHA2, NewerSHA2, PSS, Edwards bool
	// SameAlgorithm: the two signature algorithms of a certificate must agree.
	SameAlgorithm bool
	// WeakSHA1: attacks on SHA-1 count against its strength.
	WeakSHA1 bool
}

// Knows reports whether a release can verify with the algorithm by which a
// certificate is signed.
func (r Rules) Knows(c *certificate.Certificate) bool { return r.supports(algorithmOf(c.SignatureOID)) }

func (r Rules) supports(a algorithm) bool {
	switch {
	case a.key == unknownKey:
		return false
	case a.md2:
		return r.MD2
	case a.pss:
		return r.PSS
	case a.key == ed25519Key || a.key == ed448Key:
		return r.Edwards
	case a.key == rsaKey && a.digest != crypto.MD5 && a.digest != crypto.SHA1:
		return r.SHA2
	case a.digest != crypto.SHA1 && a.digest != crypto.MD5: // DSA and EC
		return r.NewerSHA2
	}
	return true
}
