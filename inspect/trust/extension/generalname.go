package extension

import (
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// nameKind is the tag of a GeneralName (RFC 5280, section 4.2.1.6).
type nameKind uint8

const (
	otherName     nameKind = 0
	mailName      nameKind = 1
	dnsName       nameKind = 2
	x400Name      nameKind = 3
	directoryName nameKind = 4
	ediPartyName  nameKind = 5
	uriName       nameKind = 6
	addressName   nameKind = 7
	registeredID  nameKind = 8
)

// generalName is one name; a directoryName is in name, any other in text.
type generalName struct {
	kind nameKind
	text string
	name []string
}

// readGeneralNames reads a list of names; none where one of them cannot be
// read, for OpenSSL has none then.
func (r *Rules) readGeneralNames(list cryptobyte.String) ([]generalName, bool) {
	var names []generalName
	for !list.Empty() {
		n, read := r.readGeneralName(&list)
		if !read {
			return nil, false
		}
		names = append(names, n)
	}
	return names, true
}

func (r *Rules) readGeneralName(in *cryptobyte.String) (generalName, bool) {
	var value cryptobyte.String
	var tag asn1.Tag
	const class, contextSpecific, constructed, number = 0xc0, 0x80, 0x20, 0x1f
	if !in.ReadAnyASN1(&value, &tag) || tag&class != contextSpecific {
		return generalName{}, false
	}
	n := generalName{kind: nameKind(tag & number), text: string(value)}
	structured := tag&constructed != 0
	switch n.kind {
	case mailName, dnsName, uriName, addressName:
		if structured {
			content, read := joined(value, true, 0)
			n.text = string(content)
			return n, read
		}
		return n, true
	case directoryName:
		n.name = r.canonicalName(value)
		return n, structured && wholeName(value)
	case otherName:
		return n, structured && r.wholeOtherName(value)
	case x400Name:
		return n, structured
	case ediPartyName:
		return n, structured && r.wholeEDIPartyName(value)
	case registeredID:
		return n, !structured && r.wellFormedOID(value)
	}
	return n, false
}

// wholeName reports whether there is one distinguished name and nothing else.
func wholeName(value cryptobyte.String) bool {
	var name, set cryptobyte.String
	if !value.ReadASN1(&name, asn1.SEQUENCE) || !value.Empty() {
		return false
	}
	for !name.Empty() {
		if !name.ReadASN1(&set, asn1.SET) || !wholeAttributes(set) {
			return false
		}
	}
	return true
}

func wholeAttributes(set cryptobyte.String) bool {
	for !set.Empty() {
		if _, read := readAttribute(&set); !read {
			return false
		}
	}
	return true
}

func (r *Rules) wholeOtherName(value cryptobyte.String) bool {
	var kind, content cryptobyte.String
	return value.ReadASN1(&kind, asn1.OBJECT_IDENTIFIER) && r.wellFormedOID(kind) &&
		value.ReadASN1(&content, asn1.Tag(0).ContextSpecific().Constructed()) && value.Empty() && oneValue(content)
}

// wholeEDIPartyName reads the two strings, whose tags the older releases
// overlooked.
func (r *Rules) wholeEDIPartyName(value cryptobyte.String) bool {
	if !r.Strict {
		skipDirectoryString(&value)
		skipDirectoryString(&value)
		return value.Empty()
	}
	var assigner, party cryptobyte.String
	var assigned bool
	return value.ReadOptionalASN1(&assigner, &assigned, asn1.Tag(0).ContextSpecific().Constructed()) &&
		value.ReadASN1(&party, asn1.Tag(1).ContextSpecific().Constructed()) && value.Empty() &&
		(!assigned || skipDirectoryString(&assigner) && assigner.Empty()) && skipDirectoryString(&party) && party.Empty()
}

// skipDirectoryString reports whether there was a DirectoryString (RFC 5280,
// section 4.1.2.4).
func skipDirectoryString(in *cryptobyte.String) bool {
	for _, tag := range [...]asn1.Tag{asn1.UTF8String, asn1.PrintableString, tagT61, tagUniversal, tagBMP} {
		if in.PeekASN1Tag(tag) {
			return in.SkipASN1(tag)
		}
	}
	return false
}

// oneValue reports whether there is exactly one value.
func oneValue(in cryptobyte.String) bool {
	var value cryptobyte.String
	var tag asn1.Tag
	return in.ReadAnyASN1(&value, &tag) && in.Empty()
}
