package trust

import (
	"crypto/x509"
	"slices"
)

// checkExtensions goes from the server's certificate up to the root; before
// 1.1.0 only as far as the certificates come from the server.
func (w *walk) checkExtensions() Code {
	above := 0 // certificates below that count for a path length
	mustBeCA := false
	checked := w.path
	if !w.builder11 {
		checked = w.path[:w.untrusted]
	}
	for i, f := range checked {
		for _, oid := range f.critical {
			if !w.handles(oid) {
				return w.fail(i, unhandledCritical)
			}
		}
		if f.proxy {
			return w.fail(i, proxyNotAllowed)
		}
		kind := w.caKind(f)
		strict := w.builder11 && i < len(w.path)-1 // an intermediate must say CA
		if mustBeCA && (kind == noCA || strict && kind != caByBasic) {
			return w.fail(i, invalidCA)
		}
		if !w.servesTLS(f, mustBeCA) {
			return w.fail(i, invalidPurpose)
		}
		if w.pathLengthExceeds(i, above, f) {
			return w.fail(i, pathLengthExceeded)
		}
		if i > 0 && (w.countsSelfIssued || !f.selfIssued) {
			above++
		}
		mustBeCA = true
	}
	return ok
}

// pathLengthExceeds: RFC 5280, section 4.2.1.9. Self-issued certificates do not
// count, except to OpenSSL 0.9.8, and from 1.0.0 to 1.1.0 their own limits do
// not either.
func (w *walk) pathLengthExceeds(i, below int, f *facts) bool {
	if i < 2 || f.pathLength < 0 || f.selfIssued && !w.checksSelfIssued {
		return false
	}
	return below > f.pathLength
}

// handles reports whether a release knows an extension that is critical. The
// two key identifiers are never among them.
func (r *release) handles(oid string) bool {
	switch oid {
	case oidKeyUsage, oidAltName, oidBasic, oidExtKeyUsage, oidNetscapeType, oidProxy, oidPolicies, oidPolicyLimits, oidInhibitAny:
		return true
	case oidConstraints, oidMappings:
		return r.constraints
	case oidDistribution:
		return r.distribution
	}
	return false
}

// The kinds of CA that X509_check_ca tells apart.
const (
	noCA         = 0
	caByBasic    = 1
	caByVersion1 = 3
	caByKeyUsage = 4
	caByNetscape = 5
)

// caKind says by what a certificate is a CA, if it is one (X509_check_ca).
func (r *release) caKind(f *facts) int {
	const sslCA, mailCA, objectCA = 0x04, 0x02, 0x01
	switch {
	case f.rejectsUse(x509.KeyUsageCertSign):
		return noCA
	case f.basic && f.ca:
		return caByBasic
	case f.basic:
		return noCA
	case f.v1() && r.selfSigned(f):
		return caByVersion1
	case f.keyUsage != nil:
		return caByKeyUsage
	case f.netscape != nil && *f.netscape&(sslCA|mailCA|objectCA) != 0:
		return caByNetscape
	}
	return noCA
}

// servesTLS is the check of the purpose "SSL server".
func (r *release) servesTLS(f *facts, asCA bool) bool {
	const sslServer, sslCA = 0x40, 0x04
	if f.extKeyUsage && !f.serverAuth {
		return false
	}
	if asCA {
		return f.netscape == nil || r.caKind(f) != caByNetscape || *f.netscape&sslCA != 0
	}
	if f.netscape != nil && *f.netscape&sslServer == 0 {
		return false
	}
	use := x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	if r.keyAgreement {
		use |= x509.KeyUsageKeyAgreement
	}
	return !f.rejectsUse(use)
}

// bytesIn reports whether a list holds the very certificate.
func bytesIn(list []*facts, f *facts) bool {
	return slices.ContainsFunc(list, func(g *facts) bool { return slices.Equal(g.Raw, f.Raw) })
}
