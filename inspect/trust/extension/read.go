package extension

import (
	"crypto/x509"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// read takes in one extension; false when it matters and cannot be read. Then
// the certificate is as if it had no such extension, save that strict releases
// refuse it.
func (c *Certificate) read(oid string, value cryptobyte.String) (read bool) {
	switch oid {
	case oidSubjectKeyID:
		c.keyID, read = readString(&value, asn1.OCTET_STRING)
		return read
	case oidKeyUsage:
		return c.readKeyUsage(value)
	case oidExtKeyUsage:
		return c.readExtKeyUsage(value)
	case oidBasic:
		return c.readBasic(value)
	case oidNetscapeType:
		bits, read := c.rules.readBits(&value, asn1.BIT_STRING)
		if read {
			first := append(bits, 0)[0]
			c.netscape = &first
		}
		return read
	case oidAuthorityKeyID:
		return c.readAuthority(value)
	case oidConstraints:
		c.constraints = c.rules.readConstraints(value)
		return c.constraints != nil
	case oidAltName:
		var list cryptobyte.String
		if !value.ReadASN1(&list, asn1.SEQUENCE) {
			return false
		}
		c.names, read = c.rules.readGeneralNames(list)
		return read
	case oidDistribution:
		return !c.rules.Strict || c.rules.wholeDistribution(value)
	case oidProxy:
		c.Proxy = true
	}
	return true
}

func (c *Certificate) readKeyUsage(value cryptobyte.String) bool {
	bits, read := c.rules.readBits(&value, asn1.BIT_STRING)
	if !read {
		return false
	}
	usage := x509.KeyUsage(0)
	for i := range min(9, 8*len(bits)) {
		if bits[i/8]&(0x80>>(i%8)) != 0 {
			usage |= 1 << i
		}
	}
	c.keyUsage = &usage
	return usage != 0 || !c.rules.NeedsContent
}

func (c *Certificate) readExtKeyUsage(value cryptobyte.String) bool {
	var list cryptobyte.String
	if !value.ReadASN1(&list, asn1.SEQUENCE) {
		return false
	}
	serverAuth := false
	for !list.Empty() {
		var oid cryptobyte.String
		if !list.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) || !c.rules.wellFormedOID(oid) {
			return false
		}
		switch string(oid) {
		case "\x2b\x06\x01\x05\x05\x07\x03\x01", // serverAuth
			"\x60\x86\x48\x01\x86\xf8\x42\x04\x01",     // Netscape server gated cryptography
			"\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x03": // Microsoft's
			serverAuth = true
		}
	}
	c.extKeyUsage, c.serverAuth = true, serverAuth
	return true
}

// readBasic keeps an impossible path length as 0, as OpenSSL does.
func (c *Certificate) readBasic(value cryptobyte.String) bool {
	var isCA, length cryptobyte.String
	var limited bool
	if !value.ReadASN1(&value, asn1.SEQUENCE) ||
		value.PeekASN1Tag(asn1.BOOLEAN) && (!value.ReadASN1(&isCA, asn1.BOOLEAN) || len(isCA) != 1) ||
		!value.ReadOptionalASN1(&length, &limited, asn1.INTEGER) || limited && !c.rules.wellFormedInteger(length) || !value.Empty() {
		return false
	}
	c.basic, c.ca = true, len(isCA) == 1 && isCA[0] != 0
	if !limited {
		return true
	}
	c.PathLength = 0
	if len(length) > 0 && length[0] >= 0x80 {
		return false
	}
	given := 0
	const most = 1 << 20 // longer than any path
	for _, octet := range length {
		given = min(given<<8|int(octet), most)
	}
	if !c.ca {
		return given == 0 || c.rules.WrittenZero
	}
	c.PathLength = given
	return true
}
