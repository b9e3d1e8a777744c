package trust

import (
	"bytes"
	"crypto"
	_ "crypto/md5" // what phones accept is a fact, not a choice
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"slices"
)

// proof is what is known of a signature.
type proof int

const (
	refuted proof = iota
	proven
	// uncomputable: the library can tell, this package cannot (Ed448, curves
	// that the standard library lacks).
	uncomputable
	// noKey: the issuer's key cannot be read.
	noKey
)

// verified remembers proofs by the two certificates.
type verified map[[2]*facts]proof

// MaxSignatureBytes is the largest certificate whose signature is verified;
// no TLS message of the phones' libraries holds a larger one.
const MaxSignatureBytes = 100 << 10

// checkSignatures goes from the root down: signature, then dates, of every
// certificate. The root's own signature is not looked at.
func (w *walk) checkSignatures() Code {
	issuer := w.last()
	for i, f := range slices.Backward(w.path) {
		if i < len(w.path)-1 {
			switch w.prove(issuer, f) {
			case refuted:
				return w.fail(i, signatureFailure)
			case noKey:
				return w.fail(i, unableToDecodeKey)
			case uncomputable:
				w.at = i
				return notComputable
			}
		}
		if code := f.dates(w.clock); code != ok {
			return w.fail(i, code)
		}
		issuer = f
	}
	return ok
}

func (w *walk) prove(issuer, f *facts) proof {
	key := [2]*facts{issuer, f}
	p, known := (*w.signatures)[key]
	if !known {
		p = w.verify(issuer, f)
		(*w.signatures)[key] = p
	}
	return p
}

// verify proves one signature.
func (w *walk) verify(issuer, f *facts) proof {
	inner, outer, read := signatureIdentifiers(f.Raw)
	if !read || len(f.Raw) > MaxSignatureBytes || w.sameAlgorithm && !bytes.Equal(inner, outer) {
		return refuted
	}
	key, keyProof := w.readKey(issuer)
	if keyProof != proven {
		return keyProof
	}
	if key.inherits() && !w.inherit(&key, issuer) {
		return refuted
	}
	a := algorithmOf(f.SignatureOID)
	if !w.supports(a) || a.key != key.kind && !(a.pss && key.kind == pssKey) {
		return refuted
	}
	message := f.RawTBSCertificate
	if a.md2 {
		return holds(key.verifyMD2(message, f.Signature))
	}
	if a.pss {
		return key.verifyPSS(outer, message, f.Signature)
	}
	switch key.kind {
	case rsaKey:
		return holds(key.verifyPKCS1(a.digest, digest(a.digest, message), f.Signature))
	case dsaKey:
		return holds(key.verifyDSA(digest(a.digest, message), f.Signature))
	case ecKey:
		return holds(key.verifyECDSA(digest(a.digest, message), f.Signature))
	case ed25519Key:
		return holds(key.verifyEd25519(message, f.Signature))
	}
	return uncomputable
}

// inherit looks up the path for the parameters of a DSA key. OpenSSL hands them
// down only where every key from the server's on lacks them.
func (w *walk) inherit(key *publicKey, holder *facts) bool {
	passed := false
	for _, f := range w.path {
		k, read := w.readKey(f)
		if read != proven {
			return false
		}
		if !k.inherits() {
			key.p, key.q, key.g = k.p, k.q, k.g
			return passed && k.kind == dsaKey
		}
		passed = passed || f == holder
	}
	return false
}

func holds(yes bool) proof {
	if yes {
		return proven
	}
	return refuted
}

func digest(h crypto.Hash, message []byte) []byte {
	sum := h.New()
	sum.Write(message)
	return sum.Sum(nil)
}
