package trust

import "slices"

// buildStoreFirst follows the issuers as releases from 1.1.0 on do: at every
// step the store is asked before what was sent.
func (w *walk) buildStoreFirst() Code {
	w.path, w.untrusted = []*facts{w.sent[0]}, 1
	rest := slices.Clone(w.sent)
	selfSigned := w.selfSigned(w.sent[0])
	fromSent := true
	for {
		if next := w.fromStore(); next != nil {
			if !selfSigned {
				w.path = append(w.path, next)
				selfSigned = w.selfSigned(next)
				fromSent = false
				if selfSigned {
					return ok
				}
				continue
			}
			if w.untrusted == len(w.path) && slices.Equal(next.Raw, w.last().Raw) {
				w.untrusted--
				w.path[w.untrusted] = next
				return ok
			}
		}
		if !fromSent {
			break
		}
		next := w.fromSent(rest, selfSigned)
		if next == nil {
			break
		}
		rest = slices.DeleteFunc(rest, func(f *facts) bool { return f == next })
		w.path = append(w.path, next)
		w.untrusted++
		selfSigned = w.selfSigned(next)
	}
	end := len(w.path) - 1
	switch {
	case end >= maxDepth+1:
		return w.fail(end, chainTooLong)
	case selfSigned && end == 0:
		return w.fail(end, depthZeroSelfSigned)
	case selfSigned:
		return w.fail(end, selfSignedInChain)
	case w.untrusted <= end:
		return w.fail(end, unableToGetIssuer)
	}
	return w.fail(end, unableToGetIssuerLocally)
}

func (w *walk) fromStore() *facts {
	if len(w.path) > maxDepth+1 {
		return nil
	}
	return w.inStore(w.last())
}

func (w *walk) fromSent(rest []*facts, selfSigned bool) *facts {
	if selfSigned || len(w.path) > maxDepth+1 {
		return nil
	}
	inPath := func(f *facts) bool { return bytesIn(w.path, f) }
	return w.among(slices.DeleteFunc(slices.Clone(rest), inPath), w.last())
}
