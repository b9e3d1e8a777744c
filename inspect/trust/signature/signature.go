package signature

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	_ "crypto/md5" // what phones accept is a fact, not a choice
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"iter"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// Proof is what is known of a signature.
type Proof int

// The proofs.
const (
	Refuted Proof = iota
	Proven
	// Uncomputable: the library can tell, this package cannot (Ed448, curves
	// that the standard library lacks).
	Uncomputable
	// NoKey: the issuer's key cannot be read.
	NoKey
)

// MaxBytes is the largest certificate whose signature is verified; no TLS
// message of the phones' libraries holds a larger one.
const MaxBytes = 100 << 10

// Verify proves the signature on a certificate with the issuer's key. A DSA key
// without parameters takes them from the path, the server's certificate first.
func (r Rules) Verify(issuer, c *certificate.Certificate, path iter.Seq[*certificate.Certificate]) Proof {
	inner, outer, read := identifiers(c.Raw)
	if !read || len(c.Raw) > MaxBytes || r.SameAlgorithm && !bytes.Equal(inner, outer) {
		return Refuted
	}
	key, keyProof := r.readKey(issuer)
	if keyProof != Proven {
		return keyProof
	}
	if key.inherits() && !r.inherit(&key, issuer, path) {
		return Refuted
	}
	a := algorithmOf(c.SignatureOID)
	if !r.supports(a) || a.key != key.kind && !(a.pss && key.kind == pssKey) {
		return Refuted
	}
	message := c.RawTBSCertificate
	if a.md2 {
		return holds(key.verifyMD2(message, c.Signature))
	}
	if a.pss {
		return key.verifyPSS(outer, message, c.Signature)
	}
	switch key.kind {
	case rsaKey:
		return holds(key.verifyPKCS1(a.digest, digest(a.digest, message), c.Signature))
	case dsaKey:
		return holds(key.verifyDSA(digest(a.digest, message), c.Signature))
	case ecKey:
		return holds(key.verifyECDSA(digest(a.digest, message), c.Signature))
	case ed25519Key:
		return holds(key.verifyEd25519(message, c.Signature))
	}
	return Uncomputable
}

func (k publicKey) verifyECDSA(sum, signature []byte) bool {
	return ecdsa.VerifyASN1(k.ec, sum, signature)
}

func (k publicKey) verifyEd25519(message, signature []byte) bool {
	return ed25519.Verify(k.edwards, message, signature)
}

// inherit looks up the path for the parameters of a DSA key. OpenSSL hands them
// down only where every key from the server's on lacks them.
func (r Rules) inherit(key *publicKey, holder *certificate.Certificate, path iter.Seq[*certificate.Certificate]) bool {
	passed := false
	for c := range path {
		k, read := r.readKey(c)
		if read != Proven {
			return false
		}
		if !k.inherits() {
			key.p, key.q, key.g = k.p, k.q, k.g
			return passed && k.kind == dsaKey
		}
		passed = passed || c == holder
	}
	return false
}

func holds(yes bool) Proof {
	if yes {
		return Proven
	}
	return Refuted
}

func digest(h crypto.Hash, message []byte) []byte {
	sum := h.New()
	sum.Write(message)
	return sum.Sum(nil)
}
