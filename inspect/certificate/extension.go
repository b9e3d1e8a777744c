package certificate

import (
	"crypto/x509"
	encoding "encoding/asn1"
	"math"
	"net/url"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// addExtensions fills the fields of a certificate from its extensions. Of two
// of a kind the first counts; one that cannot be read does not.
func addExtensions(c *x509.Certificate) {
	seen := map[string]bool{}
	for _, e := range c.Extensions {
		oid, value := e.Id.String(), cryptobyte.String(e.Value)
		if seen[oid] {
			continue
		}
		seen[oid] = true
		switch oid {
		case "2.5.29.14":
			var id cryptobyte.String
			if value.ReadASN1(&id, asn1.OCTET_STRING) {
				c.SubjectKeyId = id
			}
		case "2.5.29.15":
			addKeyUsage(value, c)
		case "2.5.29.17":
			addAlternativeNames(value, c)
		case "2.5.29.19":
			addBasicConstraints(value, c)
		case "2.5.29.35":
			var id cryptobyte.String
			keyID := asn1.Tag(0).ContextSpecific()
			if value.ReadASN1(&value, asn1.SEQUENCE) && value.PeekASN1Tag(keyID) && value.ReadASN1(&id, keyID) {
				c.AuthorityKeyId = id
			}
		case "2.5.29.37":
			addExtKeyUsage(value, c)
		}
	}
}

// addKeyUsage is RFC 5280, section 4.2.1.3: the first bit is the highest of the
// first octet.
func addKeyUsage(value cryptobyte.String, c *x509.Certificate) {
	var content cryptobyte.String
	if !value.ReadASN1(&content, asn1.BIT_STRING) || len(content) == 0 {
		return
	}
	const known = 9 // decipherOnly is the last
	bits := encoding.BitString{Bytes: content[1:], BitLength: 8 * len(content[1:])}
	for i := range known {
		if bits.At(i) != 0 {
			c.KeyUsage |= 1 << i
		}
	}
}

// addBasicConstraints is RFC 5280, section 4.2.1.9. Any BOOLEAN but zero is
// true, as in BER. Without a length of the path that can be used, it is open.
func addBasicConstraints(value cryptobyte.String, c *x509.Certificate) {
	var isCA cryptobyte.String
	if !value.ReadASN1(&value, asn1.SEQUENCE) || value.PeekASN1Tag(asn1.BOOLEAN) && !value.ReadASN1(&isCA, asn1.BOOLEAN) {
		return
	}
	c.BasicConstraintsValid, c.IsCA = true, len(isCA) == 1 && isCA[0] != 0
	c.MaxPathLen = -1
	var length uint64
	if value.PeekASN1Tag(asn1.INTEGER) && value.ReadASN1Integer(&length) && length <= math.MaxInt {
		c.MaxPathLen = int(length)
	}
	c.MaxPathLenZero = c.MaxPathLen == 0
}

// addExtKeyUsage is RFC 5280, section 4.2.1.12.
func addExtKeyUsage(value cryptobyte.String, c *x509.Certificate) {
	if !value.ReadASN1(&value, asn1.SEQUENCE) {
		return
	}
	for !value.Empty() {
		var content cryptobyte.String
		var oid encoding.ObjectIdentifier
		if !value.ReadASN1(&content, asn1.OBJECT_IDENTIFIER) || !readIdentifier(content, &oid) {
			return
		}
		if usage, ok := purpose(oid); ok {
			c.ExtKeyUsage = append(c.ExtKeyUsage, usage)
		} else {
			c.UnknownExtKeyUsage = append(c.UnknownExtKeyUsage, oid)
		}
	}
}

// purpose returns the standard library's number for a purpose.
func purpose(oid encoding.ObjectIdentifier) (x509.ExtKeyUsage, bool) {
	for usage := x509.ExtKeyUsageAny; usage <= x509.ExtKeyUsageMicrosoftKernelCodeSigning; usage++ {
		if usage.OID().EqualASN1OID(oid) {
			return usage, true
		}
	}
	return 0, false
}

// addAlternativeNames is RFC 5280, section 4.2.1.6. What is no address of the
// Internet protocol or no URI is left out.
func addAlternativeNames(value cryptobyte.String, c *x509.Certificate) {
	if !value.ReadASN1(&value, asn1.SEQUENCE) {
		return
	}
	for !value.Empty() {
		var element, name cryptobyte.String
		var tag asn1.Tag
		if !value.ReadAnyASN1Element(&element, &tag) || !element.ReadAnyASN1(&name, &tag) {
			return
		}
		switch tag {
		case asn1.Tag(1).ContextSpecific():
			c.EmailAddresses = append(c.EmailAddresses, octets(name))
		case asn1.Tag(2).ContextSpecific():
			c.DNSNames = append(c.DNSNames, octets(name))
		case asn1.Tag(6).ContextSpecific():
			if uri, err := url.Parse(octets(name)); err == nil {
				c.URIs = append(c.URIs, uri)
			}
		case asn1.Tag(7).ContextSpecific():
			if len(name) == 4 || len(name) == 16 {
				c.IPAddresses = append(c.IPAddresses, []byte(name))
			}
		}
	}
}
