package capture

import (
	"time"

	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// When one side acknowledges what the capture does not hold, the segment is
// lost, or it comes a little later: several queues of a network card are not
// recorded in exact order. So much is waited for it, whichever ends first.
const (
	patiencePackets = 16
	patienceTime    = 200 * time.Millisecond
)

// A sequence or acknowledgment number farther off than this is none of this
// connection: a window is at most this large (RFC 7323, section 2.3).
const (
	maxWindow        = 1 << 30
	maxResetDistance = 1 << 20
)

// connection follows one TCP connection.
type connection struct {
	key         key
	clientIsLow bool
	over        bool
	flow        *Flow
	sink        Sink // nil: of no interest, or over
	store       *store
	client      stream // what the client sent
	server      stream
	clientFIN   bool // of the two, the client's FIN came first

	doubts int // packets since an acknowledgment of what was not seen; 0: none
	since  time.Time

	prev, next *connection
}

// renewedBy reports whether a SYN begins another connection on the same ports;
// begin is the number of the first byte after it.
func (c *connection) renewedBy(begin uint32, fromLow bool) bool {
	s := c.stream(fromLow == c.clientIsLow)
	return !s.started || !s.fromStart || s.begin != begin
}

func (c *connection) stream(fromClient bool) *stream {
	if fromClient {
		return &c.client
	}
	return &c.server
}

// take takes a segment.
func (c *connection) take(at time.Time, fromClient bool, s *packet.Segment) {
	own, peer := c.stream(fromClient), c.stream(!fromClient)
	own.seen = true
	if !fromClient {
		c.flow.Answered = true
	}
	if s.Has(packet.RST) {
		c.reset(at, fromClient, own, s)
		return
	}
	seq := s.Seq
	if s.Has(packet.SYN) {
		seq++
		own.start(seq, true)
		if s.Has(packet.ACK) && !fromClient && c.flow.Established.IsZero() {
			c.flow.Established = at
		}
	}
	own.start(seq, false)
	if s.Has(packet.ACK) {
		// The first acknowledgment behind a handshake tells where the other
		// side begins, even if that side was not recorded.
		peer.start(s.Ack, own.fromStart)
		peer.acknowledge(s.Ack)
	}
	c.accept(at, fromClient, seq, s)
	if own.ended() && peer.ended() {
		c.close(at, Ending{Kind: FIN})
	}
}

// accept takes what a segment carries.
func (c *connection) accept(at time.Time, fromClient bool, seq uint32, s *packet.Segment) {
	own, peer := c.stream(fromClient), c.stream(!fromClient)
	p := part{seq: seq, at: at, data: s.Payload, missing: s.Missing, fin: s.Has(packet.FIN)}
	wait := c.doubtful(at)
	if own.fin {
		p = part{seq: own.next} // nothing can follow a FIN
	}
	if !wait && len(own.held) == 0 {
		p = p.after(own.next)
		if !p.empty() && p.seq == own.next {
			c.deliver(fromClient, p)
			return
		}
	}
	if !p.empty() {
		own.hold(p, c.store)
	}
	if own.heldBytes > MaxHeld || len(own.held) > maxHeldSegments {
		if peer.lacks() {
			c.giveUp(at, !fromClient, peer.acked)
		}
		c.giveUp(at, fromClient, own.held[0].seq)
		wait = false
	}
	if wait { // perhaps for this very segment
		for _, s := range [...]*stream{own, peer} {
			if s.lacks() {
				c.release(s == &c.client)
			}
		}
		wait = own.lacks() || peer.lacks()
	}
	if !wait {
		c.release(fromClient)
		c.release(!fromClient)
	}
}

// doubtful reports whether to wait, because a side acknowledged what was not
// seen. What was waited for long enough is given up.
func (c *connection) doubtful(at time.Time) bool {
	clientLacks, serverLacks := c.client.lacks(), c.server.lacks()
	if !clientLacks && !serverLacks {
		c.doubts = 0
		return false
	}
	if c.doubts == 0 {
		c.since = at
	}
	c.doubts++
	// A side of which nothing at all was recorded is not waited for.
	hopeless := clientLacks && !c.client.seen || serverLacks && !c.server.seen
	if !hopeless && c.doubts <= patiencePackets && at.Sub(c.since) <= patienceTime {
		return true
	}
	c.doubts = 0
	if clientLacks {
		c.giveUp(at, true, c.client.acked)
	}
	if serverLacks {
		c.giveUp(at, false, c.server.acked)
	}
	return false
}

// reset ends the connection, unless the number is far off: then another, older
// connection is meant.
func (c *connection) reset(at time.Time, fromClient bool, own *stream, s *packet.Segment) {
	if d := int32(s.Seq - own.next); own.told && s.Seq != 0 && (d < -maxResetDistance || d > maxResetDistance) {
		return
	}
	c.close(at, Ending{Kind: RST, FromClient: fromClient})
}

// flush delivers all that is held and tells what is missing before it.
func (c *connection) flush(at time.Time) {
	for _, fromClient := range []bool{true, false} {
		s := c.stream(fromClient)
		if s.lacks() {
			c.giveUp(at, fromClient, s.acked)
		}
		if n := len(s.held); n > 0 {
			c.giveUp(at, fromClient, s.held[n-1].end())
		}
	}
	c.doubts = 0
}

// close tells the rest and the ending; later packets are passed over.
func (c *connection) close(at time.Time, how Ending) {
	if c.sink != nil {
		c.flush(at)
		if c.client.ended() || c.server.ended() {
			if how.Kind != RST {
				how = Ending{FIN, c.clientFIN}
			}
		}
		c.sink.Close(at, how)
	}
	c.over, c.sink, c.flow = true, nil, nil
}
