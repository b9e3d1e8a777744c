package walk

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/trust/errcode"
	"github.com/phonecert/phonecert/inspect/trust/extension"
)

// maxDepth is the library's own limit: a path of more than 101 certificates is
// not followed further.
const maxDepth = 100

// build follows the issuers as releases before 1.1.0 do: first through what
// was sent, then through the store.
func (w *Walk) build() errcode.Code {
	w.Path, w.Untrusted = []*extension.Certificate{w.sent[0]}, 1
	rest := slices.Clone(w.sent)
	for len(w.Path) <= maxDepth && !w.last().SelfSigned() {
		next := w.among(rest, w.last())
		if next == nil {
			break
		}
		rest = slices.DeleteFunc(rest, func(f *extension.Certificate) bool { return f == next })
		w.Path = append(w.Path, next)
	}
	w.Untrusted = len(w.Path)
	sentCount := w.Untrusted
	var popped *extension.Certificate // the self-signed end of what was sent
	for {
		if w.last().SelfSigned() {
			if len(w.Path) == 1 {
				return w.loneSelfSigned()
			}
			popped = w.last()
			w.Path = w.Path[:len(w.Path)-1]
			w.Untrusted--
			sentCount--
		}
		w.extendFromStore()
		if w.rooted() || !w.tryAlternative(&sentCount) {
			break
		}
	}
	switch {
	case w.rooted():
		return errcode.OK
	case popped != nil && popped.MayHaveIssued(w.last()):
		w.Path = append(w.Path, popped)
		w.Untrusted = len(w.Path)
		return w.fail(len(w.Path)-1, errcode.SelfSignedInChain)
	case w.Untrusted >= len(w.Path):
		return w.fail(len(w.Path)-1, errcode.UnableToGetIssuerLocally)
	}
	return w.fail(len(w.Path)-1, errcode.UnableToGetIssuer)
}

// rooted reports whether the path ends in a self-signed certificate of the store.
func (w *Walk) rooted() bool { return w.Untrusted < len(w.Path) && w.last().SelfSigned() }

// loneSelfSigned: a self-signed leaf must be in the store, byte for byte, and
// be the first there that may have issued it.
func (w *Walk) loneSelfSigned() errcode.Code {
	if match := w.inStore(w.Path[0]); match != nil && slices.Equal(match.Raw, w.Path[0].Raw) {
		w.Path[0], w.Untrusted = match, 0
		return errcode.OK
	}
	return w.fail(0, errcode.DepthZeroSelfSigned)
}

func (w *Walk) extendFromStore() {
	for len(w.Path) <= maxDepth && !w.last().SelfSigned() {
		next := w.inStore(w.last())
		if next == nil {
			return
		}
		w.Path = append(w.Path, next)
	}
}

// tryAlternative gives up the end of the path for an issuer in the store of an
// earlier certificate (1.0.1n and 1.0.2b brought this; the fact sheet on
// handsets, 1).
func (w *Walk) tryAlternative(sentCount *int) bool {
	if !w.release.alternatives || !w.release.alternativesInStore && w.Untrusted < len(w.Path) {
		return false
	}
	for *sentCount > 1 {
		*sentCount--
		if w.inStore(w.Path[*sentCount-1]) != nil {
			w.Path = w.Path[:*sentCount]
			w.Untrusted = len(w.Path)
			return true
		}
	}
	*sentCount--
	return false
}
