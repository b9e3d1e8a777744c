// Package packet takes TCP segments out of packets: link layer, IP, fragments.
// It knows no files and no connections.
package packet

import "time"

// Decoder takes segments out of the packets of one capture, which come in
// their order, and joins IP fragments. The zero Decoder is ready.
type Decoder struct {
	// Fragments counts IP fragments.
	Fragments int64
	waiting   fragments
}

// Segment returns the TCP segment of a packet; missing is how many bytes at its
// end were not recorded. There is one only if the reason is Usable. Its payload
// is valid as long as b, and until the next call.
func (d *Decoder) Segment(link LinkType, at time.Time, b []byte, missing int) (Segment, Skip) {
	ip, reason := d.datagram(link, at, b, missing)
	if reason != Usable {
		return Segment{}, reason
	}
	if ip.protocol != ProtocolTCP {
		return Segment{}, protocolSkip(ip.protocol)
	}
	return parseSegment(&ip)
}

// Drop gives up the datagrams that wait for fragments, and returns how many
// fragments never became part of a whole one.
func (d *Decoder) Drop() int64 { return d.waiting.drop() }

// datagram digs the IP datagram out of a packet, joined if it is a fragment.
func (d *Decoder) datagram(link LinkType, at time.Time, b []byte, missing int) (datagram, Skip) {
	kind, b, reason := link.network(b)
	if reason != Usable {
		if reason == Malformed && missing > 0 {
			reason = CutHeader
		}
		return datagram{}, reason
	}
	ip, f, reason := parseIP(kind, b, missing)
	if reason != Usable || !f.is {
		return ip, reason
	}
	d.Fragments++
	whole, ok := d.waiting.add(at, &ip, f)
	if !ok {
		return ip, Waiting
	}
	ip.payload = whole
	if kind == EtherIPv6 {
		if f, reason = ip.extensions(Malformed); f.is {
			reason = Malformed // a fragment of fragments
		}
	}
	return ip, reason
}

// FindLink finds the link type under which bytes are exactly one TCP packet.
func FindLink(b []byte) (LinkType, bool) {
	for _, link := range []LinkType{LinkRaw, LinkEthernet, LinkLinuxCooked2, LinkLinuxCooked, LinkNull, LinkPPP} {
		kind, rest, reason := link.network(b)
		if reason != Usable {
			continue
		}
		const padding = 46 + 4 // Ethernet fills up short packets and adds a checksum
		d, f, reason := parseIP(kind, rest, 0)
		if reason != Usable || f.is || d.protocol != ProtocolTCP || d.missing != 0 || len(rest) > len(d.payload)+60+padding {
			continue
		}
		if _, reason := parseSegment(&d); reason == Usable {
			return link, true
		}
	}
	return 0, false
}
