package signature

import (
	"crypto"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// KeyStrength is the security of a certificate's key in bits; 0 for a key that
// cannot be read. It is not known of a key that this package cannot compute with.
func (r Rules) KeyStrength(c *certificate.Certificate) (bits int, known bool) {
	switch key, read := r.readKey(c); read {
	case Uncomputable:
		return 0, false
	case Proven:
		return key.strength(), true
	}
	return 0, true
}

// strength is the key's security in bits (NIST SP 800-57, part 1, table 2).
func (k publicKey) strength() int {
	size := k.bits()
	switch k.kind {
	case ecKey:
		return size / 2
	case ed25519Key:
		return 128
	}
	for _, step := range [...]struct{ from, strength int }{{15360, 256}, {7680, 192}, {3072, 128}, {2048, 112}, {1024, 80}} {
		if size >= step.from {
			return step.strength
		}
	}
	return 0
}

// DigestStrength is the security in bits of the digest by which a certificate is
// signed: half the digest's size, less where attacks are known to the release:
// from 3.0 on MD5 counts 39 and SHA-1 63 bits.
func (r Rules) DigestStrength(c *certificate.Certificate) int {
	a := algorithmOf(c.SignatureOID)
	switch {
	case !r.supports(a):
		return 0
	case a.key == ed448Key:
		return 224
	case a.key == ed25519Key, a.pss:
		return 128
	case a.digest == crypto.SHA1 && r.WeakSHA1:
		return 63
	case a.digest == 0:
		return 0
	}
	return a.digest.Size() * 4
}
