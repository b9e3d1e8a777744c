package walk

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/trust/errcode"
	"github.com/phonecert/phonecert/inspect/trust/extension"
)

// buildStoreFirst follows the issuers as releases from 1.1.0 on do: at every
// step the store is asked before what was sent.
func (w *Walk) buildStoreFirst() errcode.Code {
	w.Path, w.Untrusted = []*extension.Certificate{w.sent[0]}, 1
	rest := slices.Clone(w.sent)
	selfSigned := w.sent[0].SelfSigned()
	fromSent := true
	for {
		if next := w.fromStore(); next != nil {
			if !selfSigned {
				w.Path = append(w.Path, next)
				selfSigned = next.SelfSigned()
				fromSent = false
				if selfSigned {
					return errcode.OK
				}
				continue
			}
			if w.Untrusted == len(w.Path) && slices.Equal(next.Raw, w.last().Raw) {
				w.Untrusted--
				w.Path[w.Untrusted] = next
				return errcode.OK
			}
		}
		if !fromSent {
			break
		}
		next := w.fromSent(rest, selfSigned)
		if next == nil {
			break
		}
		rest = slices.DeleteFunc(rest, func(f *extension.Certificate) bool { return f == next })
		w.Path = append(w.Path, next)
		w.Untrusted++
		selfSigned = next.SelfSigned()
	}
	end := len(w.Path) - 1
	switch {
	case end >= maxDepth+1:
		return w.fail(end, errcode.ChainTooLong)
	case selfSigned && end == 0:
		return w.fail(end, errcode.DepthZeroSelfSigned)
	case selfSigned:
		return w.fail(end, errcode.SelfSignedInChain)
	case w.Untrusted <= end:
		return w.fail(end, errcode.UnableToGetIssuer)
	}
	return w.fail(end, errcode.UnableToGetIssuerLocally)
}

func (w *Walk) fromStore() *extension.Certificate {
	if len(w.Path) > maxDepth+1 {
		return nil
	}
	return w.inStore(w.last())
}

func (w *Walk) fromSent(rest []*extension.Certificate, selfSigned bool) *extension.Certificate {
	if selfSigned || len(w.Path) > maxDepth+1 {
		return nil
	}
	inPath := func(f *extension.Certificate) bool { return bytesIn(w.Path, f) }
	return w.among(slices.DeleteFunc(slices.Clone(rest), inPath), w.last())
}

// bytesIn reports whether a list holds the very certificate.
func bytesIn(list []*extension.Certificate, f *extension.Certificate) bool {
	return slices.ContainsFunc(list, func(g *extension.Certificate) bool { return slices.Equal(g.Raw, f.Raw) })
}
