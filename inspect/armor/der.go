package armor

// sequence is the tag of a SEQUENCE, with which all DER begins that PEM
// carries, but for some parameters.
const sequence = 0x30

// sequenceSize is elementSize of a SEQUENCE; nothing else has a known size.
func sequenceSize(b []byte) (size int, known bool) {
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

// looksLikeDER reports whether a file's first bytes are those of a DER or BER
// SEQUENCE and not of text: no UTF-8 has '0' before one of the bytes that begin
// a long length, and a short SEQUENCE must be the whole file.
func looksLikeDER(data []byte) bool {
	if len(data) < 2 || data[0] != sequence {
		return false
	}
	size, known := sequenceSize(data)
	return data[1] >= 0x80 && data[1] <= 0x84 || known && size == len(data)
}
