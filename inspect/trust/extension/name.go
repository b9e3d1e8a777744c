package extension

import (
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The string types whose values two names are compared by, whatever the type.
const (
	tagNumeric   = asn1.Tag(18)
	tagT61       = asn1.T61String
	tagVisible   = asn1.Tag(26)
	tagUniversal = asn1.Tag(28)
	tagBMP       = asn1.Tag(30)
)

// attribute is one attribute of a distinguished name.
type attribute struct {
	oid   string // content octets
	tag   asn1.Tag
	value string
}

// canonicalName writes a distinguished name so that two names are the same for
// a library exactly when their canonical forms are (RFC 5280, section 7.1).
// Each relative name is one element, so that a name stands below another
// exactly when its list begins with the other's.
func (r *Rules) canonicalName(der []byte) []string {
	input := cryptobyte.String(der)
	var name []string
	if !input.ReadASN1(&input, asn1.SEQUENCE) {
		return []string{string(der)}
	}
	for !input.Empty() {
		var set cryptobyte.String
		if !input.ReadASN1(&set, asn1.SET) {
			return append(name, "unreadable "+string(input))
		}
		var parts []string
		for !set.Empty() {
			a, read := readAttribute(&set)
			if !read {
				parts = append(parts, "unreadable "+string(set))
				break
			}
			parts = append(parts, a.canonical(r.TypedNames))
		}
		slices.Sort(parts)
		name = append(name, strings.Join(parts, ""))
	}
	return name
}

func readAttribute(set *cryptobyte.String) (attribute, bool) {
	var pair, oid, value cryptobyte.String
	var a attribute
	read := set.ReadASN1(&pair, asn1.SEQUENCE) && pair.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) && pair.ReadAnyASN1(&value, &a.tag)
	a.oid, a.value = string(oid), string(value)
	return a, read
}

// canonical compares values without case and with single spaces. OpenSSL 0.9.8
// does so for three of the string types only (and not always: names of its
// time that differ in case alone are taken for the same here).
func (a attribute) canonical(typed bool) string {
	tag, value := a.tag, a.value
	switch {
	case typed && tag != asn1.UTF8String && tag != asn1.PrintableString && tag != tagT61:
	case tag == asn1.UTF8String, tag == asn1.PrintableString, tag == asn1.IA5String, tag == tagVisible, tag == tagT61, tag == tagBMP, tag == tagUniversal:
		if text, converts := utf8Of(tag, value); converts {
			tag, value = asn1.UTF8String, fold(text)
		}
	}
	var b cryptobyte.Builder
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(a.oid)) })
	b.AddUint8(uint8(tag))
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(value)) })
	out, err := b.Bytes()
	if err != nil {
		return "too long " + a.oid + value
	}
	return string(out)
}

// utf8Of converts the fixed-width string types. T61String is Latin-1 to OpenSSL.
func utf8Of(tag asn1.Tag, value string) (string, bool) {
	width := 1
	switch tag {
	case tagBMP:
		width = 2
	case tagUniversal:
		width = 4
	case tagT61:
	default:
		return value, true
	}
	if len(value)%width != 0 {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(value); i += width {
		var r rune
		for _, c := range []byte(value[i : i+width]) {
			r = r<<8 | rune(c)
		}
		b.WriteRune(r)
	}
	return b.String(), true
}

// fold trims, makes one space of several, and lowers the letters of ASCII.
func fold(text string) string {
	var b strings.Builder
	space := false
	for _, c := range []byte(text) {
		if c == ' ' || '\t' <= c && c <= '\r' {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// oneString writes a name's parts in such a way that no two names are the same.
func oneString(name []string) string {
	var b []byte
	for _, rdn := range name {
		b = append(b, rdn...)
		b = append(b, 0xff, byte(len(rdn)>>16), byte(len(rdn)>>8), byte(len(rdn)))
	}
	return string(b)
}
