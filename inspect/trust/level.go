package trust

import "crypto"

// DefaultSecurityLevel is the security level with which OpenSSL is built from
// 1.1.0 on unless the maker of the phone chose another. Older releases have none.
const DefaultSecurityLevel = 1

// strengthOf is what a security level asks for, in bits of security.
func strengthOf(level int) int {
	steps := [...]int{0, 80, 112, 128, 192, 256}
	return steps[max(0, min(level, len(steps)-1))]
}

// checkLeafLevel comes before anything else: the server's own key.
func (w *walk) checkLeafLevel() Code {
	w.path = w.sent[:1]
	if w.tooWeak(w.sent[0]) {
		return w.fail(0, eeKeyTooSmall)
	}
	return ok
}

// checkLevels looks at the keys of the issuers and at the digests of all
// signatures but the root's.
func (w *walk) checkLevels() Code {
	if !w.levels || w.level <= 0 {
		return ok
	}
	for i, f := range w.path {
		if i > 0 && w.tooWeak(f) {
			return w.fail(i, caKeyTooSmall)
		}
		if i < len(w.path)-1 && w.digestStrength(f) < strengthOf(w.level) {
			return w.fail(i, caDigestTooWeak)
		}
	}
	return ok
}

// tooWeak reports whether a key is below the level. A key that cannot be read
// is; one that this package cannot compute with is taken to suffice.
func (w *walk) tooWeak(f *facts) bool {
	if !w.levels || w.level <= 0 {
		return false
	}
	key, read := w.readKey(f)
	if read == uncomputable {
		return false
	}
	return read != proven || key.strength() < strengthOf(w.level)
}

// digestStrength is half the digest's size, less where attacks are known to
// the release: from 3.0 on MD5 counts 39 and SHA-1 63 bits.
func (w *walk) digestStrength(f *facts) int {
	a := algorithmOf(f.SignatureOID)
	switch {
	case !w.supports(a):
		return 0
	case a.key == ed448Key:
		return 224
	case a.key == ed25519Key, a.pss:
		return 128
	case a.digest == crypto.SHA1 && w.weakSHA1:
		return 63
	case a.digest == 0:
		return 0
	}
	return a.digest.Size() * 4
}
