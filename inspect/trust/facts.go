package trust

import (
	"crypto/x509"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// facts are what a library keeps of a certificate while it verifies.
type facts struct {
	*certificate.Certificate
	subject, issuer []string // canonical names
	subjectKey      string   // the canonical subject as one string, for look-ups
	issuerKey       string
	selfIssued      bool
	keyUsage        *x509.KeyUsage
	serverAuth      bool // or one of the two server gated cryptographies
	extKeyUsage     bool
	netscape        *byte // nsCertType
	basic           bool
	ca              bool
	pathLength      int // -1: any
	keyID           []byte
	authority       authority
	critical        []string // critical extensions, dotted
	proxy           bool
	unreadable      bool // an extension that matters cannot be read
	constraints     *constraints
	names           []generalName // subjectAltName
	serial          string
}

// authority is the authorityKeyIdentifier (RFC 5280, section 4.2.1.1).
type authority struct {
	keyID     []byte
	hasKeyID  bool
	issuer    string // canonical directoryName, as one string
	hasIssuer bool
	serial    string
	hasSerial bool
}

// The extensions that are looked into.
const (
	oidSubjectKeyID   = "2.5.29.14"
	oidKeyUsage       = "2.5.29.15"
	oidAltName        = "2.5.29.17"
	oidBasic          = "2.5.29.19"
	oidConstraints    = "2.5.29.30"
	oidDistribution   = "2.5.29.31"
	oidPolicies       = "2.5.29.32"
	oidMappings       = "2.5.29.33"
	oidAuthorityKeyID = "2.5.29.35"
	oidPolicyLimits   = "2.5.29.36"
	oidExtKeyUsage    = "2.5.29.37"
	oidInhibitAny     = "2.5.29.54"
	oidNetscapeType   = "2.16.840.1.113730.1.1"
	oidProxy          = "1.3.6.1.5.5.7.1.14"
)

// look reads a certificate once.
func look(c *certificate.Certificate, r *release) *facts {
	f := &facts{Certificate: c, pathLength: -1}
	f.subject, f.issuer = canonicalName(c.RawSubject, r.library), canonicalName(c.RawIssuer, r.library)
	f.subjectKey, f.issuerKey = oneString(f.subject), oneString(f.issuer)
	f.selfIssued = f.subjectKey == f.issuerKey
	if c.SerialNumber != nil {
		f.serial = c.SerialNumber.String()
	}
	count := map[string]int{}
	for _, e := range c.Extensions {
		count[e.Id.String()]++
	}
	for _, e := range c.Extensions {
		oid := e.Id.String()
		if e.Critical && !slices.Contains(f.critical, oid) {
			f.critical = append(f.critical, oid)
		}
		if count[oid] > 1 { // OpenSSL reads neither of two
			f.unreadable = f.unreadable || lookedInto(oid)
			continue
		}
		if !f.read(oid, cryptobyte.String(e.Value), r) {
			f.unreadable = true
		}
	}
	return f
}

// lookedInto reports whether verification reads the extension.
func lookedInto(oid string) bool {
	switch oid {
	case oidSubjectKeyID, oidKeyUsage, oidAltName, oidBasic, oidConstraints, oidDistribution, oidAuthorityKeyID,
		oidExtKeyUsage, oidNetscapeType, oidProxy:
		return true
	}
	return false
}

func oneString(name []string) string {
	var b []byte
	for _, rdn := range name {
		b = append(b, rdn...)
		b = append(b, 0xff, byte(len(rdn)>>16), byte(len(rdn)>>8), byte(len(rdn)))
	}
	return string(b)
}

// rejectsUse reports whether a key usage is there and has none of the bits.
func (f *facts) rejectsUse(bits x509.KeyUsage) bool {
	return f.keyUsage != nil && *f.keyUsage&bits == 0
}

// v1 reports whether the certificate says version 1.
func (f *facts) v1() bool { return f.Version == 1 }
