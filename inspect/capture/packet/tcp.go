package packet

import "encoding/binary"

// Segment is a TCP segment (RFC 9293, section 3.1).
type Segment struct {
	Source, Destination         Address
	SourcePort, DestinationPort uint16
	Flags                       uint8
	Seq, Ack                    uint32
	Payload                     []byte
	// Missing is how many bytes at the end of Payload were not recorded.
	Missing int
}

// Flags of a Segment.
const (
	FIN = 1 << iota
	SYN
	RST
	PSH
	ACK
)

// Has reports whether all of the flags are set.
func (s *Segment) Has(flags uint8) bool { return s.Flags&flags == flags }

func parseSegment(d *datagram) (s Segment, reason Skip) {
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
	s = Segment{
		Source: d.source, Destination: d.destination,
		SourcePort: binary.BigEndian.Uint16(b), DestinationPort: binary.BigEndian.Uint16(b[2:]),
		Seq: binary.BigEndian.Uint32(b[4:]), Ack: binary.BigEndian.Uint32(b[8:]),
		Flags: b[13], Payload: b[min(header, len(b)):],
	}
	s.Missing = length - len(s.Payload)
	return s, Usable
}
