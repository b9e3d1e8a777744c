package trust

import (
	"bytes"
	"crypto/x509"
	"slices"
	"time"
)

// issued asks, in OpenSSL's order, whether issuer may have issued subject:
// names, the authorityKeyIdentifier (key identifier, serial number, issuer),
// key usage. No signature is verified.
func (r *release) issued(issuer, subject *facts) bool {
	if issuer.subjectKey != subject.issuerKey || !subject.authority.fits(issuer) {
		return false
	}
	if r.strictExtensions && (issuer.unreadable || subject.unreadable) {
		return false
	}
	if r.matchesKey && !keyFitsSignature(issuer, subject) {
		return false
	}
	if r.likelyIssuer {
		return true
	}
	if subject.proxy {
		return !issuer.rejectsUse(x509.KeyUsageDigitalSignature)
	}
	return !issuer.rejectsUse(x509.KeyUsageCertSign)
}

func (a authority) fits(issuer *facts) bool {
	if a.hasKeyID && issuer.keyID != nil && !bytes.Equal(a.keyID, issuer.keyID) {
		return false
	}
	if a.hasSerial && a.serial != issuer.serial {
		return false
	}
	return !a.hasIssuer || a.issuer == issuer.issuerKey
}

// selfSigned is what a library takes for a root: it may have issued itself.
func (r *release) selfSigned(f *facts) bool {
	if r.strictExtensions && f.unreadable || r.matchesKey && !keyFitsSignature(f, f) {
		return false
	}
	return f.selfIssued && f.authority.fits(f) && (r.rootByName || r.likelyIssuer || !f.rejectsUse(x509.KeyUsageCertSign))
}

// valid reports whether the dates hold at a moment.
func (f *facts) valid(at time.Time) bool { return f.dates(at) == ok }

// among finds an issuer in a list, in the list's order.
func (w *walk) among(list []*facts, subject *facts) *facts {
	var found *facts
	for _, candidate := range list {
		if !w.issued(candidate, subject) {
			continue
		}
		switch {
		case !w.prefersValid:
			return candidate
		case candidate.valid(w.clock):
			return candidate
		case found == nil || !w.latest || candidate.NotAfter.After(found.NotAfter):
			found = candidate
		}
	}
	return found
}

// circles reports whether the issuer that the path ends for want of is in the
// path: every certificate is used once.
func (w *walk) circles() bool {
	end := w.path[w.at]
	return slices.ContainsFunc(w.path[:w.at], func(f *facts) bool { return w.issued(f, end) })
}

// inStore finds an issuer among the trusted certificates.
func (w *walk) inStore(subject *facts) *facts {
	return w.among(w.store[subject.issuerKey], subject)
}

// dates holds a moment against the validity. The last second is outside, where
// RFC 5280, section 4.1.2.5, has it inside.
func (f *facts) dates(at time.Time) Code {
	switch {
	case f.NotBefore.Unix() > at.Unix():
		return notYetValid
	case f.NotAfter.Unix() <= at.Unix():
		return hasExpired
	}
	return ok
}
