// Package extension is a certificate as a release of OpenSSL reads it: its names
// and extensions, and what follows from them for itself, for what it may have
// issued and for the names below it.
package extension

import (
	"crypto/x509"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// Certificate is a certificate with what a release reads in it.
type Certificate struct {
	*certificate.Certificate
	// Subject and issuer as one string each: the same exactly where the release
	// takes two names for the same.
	SubjectKey, IssuerKey string
	// PathLength is how many CAs may stand below; -1 if as many as may be.
	PathLength int
	// Proxy marks a proxy certificate (RFC 3820).
	Proxy bool
	// Unhandled are the critical extensions that the release does not know, dotted.
	Unhandled []string

	rules       *Rules
	subject     []string // canonical
	keyUsage    *x509.KeyUsage
	extKeyUsage bool
	serverAuth  bool  // or one of the two server gated cryptographies
	netscape    *byte // nsCertType
	basic       bool
	ca          bool
	keyID       []byte
	authority   authority
	unreadable  bool // an extension that matters cannot be read
	constraints *constraints
	names       []generalName // subjectAltName
	serial      string
}

// Read takes in what a certificate says.
func (r *Rules) Read(given *certificate.Certificate) *Certificate {
	c := &Certificate{Certificate: given, PathLength: -1, rules: r}
	c.subject = r.canonicalName(c.RawSubject)
	c.SubjectKey, c.IssuerKey = oneString(c.subject), oneString(r.canonicalName(c.RawIssuer))
	if c.SerialNumber != nil {
		c.serial = c.SerialNumber.String()
	}
	count := map[string]int{}
	for _, e := range c.Extensions {
		count[e.Id.String()]++
	}
	for _, e := range c.Extensions {
		oid := e.Id.String()
		if e.Critical && !r.handles(oid) && !slices.Contains(c.Unhandled, oid) {
			c.Unhandled = append(c.Unhandled, oid)
		}
		if count[oid] > 1 { // OpenSSL reads neither of two
			c.unreadable = c.unreadable || lookedInto(oid)
			continue
		}
		if !c.read(oid, cryptobyte.String(e.Value)) {
			c.unreadable = true
		}
	}
	return c
}

// NamesItself reports whether subject and issuer are the same name: the
// certificate is self-issued (RFC 5280, section 3.2) to the release.
func (c *Certificate) NamesItself() bool { return c.SubjectKey == c.IssuerKey }

// rejectsUse reports whether a key usage is there and has none of the bits.
func (c *Certificate) rejectsUse(bits x509.KeyUsage) bool {
	return c.keyUsage != nil && *c.keyUsage&bits == 0
}

// v1 reports whether the certificate says version 1.
func (c *Certificate) v1() bool { return c.Version == 1 }
