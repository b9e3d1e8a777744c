package walk

import (
	"slices"
	"time"

	"github.com/phonecert/phonecert/inspect/trust/errcode"
	"github.com/phonecert/phonecert/inspect/trust/extension"
)

// among finds an issuer in a list, in the list's order.
func (w *Walk) among(list []*extension.Certificate, subject *extension.Certificate) *extension.Certificate {
	var found *extension.Certificate
	for _, candidate := range list {
		if !candidate.MayHaveIssued(subject) {
			continue
		}
		switch {
		case !w.release.prefersValid:
			return candidate
		case dates(candidate, w.clock) == errcode.OK:
			return candidate
		case found == nil || !w.release.latest || candidate.NotAfter.After(found.NotAfter):
			found = candidate
		}
	}
	return found
}

// Circles reports whether the issuer that the path ends for want of is in the
// path: every certificate is used once.
func (w *Walk) Circles() bool {
	end := w.Path[w.At]
	return slices.ContainsFunc(w.Path[:w.At], func(f *extension.Certificate) bool { return f.MayHaveIssued(end) })
}

// inStore finds an issuer among the trusted certificates.
func (w *Walk) inStore(subject *extension.Certificate) *extension.Certificate {
	return w.among(w.store[subject.IssuerKey], subject)
}

// dates holds a moment against the validity. The last second is outside, where
// RFC 5280, section 4.1.2.5, has it inside.
func dates(f *extension.Certificate, at time.Time) errcode.Code {
	switch {
	case f.NotBefore.Unix() > at.Unix():
		return errcode.NotYetValid
	case f.NotAfter.Unix() <= at.Unix():
		return errcode.HasExpired
	}
	return errcode.OK
}
