package armor

// sequence is the tag of a SEQUENCE, with which all DER begins that PEM
// carries, but for some parameters.
const sequence = 0x30

// SequenceSize returns how many bytes, header included, the SEQUENCE at the
// start of b claims for itself, be they there or not. The size of anything else
// is not known, nor that of an indefinite length.
func SequenceSize(b []byte) (size int, known bool) {
	if len(b) == 0 || b[0] != sequence {
		return 0, false
	}
	return elementSize(b)
}

// elementSize returns how many bytes, header included, the element at the
// start of b claims for itself (X.690, section 8.1.3). It is not known when b
// ends before the length does, or has BER's indefinite length, which only a
// parser can measure.
func elementSize(b []byte) (size int, known bool) {
	if len(b) < 2 {
		return 0, false
	}
	if b[1] < 0x80 {
		return 2 + int(b[1]), true
	}
	octets := int(b[1] & 0x7F)
	if octets == 0 || octets > 4 || len(b) < 2+octets {
		return 0, false
	}
	length := uint64(0)
	for _, octet := range b[2 : 2+octets] {
		length = length<<8 | uint64(octet)
	}
	if length > 1<<30 {
		return 0, false
	}
	return 2 + octets + int(length), true
}

// LooksLikeDER reports whether a file's first bytes are those of a DER or BER
// SEQUENCE and not of text: no UTF-8 has '0' before one of the bytes that begin
// a long length, and a short SEQUENCE must be the whole file.
func LooksLikeDER(data []byte) bool {
	if len(data) < 2 || data[0] != sequence {
		return false
	}
	size, known := SequenceSize(data)
	return data[1] >= 0x80 && data[1] <= 0x84 || known && size == len(data)
}

// IsAux reports whether bytes can be OpenSSL's X509_CERT_AUX: a SEQUENCE of
// trusted uses, rejected uses, alias, key id and others, each optional.
func IsAux(b []byte) bool {
	size, known := SequenceSize(b)
	if !known || size > len(b) {
		return false
	}
	fields := Content(b[:size])
	if len(fields) < 2 {
		return len(fields) == 0 // no element is one byte long
	}
	switch fields[0] {
	case 0x30: // SEQUENCE OF OBJECT IDENTIFIER
		uses := Content(fields)
		return len(uses) == 0 || uses[0] == 0x06
	case 0xA0, 0x0C, 0x04, 0xA1:
		return true
	}
	return false
}

// Content returns what stands behind the header of the element at the start of
// der, to the end of der. It is empty when the header itself is not all there.
func Content(der []byte) []byte {
	if len(der) < 2 {
		return nil
	}
	header := 2
	if der[1] >= 0x80 {
		header += int(der[1] & 0x7F)
	}
	return der[min(header, len(der)):]
}
