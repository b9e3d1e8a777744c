package extension

import (
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// maxNesting is how deep the pieces of a string may be nested, as in OpenSSL.
const maxNesting = 5

// readString reads a string of the tag, which may be in pieces: OpenSSL takes
// that, though DER forbids it.
func readString(in *cryptobyte.String, tag asn1.Tag) (content []byte, read bool) {
	var value cryptobyte.String
	if in.PeekASN1Tag(tag.Constructed()) {
		return joined(value, in.ReadASN1(&value, tag.Constructed()), 0)
	}
	read = in.ReadASN1(&value, tag)
	return value, read
}

// joined puts the pieces of a string together.
func joined(pieces cryptobyte.String, read bool, depth int) ([]byte, bool) {
	var content []byte
	for read && !pieces.Empty() {
		var piece cryptobyte.String
		var tag asn1.Tag
		if !pieces.ReadAnyASN1(&piece, &tag) || depth == maxNesting {
			return nil, false
		}
		const constructed = 0x20
		part := []byte(piece)
		if tag&constructed != 0 {
			part, read = joined(piece, true, depth+1)
		}
		content = append(content, part...)
	}
	return content, read
}

// readBits reads a BIT STRING and clears the bits that are unused.
func (r *Rules) readBits(in *cryptobyte.String, tag asn1.Tag) (octets []byte, read bool) {
	content, read := readString(in, tag)
	if !read || len(content) == 0 || content[0] > 7 && r.ChecksForm {
		return nil, false
	}
	octets = slices.Clone(content[1:])
	if n := len(octets); n > 0 {
		octets[n-1] &= byte(0xff << content[0])
	}
	return octets, true
}

// wellFormedOID reports whether a release takes the content of an OBJECT IDENTIFIER.
func (r *Rules) wellFormedOID(content []byte) bool {
	begins := true
	for _, octet := range content {
		if begins && octet == 0x80 {
			return false
		}
		begins = octet < 0x80
	}
	return begins && len(content) > 0 || !r.ChecksForm
}

// wellFormedInteger reports whether a release takes the content of an INTEGER.
func (r *Rules) wellFormedInteger(content []byte) bool {
	padded := len(content) > 1 && (content[0] == 0 && content[1] < 0x80 || content[0] == 0xff && content[1] >= 0x80)
	return len(content) > 0 && !padded || !r.ChecksIntegers
}

// readList reads a list with a context-specific tag, if it is there. OpenSSL
// does not look at whether it is constructed.
func readList(in *cryptobyte.String, n uint8) (list cryptobyte.String, present, read bool) {
	tag := asn1.Tag(n).ContextSpecific()
	if in.PeekASN1Tag(tag.Constructed()) {
		tag = tag.Constructed()
	}
	read = in.ReadOptionalASN1(&list, &present, tag)
	return list, present, read
}
