package ber

import "fmt"

// Identifier octets (X.690, sections 8.1.2, 8.6 and 8.7).
const (
	constructed = 0x20
	highTag     = 0x1f
	bitString   = 0x03
	octetString = 0x04
)

// header is an element's identifier and length.
type header struct {
	first      byte // the first identifier octet
	identifier int  // how many octets the identifier has
	size       int  // how many octets identifier and length have together
	length     int  // of the content; 0 when indefinite
	indefinite bool
	minimal    bool // the length is written as DER wants it
}

// readHeader reads the header at the start of in. The error wraps ErrTruncated
// or ErrSyntax; it is without an offset, which only the caller knows.
func readHeader(in []byte) (header, error) {
	if len(in) < 2 {
		return header{}, ErrTruncated
	}
	h := header{first: in[0], identifier: 1}
	if in[0]&highTag == highTag {
		if in[1]&0x7f == 0 {
			return header{}, fmt.Errorf("%w: a tag number with a leading zero", ErrSyntax)
		}
		for h.identifier < len(in) && in[h.identifier]&0x80 != 0 {
			h.identifier++
		}
		h.identifier++
		if h.identifier >= len(in) {
			return header{}, ErrTruncated
		}
	}
	return readLength(h, in)
}

// readLength reads the length octets (X.690, section 8.1.3).
func readLength(h header, in []byte) (header, error) {
	octet := in[h.identifier]
	h.size = h.identifier + 1
	switch {
	case octet < 0x80:
		h.length, h.minimal = int(octet), true
		return h, nil
	case octet == 0x80:
		h.indefinite, h.minimal = true, true
		return h, nil
	case octet == 0xff:
		return header{}, fmt.Errorf("%w: a reserved length", ErrSyntax)
	}
	count := int(octet & 0x7f)
	if len(in) < h.size+count {
		return header{}, ErrTruncated
	}
	for _, b := range in[h.size : h.size+count] {
		if h.length > 1<<22 { // one octet more would pass 2 GiB
			return header{}, fmt.Errorf("%w: a length of more than 1 GiB", ErrSyntax)
		}
		h.length = h.length<<8 | int(b)
	}
	h.size += count
	h.minimal = lengthSize(h.length) == 1+count
	return h, nil
}

// lengthSize is how many octets a length takes in DER (X.690, section 10.1).
func lengthSize(length int) int {
	size := 1
	if length < 0x80 {
		return size
	}
	for ; length > 0; length >>= 8 {
		size++
	}
	return size
}

// appendLength appends a length as DER has it.
func appendLength(out []byte, length int) []byte {
	size := lengthSize(length)
	if size == 1 {
		return append(out, byte(length))
	}
	out = append(out, 0x80|byte(size-1))
	for octet := size - 2; octet >= 0; octet-- {
		out = append(out, byte(length>>(8*octet)))
	}
	return out
}

// segmented reports whether the element is a universal string type in
// constructed form, which BER allows and DER does not (X.690, sections 8.7.3
// and 8.23.6 against 10.2).
func (h header) segmented() bool {
	if h.first&0xe0 != constructed {
		return false
	}
	switch h.first & highTag {
	case octetString,
		12,                 // UTF8String
		18, 19, 20, 21, 22, // NumericString to IA5String
		23, 24, // UTCTime, GeneralizedTime
		25, 26, 27, 28, 30: // GraphicString to BMPString
		return true
	}
	return false
}
