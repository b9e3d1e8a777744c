package trust

import (
	"slices"
	"time"
)

// maxDepth is the library's own limit: a path of more than 101 certificates is
// not followed further.
const maxDepth = 100

// walk is one verification.
type walk struct {
	*release
	clock time.Time
	level int
	// sent are the certificates as sent, the leaf first; store those trusted,
	// by subject.
	sent  []*facts
	store map[string][]*facts
	// signatures remembers what was verified, for changes are tried one by one.
	signatures *verified

	path      []*facts
	untrusted int // how many of the path come from the server
	// at is the place in the path at which the walk failed.
	at int
}

// build follows the issuers as releases before 1.1.0 do: first through what
// was sent, then through the store.
func (w *walk) build() Code {
	w.path, w.untrusted = []*facts{w.sent[0]}, 1
	rest := slices.Clone(w.sent)
	for len(w.path) <= maxDepth && !w.selfSigned(w.last()) {
		next := w.among(rest, w.last())
		if next == nil {
			break
		}
		rest = slices.DeleteFunc(rest, func(f *facts) bool { return f == next })
		w.path = append(w.path, next)
	}
	w.untrusted = len(w.path)
	sentCount := w.untrusted
	var popped *facts // the self-signed end of what was sent
	for {
		if w.selfSigned(w.last()) {
			if len(w.path) == 1 {
				return w.loneSelfSigned()
			}
			popped = w.last()
			w.path = w.path[:len(w.path)-1]
			w.untrusted--
			sentCount--
		}
		w.extendFromStore()
		if w.rooted() || !w.tryAlternative(&sentCount) {
			break
		}
	}
	switch {
	case w.rooted():
		return ok
	case popped != nil && w.issued(popped, w.last()):
		w.path = append(w.path, popped)
		w.untrusted = len(w.path)
		return w.fail(len(w.path)-1, selfSignedInChain)
	case w.untrusted >= len(w.path):
		return w.fail(len(w.path)-1, unableToGetIssuerLocally)
	}
	return w.fail(len(w.path)-1, unableToGetIssuer)
}

func (w *walk) last() *facts { return w.path[len(w.path)-1] }

func (w *walk) fail(at int, code Code) Code {
	w.at = at
	return code.forLibrary(w.library)
}

// rooted reports whether the path ends in a self-signed certificate of the store.
func (w *walk) rooted() bool { return w.untrusted < len(w.path) && w.selfSigned(w.last()) }

// loneSelfSigned: a self-signed leaf must be in the store, byte for byte, and
// be the first there that may have issued it.
func (w *walk) loneSelfSigned() Code {
	if match := w.inStore(w.path[0]); match != nil && slices.Equal(match.Raw, w.path[0].Raw) {
		w.path[0], w.untrusted = match, 0
		return ok
	}
	return w.fail(0, depthZeroSelfSigned)
}

func (w *walk) extendFromStore() {
	for len(w.path) <= maxDepth && !w.selfSigned(w.last()) {
		next := w.inStore(w.last())
		if next == nil {
			return
		}
		w.path = append(w.path, next)
	}
}

// tryAlternative gives up the end of the path for an issuer in the store of an
// earlier certificate (1.0.1n and 1.0.2b brought this; the fact sheet on
// handsets, 1).
func (w *walk) tryAlternative(sentCount *int) bool {
	if !w.alternatives || !w.alternativesInStore && w.untrusted < len(w.path) {
		return false
	}
	for *sentCount > 1 {
		*sentCount--
		if w.inStore(w.path[*sentCount-1]) != nil {
			w.path = w.path[:*sentCount]
			w.untrusted = len(w.path)
			return true
		}
	}
	*sentCount--
	return false
}
