package certificate

import (
	"crypto/x509"
	"crypto/x509/pkix"
	encoding "encoding/asn1"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// readName reads a distinguished name, attribute by attribute, whatever the
// values are made of.
func readName(element cryptobyte.String, out *pkix.Name) bool {
	var sequence pkix.RDNSequence
	var list, set, pair, oid, value cryptobyte.String
	if !element.ReadASN1(&list, asn1.SEQUENCE) {
		return false
	}
	for !list.Empty() {
		if !list.ReadASN1(&set, asn1.SET) {
			return false
		}
		var names pkix.RelativeDistinguishedNameSET
		for !set.Empty() {
			var a pkix.AttributeTypeAndValue
			var tag asn1.Tag
			ok := set.ReadASN1(&pair, asn1.SEQUENCE) && pair.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) &&
				readIdentifier(oid, &a.Type) && pair.ReadAnyASN1Element(&value, &tag)
			if !ok {
				return false
			}
			a.Value = textOf(value, tag)
			names = append(names, a)
		}
		sequence = append(sequence, names)
	}
	out.FillFromRDNSequence(&sequence)
	return true
}

// Tags of strings that the cryptobyte package has no names for (X.680,
// section 8.6).
const (
	tagNumericString   asn1.Tag = 18
	tagVisibleString   asn1.Tag = 26
	tagUniversalString asn1.Tag = 28
	tagBMPString       asn1.Tag = 30
)

// textOf reads a string. Characters that its type does not allow are kept,
// those of one octet as Latin-1, which is what writers of the time meant. What
// is no string is written in hexadecimal (RFC 4514, section 2.4).
func textOf(element cryptobyte.String, tag asn1.Tag) string {
	var value cryptobyte.String
	whole := element
	element.ReadAnyASN1(&value, &tag)
	switch tag {
	case asn1.UTF8String, asn1.PrintableString, asn1.IA5String, tagNumericString, tagVisibleString:
		return octets(value)
	case asn1.T61String:
		return latin1(value)
	case tagBMPString:
		var units []uint16
		var unit uint16
		for value.ReadUint16(&unit) {
			units = append(units, unit)
		}
		return strings.TrimSuffix(string(utf16.Decode(units)), "\x00")
	case tagUniversalString:
		var text []rune
		var char uint32
		for value.ReadUint32(&char) {
			text = append(text, rune(min(char, utf8.MaxRune+1)))
		}
		return string(text)
	}
	return "#" + hex.EncodeToString(whole)
}

// octets reads characters of one octet each, or UTF-8.
func octets(value []byte) string {
	if utf8.Valid(value) {
		return string(value)
	}
	return latin1(value)
}

func latin1(value []byte) string {
	text := make([]rune, len(value))
	for i, octet := range value {
		text[i] = rune(octet)
	}
	return string(text)
}

// maxIdentifier is the longest object identifier that is read, in octets: a
// UUID as an arc, the longest in use, takes 20.
const maxIdentifier = 64

// readIdentifier reads an object identifier, of which arcs from the first one
// on that is too large for the type are left out.
func readIdentifier(content []byte, out *encoding.ObjectIdentifier) bool {
	var oid x509.OID
	if len(content) > maxIdentifier || oid.UnmarshalBinary(content) != nil {
		return false
	}
	*out = nil
	for arc := range strings.SplitSeq(oid.String(), ".") {
		n, err := strconv.Atoi(arc)
		if err != nil {
			break
		}
		*out = append(*out, n)
	}
	return true
}
