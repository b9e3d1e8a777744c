package packet

import (
	"encoding/binary"
	"fmt"
)

// LinkType is a number of tcpdump.org's list of link-layer header types.
type LinkType uint32

// The link types that are decoded.
const (
	LinkNull         LinkType = 0
	LinkEthernet     LinkType = 1
	LinkPPP          LinkType = 9
	LinkRaw12        LinkType = 12 // LINKTYPE_RAW as some systems number it
	LinkRaw14        LinkType = 14
	LinkPPPHDLC      LinkType = 50
	LinkPPPEther     LinkType = 51
	LinkRaw          LinkType = 101
	LinkLoop         LinkType = 108
	LinkLinuxCooked  LinkType = 113
	LinkIPv4         LinkType = 228
	LinkIPv6         LinkType = 229
	LinkLinuxCooked2 LinkType = 276
)

// String returns the name, or the number.
func (l LinkType) String() string {
	switch l {
	case LinkNull, LinkLoop:
		return "loopback"
	case LinkEthernet:
		return "Ethernet"
	case LinkPPP, LinkPPPHDLC:
		return "PPP"
	case LinkPPPEther:
		return "PPP over Ethernet"
	case LinkRaw, LinkRaw12, LinkRaw14:
		return "raw IP"
	case LinkIPv4:
		return "raw IPv4"
	case LinkIPv6:
		return "raw IPv6"
	case LinkLinuxCooked:
		return "Linux cooked v1"
	case LinkLinuxCooked2:
		return "Linux cooked v2"
	}
	return fmt.Sprintf("link type %d", uint32(l))
}

// MarshalText writes what String returns.
func (l LinkType) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// EtherTypes (IEEE 802 numbers, IANA).
const (
	EtherIPv4    = 0x0800
	EtherIPv6    = 0x86DD
	etherVLAN    = 0x8100
	etherPPPoE   = 0x8864
	etherQinQ    = 0x88A8
	etherOldQinQ = 0x9100
)

const maxTags = 8 // VLAN tags in a row

// network strips the link layer: what remains is of the EtherType EtherIPv4 or
// EtherIPv6, or the reason says why not.
func (l LinkType) network(b []byte) (kind uint16, rest []byte, reason Skip) {
	switch l & 0xFFFF {
	case LinkEthernet:
		if len(b) >= 14 {
			return ether(binary.BigEndian.Uint16(b[12:]), b[14:])
		}
	case LinkLinuxCooked:
		if len(b) >= 16 {
			return ether(binary.BigEndian.Uint16(b[14:]), b[16:])
		}
	case LinkLinuxCooked2:
		if len(b) >= 20 {
			return ether(binary.BigEndian.Uint16(b), b[20:])
		}
	case LinkRaw, LinkRaw12, LinkRaw14:
		return raw(b)
	case LinkIPv4:
		return EtherIPv4, b, Usable
	case LinkIPv6:
		return EtherIPv6, b, Usable
	case LinkNull, LinkLoop:
		if len(b) >= 4 {
			return loopback(b)
		}
	case LinkPPP, LinkPPPHDLC:
		return ppp(b)
	case LinkPPPEther:
		return pppoe(b)
	default:
		return 0, nil, UnknownLinkType
	}
	return 0, nil, Malformed
}

// ether goes by an EtherType, through VLAN tags and PPPoE.
func ether(kind uint16, b []byte) (uint16, []byte, Skip) {
	for range maxTags {
		switch {
		case kind == EtherIPv4 || kind == EtherIPv6:
			return kind, b, Usable
		case kind == etherPPPoE:
			return pppoe(b)
		case kind == etherVLAN || kind == etherQinQ || kind == etherOldQinQ:
			if len(b) < 4 {
				return 0, nil, Malformed
			}
			kind, b = binary.BigEndian.Uint16(b[2:]), b[4:]
		case kind < 0x0600 && len(b) >= 8 && [6]byte(b) == [6]byte{0xAA, 0xAA, 3}:
			// IEEE 802.3 with a length, then LLC and SNAP (RFC 1042).
			kind, b = binary.BigEndian.Uint16(b[6:]), b[8:]
		default:
			return 0, nil, NotIP
		}
	}
	return 0, nil, NotIP
}

func raw(b []byte) (uint16, []byte, Skip) {
	if len(b) == 0 {
		return 0, nil, Malformed
	}
	switch b[0] >> 4 {
	case 4:
		return EtherIPv4, b, Usable
	case 6:
		return EtherIPv6, b, Usable
	}
	return 0, nil, NotIP
}

// loopback has the number of an address family in front, in the byte order of
// the machine that recorded, and that of IPv6 is another on every system.
func loopback(b []byte) (uint16, []byte, Skip) {
	family := binary.LittleEndian.Uint32(b)
	if family > 0xFFFF {
		family = binary.BigEndian.Uint32(b)
	}
	switch family {
	case 2: // AF_INET
		return EtherIPv4, b[4:], Usable
	case 10, 23, 24, 28, 30: // AF_INET6 of Linux, Windows, the BSDs and Darwin
		return EtherIPv6, b[4:], Usable
	}
	return 0, nil, NotIP
}

// pppoe strips the session header (RFC 2516, section 4).
func pppoe(b []byte) (uint16, []byte, Skip) {
	if len(b) < 6 {
		return 0, nil, Malformed
	}
	if b[1] != 0 { // discovery
		return 0, nil, NotIP
	}
	return ppp(b[6:])
}

// ppp strips address and control, where they are, and a protocol number of one
// or two bytes (RFC 1661 and RFC 1662, section 3).
func ppp(b []byte) (uint16, []byte, Skip) {
	if len(b) >= 2 && b[0] == 0xFF && b[1] == 3 {
		b = b[2:]
	}
	if len(b) < 2 {
		return 0, nil, Malformed
	}
	protocol := uint16(b[0])
	if protocol&1 == 1 {
		b = b[1:]
	} else {
		protocol, b = protocol<<8|uint16(b[1]), b[2:]
	}
	switch protocol {
	case 0x21:
		return EtherIPv4, b, Usable
	case 0x57:
		return EtherIPv6, b, Usable
	}
	return 0, nil, NotIP
}
