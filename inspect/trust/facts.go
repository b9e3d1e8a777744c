package trust

import (
	"crypto/x509"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

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

// read takes in one extension; false when it matters and cannot be read.
func (f *facts) read(oid string, value cryptobyte.String, r *release) bool {
	switch oid {
	case oidSubjectKeyID:
		var id cryptobyte.String
		read := value.ReadASN1(&id, asn1.OCTET_STRING)
		f.keyID = id
		return read
	case oidKeyUsage:
		return f.readKeyUsage(value)
	case oidExtKeyUsage:
		return f.readExtKeyUsage(value)
	case oidBasic:
		return f.readBasic(value, r)
	case oidNetscapeType:
		var bits cryptobyte.String
		if !value.ReadASN1(&bits, asn1.BIT_STRING) || len(bits) < 2 {
			return false
		}
		f.netscape = &bits[1]
	case oidAuthorityKeyID:
		return f.readAuthority(value, r)
	case oidConstraints:
		f.constraints = readConstraints(value, r)
		return f.constraints != nil
	case oidAltName:
		var list cryptobyte.String
		if !value.ReadASN1(&list, asn1.SEQUENCE) {
			return false
		}
		names, read := readGeneralNames(list, r)
		f.names = names
		return read
	case oidProxy:
		f.proxy = true
	}
	return true
}

func (f *facts) readKeyUsage(value cryptobyte.String) bool {
	var bits cryptobyte.String
	if !value.ReadASN1(&bits, asn1.BIT_STRING) || len(bits) == 0 {
		return false
	}
	usage := x509.KeyUsage(0)
	for i := range min(9, 8*(len(bits)-1)) {
		if bits[1+i/8]&(0x80>>(i%8)) != 0 {
			usage |= 1 << i
		}
	}
	f.keyUsage = &usage
	return true
}

func (f *facts) readExtKeyUsage(value cryptobyte.String) bool {
	var list cryptobyte.String
	if !value.ReadASN1(&list, asn1.SEQUENCE) {
		return false
	}
	f.extKeyUsage = true
	for !list.Empty() {
		var oid cryptobyte.String
		if !list.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) {
			return false
		}
		switch string(oid) {
		case "\x2b\x06\x01\x05\x05\x07\x03\x01", // serverAuth
			"\x60\x86\x48\x01\x86\xf8\x42\x04\x01",     // Netscape server gated cryptography
			"\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x03": // Microsoft's
			f.serverAuth = true
		}
	}
	return true
}

// readBasic keeps an impossible path length as 0, as OpenSSL does.
func (f *facts) readBasic(value cryptobyte.String, r *release) bool {
	var isCA, length cryptobyte.String
	if !value.ReadASN1(&value, asn1.SEQUENCE) || value.PeekASN1Tag(asn1.BOOLEAN) && !value.ReadASN1(&isCA, asn1.BOOLEAN) {
		return false
	}
	f.basic, f.ca = true, len(isCA) == 1 && isCA[0] != 0
	if !value.PeekASN1Tag(asn1.INTEGER) {
		return true
	}
	f.pathLength = 0
	if !value.ReadASN1(&length, asn1.INTEGER) || len(length) == 0 || length[0] >= 0x80 {
		return false
	}
	if !f.ca {
		return r.writtenZero
	}
	const most = 1 << 20 // longer than any path
	for _, octet := range length {
		f.pathLength = min(f.pathLength<<8|int(octet), most)
	}
	return true
}

func (f *facts) readAuthority(value cryptobyte.String, r *release) bool {
	var keyID, names, serial cryptobyte.String
	a := &f.authority
	if !value.ReadASN1(&value, asn1.SEQUENCE) ||
		!value.ReadOptionalASN1(&keyID, &a.hasKeyID, asn1.Tag(0).ContextSpecific()) {
		return false
	}
	hasNames := false
	if !value.ReadOptionalASN1(&names, &hasNames, asn1.Tag(1).ContextSpecific().Constructed()) ||
		!value.ReadOptionalASN1(&serial, &a.hasSerial, asn1.Tag(2).ContextSpecific()) {
		return false
	}
	a.keyID, a.serial = keyID, integer(serial).String()
	list, read := readGeneralNames(names, r)
	for _, n := range list {
		if n.kind == directoryName {
			a.issuer, a.hasIssuer = oneString(n.name), true
			break
		}
	}
	return read
}

// rejectsUse reports whether a key usage is there and has none of the bits.
func (f *facts) rejectsUse(bits x509.KeyUsage) bool {
	return f.keyUsage != nil && *f.keyUsage&bits == 0
}

// v1 reports whether the certificate says version 1.
func (f *facts) v1() bool { return f.Version == 1 }
