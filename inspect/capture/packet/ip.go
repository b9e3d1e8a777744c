package packet

import (
	"encoding/binary"
	"net/netip"
)

// Protocols over IP (IANA, Protocol Numbers).
const (
	ProtocolTCP = 6
	protocolUDP = 17
)

// Address is an IP address, that of IPv4 mapped into IPv6 (RFC 4291, section
// 2.5.5.2). Two words are compared and hashed faster than a netip.Addr.
type Address struct{ hi, lo uint64 }

func address4(b []byte) Address {
	return Address{lo: 0xFFFF<<32 | uint64(binary.BigEndian.Uint32(b))}
}

func address16(b []byte) Address {
	return Address{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

// Addr returns it as others have it.
func (a Address) Addr() netip.Addr {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], a.hi)
	binary.BigEndian.PutUint64(b[8:], a.lo)
	return netip.AddrFrom16(b).Unmap()
}

// Less compares addresses as numbers.
func (a Address) Less(o Address) bool {
	return a.hi < o.hi || a.hi == o.hi && a.lo < o.lo
}

// datagram is an IP datagram or a fragment of one.
type datagram struct {
	source, destination Address
	protocol            uint8
	payload             []byte
	missing             int // bytes at the end of payload that were not recorded
}

// fragment says where in its datagram a payload belongs.
type fragment struct {
	is     bool
	more   bool
	offset int
	id     uint32
}

func protocolSkip(protocol uint8) Skip {
	if protocol == protocolUDP {
		return UDP
	}
	return OtherProtocol
}

func parseIP(kind uint16, b []byte, missing int) (datagram, fragment, Skip) {
	short := Malformed
	if missing > 0 {
		short = CutHeader
	}
	if kind == EtherIPv6 {
		return parseIPv6(b, missing, short)
	}
	return parseIPv4(b, missing, short)
}

// parseIPv4 reads a header (RFC 791, section 3.1). Checksums are not looked
// at: a machine that records what it sends sees them before they are computed.
func parseIPv4(b []byte, missing int, short Skip) (d datagram, f fragment, reason Skip) {
	if len(b) < 20 {
		return d, f, short
	}
	length, header := int(binary.BigEndian.Uint16(b[2:])), int(b[0]&0xF)*4
	if length == 0 { // the network card will cut it into segments
		length = len(b) + missing
	}
	if b[0]>>4 != 4 || header < 20 || length < header {
		return d, f, Malformed
	}
	if len(b) < header {
		return d, f, short
	}
	d = datagram{source: address4(b[12:]), destination: address4(b[16:]), protocol: b[9]}
	d.take(b[header:], length-header)
	if bits := binary.BigEndian.Uint16(b[6:]); bits&0x3FFF != 0 {
		f = fragment{true, bits&0x2000 != 0, int(bits&0x1FFF) * 8, uint32(binary.BigEndian.Uint16(b[4:]))}
	}
	return d, f, Usable
}

// take sets a payload of n bytes; b is what was recorded of it, with padding.
func (d *datagram) take(b []byte, n int) {
	d.payload = b[:min(n, len(b))]
	d.missing = n - len(d.payload)
}

const maxExtensions = 16

// parseIPv6 reads a header and its extensions (RFC 8200, sections 3 and 4).
func parseIPv6(b []byte, missing int, short Skip) (d datagram, f fragment, reason Skip) {
	if len(b) < 40 {
		return d, f, short
	}
	if b[0]>>4 != 6 {
		return d, f, Malformed
	}
	d = datagram{source: address16(b[8:]), destination: address16(b[24:]), protocol: b[6]}
	length := int(binary.BigEndian.Uint16(b[4:]))
	if length == 0 { // a jumbogram, or the network card will cut it
		length = len(b) - 40 + missing
	}
	d.take(b[40:], length)
	f, reason = d.extensions(short)
	return d, f, reason
}

// extensions goes through the headers between that of IPv6 and the payload,
// up to a fragment: what follows there is cut anywhere.
func (d *datagram) extensions(short Skip) (f fragment, reason Skip) {
	for range maxExtensions {
		p := d.payload
		unit := 8
		switch d.protocol {
		case 0, 43, 60, 135, 139, 140: // hop-by-hop, routing, destination, mobility, HIP, shim6
		case 51: // authentication (RFC 4302, section 2.2)
			unit = 4
		case 44: // fragment, always of 8 bytes
			unit = 0
		default:
			return f, Usable
		}
		if len(p) < 8 || len(p) < 8+int(p[1])*unit {
			return f, short
		}
		if unit == 0 {
			bits := binary.BigEndian.Uint16(p[2:])
			f = fragment{bits&0xFFF9 != 0, bits&1 != 0, int(bits &^ 7), binary.BigEndian.Uint32(p[4:])}
		}
		d.protocol, d.payload = p[0], p[8+int(p[1])*unit:]
		if f.is {
			return f, Usable
		}
	}
	return f, Malformed
}
