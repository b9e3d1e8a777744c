package capture

import "encoding/binary"

// segment is a TCP segment (RFC 9293, section 3.1).
type segment struct {
	sourcePort, destinationPort uint16
	flags                       uint8
	seq, ack                    uint32
	payload                     []byte
	missing                     int // bytes at the end of payload that were not recorded
}

// Flags of a segment.
const (
	flagFIN = 1 << iota
	flagSYN
	flagRST
	flagPSH
	flagACK
)

func (s *segment) has(flags uint8) bool { return s.flags&flags == flags }

func parseSegment(d datagram) (s segment, reason Skip) {
	b := d.payload
	if len(b) < 20 {
		if d.missing > 0 {
			return s, CutHeader
		}
		return s, Malformed
	}
	header := int(b[12]>>4) * 4
	length := len(b) + d.missing - header
	if header < 20 || length < 0 {
		return s, Malformed
	}
	s = segment{
		sourcePort: binary.BigEndian.Uint16(b), destinationPort: binary.BigEndian.Uint16(b[2:]),
		seq: binary.BigEndian.Uint32(b[4:]), ack: binary.BigEndian.Uint32(b[8:]),
		flags: b[13], payload: b[min(header, len(b)):],
	}
	s.missing = length - len(s.payload)
	return s, usable
}
