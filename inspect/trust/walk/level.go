package walk

import (
	"github.com/phonecert/phonecert/inspect/trust/errcode"
	"github.com/phonecert/phonecert/inspect/trust/extension"
)

// strengthOf is what a security level asks for, in bits of security.
func strengthOf(level int) int {
	steps := [...]int{0, 80, 112, 128, 192, 256}
	return steps[max(0, min(level, len(steps)-1))]
}

// checkLeafLevel comes before anything else: the server's own key.
func (w *Walk) checkLeafLevel() errcode.Code {
	w.Path = w.sent[:1]
	if w.tooWeak(w.sent[0]) {
		return w.fail(0, errcode.EEKeyTooSmall)
	}
	return errcode.OK
}

// checkLevels looks at the keys of the issuers and at the digests of all
// signatures but the root's.
func (w *Walk) checkLevels() errcode.Code {
	if !w.release.levels || w.level <= 0 {
		return errcode.OK
	}
	for i, f := range w.Path {
		if i > 0 && w.tooWeak(f) {
			return w.fail(i, errcode.CAKeyTooSmall)
		}
		if i < len(w.Path)-1 && w.release.proves.DigestStrength(f.Certificate) < strengthOf(w.level) {
			return w.fail(i, errcode.CADigestTooWeak)
		}
	}
	return errcode.OK
}

// tooWeak reports whether a key is below the level. A key that cannot be read
// is; one that this package cannot compute with is taken to suffice.
func (w *Walk) tooWeak(f *extension.Certificate) bool {
	if !w.release.levels || w.level <= 0 {
		return false
	}
	bits, known := w.release.proves.KeyStrength(f.Certificate)
	return known && bits < strengthOf(w.level)
}
