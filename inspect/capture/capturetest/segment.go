// Package capturetest makes packets and capture files for the tests of all
// rooms.
package capturetest

import (
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// Clock is the moment at which tests take place.
func Clock() time.Time { return time.Date(2024, 5, 6, 12, 0, 0, 123456000, time.UTC) }

// Client is the end that calls.
func Client() netip.AddrPort { return netip.MustParseAddrPort("192.0.2.55:40000") }

// Server is the end that Client calls.
func Server() netip.AddrPort { return netip.MustParseAddrPort("198.51.100.10:5061") }

// Client6 is a Client with IPv6.
func Client6() netip.AddrPort { return netip.MustParseAddrPort("[2001:db8::55]:40000") }

// Server6 is the end that Client6 calls.
func Server6() netip.AddrPort { return netip.MustParseAddrPort("[2001:db8::10]:5061") }

// Segment is a TCP segment.
type Segment struct {
	From, To netip.AddrPort
	Flags    uint8
	Seq, Ack uint32
	Payload  string
}

// NewSegment returns a Segment.
func NewSegment(from, to netip.AddrPort, flags uint8, seq, ack uint32, payload string) Segment {
	return Segment{from, to, flags, seq, ack, payload}
}

// Up is a segment of the Client.
func Up(seq, ack uint32, payload string) Segment {
	return Segment{Client(), Server(), packet.ACK, seq, ack, payload}
}

// Down is a segment of the Server.
func Down(seq, ack uint32, payload string) Segment {
	return Segment{Server(), Client(), packet.ACK, seq, ack, payload}
}

// With returns the segment with other flags.
func (s Segment) With(flags uint8) Segment {
	s.Flags = flags
	return s
}

// Opening is the handshake: the client's bytes begin at 101, the server's at 501.
func Opening() []Segment {
	return []Segment{Up(100, 0, "").With(packet.SYN), Down(500, 101, "").With(packet.SYN | packet.ACK), Up(101, 501, "")}
}

// TCP is the segment alone, without a checksum.
func (s Segment) TCP() []byte {
	be := binary.BigEndian
	b := be.AppendUint16(nil, s.From.Port())
	b = be.AppendUint16(b, s.To.Port())
	b = be.AppendUint32(b, s.Seq)
	b = be.AppendUint32(b, s.Ack)
	b = append(b, 5<<4, s.Flags, 0xFF, 0xFF, 0, 0, 0, 0)
	return append(b, s.Payload...)
}

// IP is the segment in an IP datagram.
func (s Segment) IP() []byte {
	if s.From.Addr().Is4() {
		return IPv4(s.From.Addr(), s.To.Addr(), packet.ProtocolTCP, 0, 0, s.TCP())
	}
	return IPv6(s.From.Addr(), s.To.Addr(), packet.ProtocolTCP, s.TCP())
}

// IPv4 puts a header before a payload; fragment is the field of flags and
// offset.
func IPv4(from, to netip.Addr, protocol byte, id, fragment uint16, payload []byte) []byte {
	be := binary.BigEndian
	b := be.AppendUint16([]byte{0x45, 0}, uint16(20+len(payload)))
	b = be.AppendUint16(b, id)
	b = be.AppendUint16(b, fragment)
	b = append(b, 64, protocol, 0, 0)
	b = append(b, from.AsSlice()...)
	b = append(b, to.AsSlice()...)
	return append(b, payload...)
}

// IPv6 puts a header before a payload.
func IPv6(from, to netip.Addr, next byte, payload []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0x60, 0, 0, 0}, uint16(len(payload)))
	b = append(b, next, 64)
	b = append(b, from.AsSlice()...)
	b = append(b, to.AsSlice()...)
	return append(b, payload...)
}
