package trust

import (
	"crypto/x509"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// read takes in one extension; false when it matters and cannot be read. Then
// the certificate is as if it had no such extension, save that strict releases
// refuse it.
func (f *facts) read(oid string, value cryptobyte.String, r *release) (read bool) {
	switch oid {
	case oidSubjectKeyID:
		f.keyID, read = readString(&value, asn1.OCTET_STRING)
		return read
	case oidKeyUsage:
		return f.readKeyUsage(value, r)
	case oidExtKeyUsage:
		return f.readExtKeyUsage(value, r)
	case oidBasic:
		return f.readBasic(value, r)
	case oidNetscapeType:
		bits, read := r.readBits(&value, asn1.BIT_STRING)
		if read {
			first := append(bits, 0)[0]
			f.netscape = &first
		}
		return read
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
		f.names, read = readGeneralNames(list, r)
		return read
	case oidDistribution:
		return !r.strictExtensions || r.wholeDistribution(value)
	case oidProxy:
		f.proxy = true
	}
	return true
}

func (f *facts) readKeyUsage(value cryptobyte.String, r *release) bool {
	bits, read := r.readBits(&value, asn1.BIT_STRING)
	if !read {
		return false
	}
	usage := x509.KeyUsage(0)
	for i := range min(9, 8*len(bits)) {
		if bits[i/8]&(0x80>>(i%8)) != 0 {
			usage |= 1 << i
		}
	}
	f.keyUsage = &usage
	return usage != 0 || !r.needsContent
}

func (f *facts) readExtKeyUsage(value cryptobyte.String, r *release) bool {
	var list cryptobyte.String
	if !value.ReadASN1(&list, asn1.SEQUENCE) {
		return false
	}
	serverAuth := false
	for !list.Empty() {
		var oid cryptobyte.String
		if !list.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) || !r.wellFormedOID(oid) {
			return false
		}
		switch string(oid) {
		case "\x2b\x06\x01\x05\x05\x07\x03\x01", // serverAuth
			"\x60\x86\x48\x01\x86\xf8\x42\x04\x01",     // Netscape server gated cryptography
			"\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x03": // Microsoft's
			serverAuth = true
		}
	}
	f.extKeyUsage, f.serverAuth = true, serverAuth
	return true
}

// readBasic keeps an impossible path length as 0, as OpenSSL does.
func (f *facts) readBasic(value cryptobyte.String, r *release) bool {
	var isCA, length cryptobyte.String
	var limited bool
	if !value.ReadASN1(&value, asn1.SEQUENCE) ||
		value.PeekASN1Tag(asn1.BOOLEAN) && (!value.ReadASN1(&isCA, asn1.BOOLEAN) || len(isCA) != 1) ||
		!value.ReadOptionalASN1(&length, &limited, asn1.INTEGER) || limited && !r.wellFormedInteger(length) || !value.Empty() {
		return false
	}
	f.basic, f.ca = true, len(isCA) == 1 && isCA[0] != 0
	if !limited {
		return true
	}
	f.pathLength = 0
	if len(length) > 0 && length[0] >= 0x80 {
		return false
	}
	given := 0
	const most = 1 << 20 // longer than any path
	for _, octet := range length {
		given = min(given<<8|int(octet), most)
	}
	if !f.ca {
		return given == 0 || r.writtenZero
	}
	f.pathLength = given
	return true
}

func (f *facts) readAuthority(value cryptobyte.String, r *release) bool {
	var a authority
	var serial cryptobyte.String
	if !value.ReadASN1(&value, asn1.SEQUENCE) {
		return false
	}
	keyID := asn1.Tag(0).ContextSpecific()
	if a.hasKeyID = value.PeekASN1Tag(keyID) || value.PeekASN1Tag(keyID.Constructed()); a.hasKeyID {
		content, read := readString(&value, keyID)
		if !read {
			return false
		}
		a.keyID = content
	}
	list, _, read := readList(&value, 1)
	if !read || !value.ReadOptionalASN1(&serial, &a.hasSerial, asn1.Tag(2).ContextSpecific()) || !value.Empty() ||
		a.hasSerial && !r.wellFormedInteger(serial) {
		return false
	}
	a.serial = integer(serial).String()
	names, read := readGeneralNames(list, r)
	for _, n := range names {
		if n.kind == directoryName {
			a.issuer, a.hasIssuer = oneString(n.name), true
			break
		}
	}
	if read {
		f.authority = a
	}
	return read
}

// wholeDistribution reports whether distribution points can be read (RFC 5280,
// section 4.2.1.13). What they say is no matter.
func (r *release) wholeDistribution(value cryptobyte.String) bool {
	var points, point cryptobyte.String
	if !value.ReadASN1(&points, asn1.SEQUENCE) {
		return false
	}
	for !points.Empty() {
		if !points.ReadASN1(&point, asn1.SEQUENCE) || !r.wholePoint(point) {
			return false
		}
	}
	return true
}

func (r *release) wholePoint(point cryptobyte.String) bool {
	var name cryptobyte.String
	var named bool
	if !point.ReadOptionalASN1(&name, &named, asn1.Tag(0).ContextSpecific().Constructed()) {
		return false
	}
	if named {
		full, isFull, read := readList(&name, 0)
		if _, whole := readGeneralNames(full, r); !read || !whole {
			return false
		}
		if !isFull {
			relative, present, read := readList(&name, 1)
			if !read || !present || !wholeAttributes(relative) {
				return false
			}
		}
	}
	reasons := asn1.Tag(1).ContextSpecific()
	if point.PeekASN1Tag(reasons) || point.PeekASN1Tag(reasons.Constructed()) {
		if _, read := r.readBits(&point, reasons); !read {
			return false
		}
	}
	list, _, read := readList(&point, 2)
	issuers, whole := readGeneralNames(list, r)
	return read && whole && name.Empty() && point.Empty() && (named || len(issuers) > 0 || !r.needsContent)
}
