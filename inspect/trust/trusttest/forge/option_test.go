package forge

import (
	"slices"

	"golang.org/x/crypto/cryptobyte/asn1"
)

func by(issuer string) option      { return func(s *spec) { s.issuer = issuer } }
func subject(name string) option   { return func(s *spec) { s.subject = name } }
func key(name string) option       { return func(s *spec) { s.key = name } }
func signedBy(key string) option   { return func(s *spec) { s.signer = key } }
func algo(name string) option      { return func(s *spec) { s.algorithm = name } }
func innerAlgo(name string) option { return func(s *spec) { s.inner = name } }
func serial(n int64) option        { return func(s *spec) { s.serial = n } }
func namedIssuer(n string) option  { return func(s *spec) { s.issuerName = n } }
func years(from, until int) option {
	return func(s *spec) { s.from, s.until = date(from), date(until) }
}
func version(n int) option { return func(s *spec) { s.version = n } }
func broken(s *spec)       { s.broken = true }

// ext adds an extension, or replaces the one of the same type.
func ext(oid string, critical bool, value []byte) option {
	return func(s *spec) {
		without(oid)(s)
		s.extensions = append(s.extensions, extension{oid, critical, value})
	}
}

func without(oid string) option {
	return func(s *spec) {
		s.extensions = slices.DeleteFunc(s.extensions, func(e extension) bool { return e.oid == oid })
	}
}

func basic(ca bool, length ...int) option {
	var parts [][]byte
	if ca {
		parts = append(parts, element(asn1.BOOLEAN, []byte{0xff}))
	}
	for _, n := range length {
		parts = append(parts, small(int64(n)))
	}
	return ext(oidBasic, true, element(asn1.SEQUENCE, parts...))
}

// The bits of a key usage in its first octet.
const (
	digitalSignature = 0x80
	keyEncipherment  = 0x20
	keyAgreement     = 0x08
	certSign         = 0x04
)

func usage(bits byte) option {
	return ext(oidKeyUsage, true, element(asn1.BIT_STRING, []byte{0, bits}))
}

func netscape(bits byte) option {
	return ext(oidNetscapeType, false, element(asn1.BIT_STRING, []byte{0, bits}))
}

func purposes(critical bool, oids ...string) option {
	var list [][]byte
	for _, oid := range oids {
		list = append(list, object(oid))
	}
	return ext(oidExtKeyUsage, critical, element(asn1.SEQUENCE, list...))
}

const (
	serverAuth = "1.3.6.1.5.5.7.3.1"
	clientAuth = "1.3.6.1.5.5.7.3.2"
	anyPurpose = "2.5.29.37.0"
	serverSGC  = "2.16.840.1.113730.4.1"
)

func subjectKeyID(id string) option {
	return ext(oidSubjectKeyID, false, element(asn1.OCTET_STRING, []byte(id)))
}

func authorityKeyID(id string) option {
	return ext(oidAuthorityKeyID, false, element(asn1.SEQUENCE, contextual(0, false, []byte(id))))
}

// authoritySerial names the issuer by its own issuer and serial number.
func authoritySerial(issuersIssuer string, n byte) option {
	return ext(oidAuthorityKeyID, false, element(asn1.SEQUENCE,
		contextual(1, true, contextual(4, true, distinguishedName(issuersIssuer))), contextual(2, false, []byte{n})))
}

func altNames(names ...[]byte) option {
	return ext(oidAltName, false, element(asn1.SEQUENCE, names...))
}

func dns(name string) []byte  { return contextual(2, false, []byte(name)) }
func mail(name string) []byte { return contextual(1, false, []byte(name)) }
func uri(name string) []byte  { return contextual(6, false, []byte(name)) }
func ip(octets string) []byte { return contextual(7, false, []byte(octets)) }
func dirName(n string) []byte { return contextual(4, true, distinguishedName(n)) }
func tree(base []byte, more ...[]byte) []byte {
	return element(asn1.SEQUENCE, append([][]byte{base}, more...)...)
}

func nameConstraints(critical bool, permitted, excluded [][]byte) option {
	var parts [][]byte
	if permitted != nil {
		parts = append(parts, contextual(0, true, permitted...))
	}
	if excluded != nil {
		parts = append(parts, contextual(1, true, excluded...))
	}
	return ext(oidConstraints, critical, element(asn1.SEQUENCE, parts...))
}

// ca and leaf give a certificate the usual extensions.
func ca(s *spec) {
	basic(true)(s)
	usage(certSign | 0x02)(s)
}

func leaf(s *spec) {
	basic(false)(s)
	usage(digitalSignature | keyEncipherment)(s)
	purposes(false, serverAuth, clientAuth)(s)
}
