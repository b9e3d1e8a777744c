package capture

import (
	"net/netip"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// key names a connection, whichever side a packet comes from.
type key struct {
	low, high packet.Address
	ports     uint32 // of low, then of high
}

func newKey(s *packet.Segment) (k key, fromLow bool) {
	if s.Source.Less(s.Destination) || s.Source == s.Destination && s.SourcePort <= s.DestinationPort {
		return key{s.Source, s.Destination, uint32(s.SourcePort)<<16 | uint32(s.DestinationPort)}, true
	}
	return key{s.Destination, s.Source, uint32(s.DestinationPort)<<16 | uint32(s.SourcePort)}, false
}

// table holds the connections, in the order of their last packet.
type table struct {
	handler     Handler
	connections map[key]*connection
	ring        connection // its next is the latest, its prev the longest silent
	store       store
	opened      int64
	evicted     int64
}

func (t *table) init(h Handler) {
	t.handler = h
	t.connections = map[key]*connection{}
	t.ring.next, t.ring.prev = &t.ring, &t.ring
}

// segment takes a segment; true: it has data for a connection that is over.
func (t *table) segment(at time.Time, s *packet.Segment) (stray bool) {
	k, fromLow := newKey(s)
	c := t.ring.next // packets of one connection come in a row
	if c.key != k || c == &t.ring {
		c = t.connections[k]
	}
	switch {
	case c == nil:
		c = t.open(at, k, fromLow, s)
	case s.Has(packet.SYN) && !s.Has(packet.ACK) && c.renewedBy(s.Seq+1, fromLow):
		c.close(at, Ending{Kind: Replaced})
		t.remove(c)
		c = t.open(at, k, fromLow, s)
	default:
		t.touch(c)
	}
	if c.sink == nil {
		return c.over && len(s.Payload) > 0
	}
	c.take(at, fromLow == c.clientIsLow, s)
	if t.store.bytes > MaxHeldTotal {
		t.relieve(at)
	}
	return false
}

// open begins a connection with its first packet.
func (t *table) open(at time.Time, k key, fromLow bool, s *packet.Segment) *connection {
	if len(t.connections) >= MaxConnections {
		oldest := t.ring.prev
		if oldest.sink != nil {
			t.evicted++
		}
		oldest.close(at, Ending{Kind: Evicted})
		t.remove(oldest)
	}
	from := netip.AddrPortFrom(s.Source.Addr(), s.SourcePort)
	to := netip.AddrPortFrom(s.Destination.Addr(), s.DestinationPort)
	flow := &Flow{Client: from, Server: to, Start: at}
	fromClient := s.Has(packet.SYN) && !s.Has(packet.ACK)
	if !s.Has(packet.SYN) {
		flow.ClientGuessed = true
		fromClient = serverLike(s.DestinationPort, s.SourcePort)
	}
	if !fromClient {
		flow.Client, flow.Server = to, from
	}
	c := &connection{key: k, clientIsLow: fromClient == fromLow, flow: flow, store: &t.store}
	if fromClient && s.Has(packet.SYN) {
		c.client.start(s.Seq+1, true)
	}
	t.opened++
	c.sink = t.handler.Open(flow)
	t.connections[k] = c
	t.link(c)
	return c
}

// serverLike reports whether the packet to port a, from port b, goes to the
// server: well-known TLS ports first, then the lower one.
func serverLike(a, b uint16) bool {
	for _, known := range []uint16{5061, 443} {
		if (a == known) != (b == known) {
			return a == known
		}
	}
	return a <= b
}

// relieve gives up waiting where nothing was heard the longest, until a
// quarter of the memory is free again.
func (t *table) relieve(at time.Time) {
	for c := t.ring.prev; c != &t.ring && t.store.bytes > MaxHeldTotal*3/4; c = c.prev {
		if c.sink != nil {
			c.flush(at)
		}
	}
}

func (t *table) closeAll(at time.Time) {
	for c := t.ring.prev; c != &t.ring; c = c.prev {
		c.close(at, Ending{Kind: CaptureEnded})
	}
}

func (t *table) touch(c *connection) {
	if t.ring.next != c {
		c.prev.next, c.next.prev = c.next, c.prev
		t.link(c)
	}
}

func (t *table) link(c *connection) {
	c.prev, c.next = &t.ring, t.ring.next
	c.prev.next, c.next.prev = c, c
}

func (t *table) remove(c *connection) {
	c.prev.next, c.next.prev = c.next, c.prev
	delete(t.connections, c.key)
}
