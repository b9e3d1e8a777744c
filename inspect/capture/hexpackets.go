package capture

import (
	"fmt"
	"time"
)

// unpack takes the TCP payload out of chunks that are whole packets; is says
// whether they are.
func unpack(chunks []chunk) (client, server []byte, is bool, err error) {
	var j joined
	c := newCollector(Filter{}, &j)
	for _, chunk := range chunks {
		if len(chunk.bytes) == 0 {
			continue
		}
		link, ok := packetLink(chunk.bytes)
		switch {
		case ok:
			c.packet(link, time.Time{}, chunk.bytes, 0)
		case c.summary.Packets == 0:
			return nil, nil, false, nil
		default:
			return nil, nil, true, &HexError{chunk.line, "these bytes are no packet with TCP, while those before them are", "paste packets of one connection, or the TLS bytes alone"}
		}
	}
	c.finish()
	switch {
	case j.flows > 1:
		return nil, nil, true, &HexError{0, fmt.Sprintf("the dump holds packets of %d connections", j.flows), "save them as a capture and give that: phonecert trace FILE"}
	case j.lost > 0:
		return nil, nil, true, &HexError{0, fmt.Sprintf("the dump holds whole packets, and between them %d bytes are missing", j.lost), "paste the packet that is left out, too"}
	case len(j.client)+len(j.server) == 0:
		return nil, nil, true, &HexError{0, "the dump holds whole packets, but nothing is in them beyond the TCP headers", "paste the packets that carry the TLS messages"}
	}
	return j.client, j.server, true, nil
}

// packetLink finds the link type under which bytes are exactly one TCP packet.
func packetLink(b []byte) (LinkType, bool) {
	for _, link := range []LinkType{LinkRaw, LinkEthernet, LinkLinuxCooked2, LinkLinuxCooked, LinkNull, LinkPPP} {
		kind, rest, reason := link.network(b)
		if reason != usable {
			continue
		}
		const padding = 46 + 4 // Ethernet fills up short packets and adds a checksum
		d, f, reason := parseIP(kind, rest, 0)
		if reason != usable || f.is || d.protocol != protocolTCP || d.missing != 0 || len(rest) > len(d.payload)+60+padding {
			continue
		}
		if _, reason := parseSegment(d); reason == usable {
			return link, true
		}
	}
	return 0, false
}

// joined keeps the bytes of one connection.
type joined struct {
	flows          int
	lost           int64
	client, server []byte
}

func (j *joined) Open(*Flow) Sink {
	j.flows++
	return j
}

func (j *joined) Secrets([]byte) {}

func (j *joined) Data(fromClient bool, _ time.Time, b []byte) {
	if fromClient {
		j.client = append(j.client, b...)
	} else {
		j.server = append(j.server, b...)
	}
}

func (j *joined) Gap(_ bool, _ time.Time, n int64, _ Why) { j.lost += n }

func (j *joined) Close(time.Time, Ending) {}
