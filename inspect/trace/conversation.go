package trace

import (
	"time"

	"github.com/phonecert/phonecert/inspect/capture"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
)

// maxLost is how many gaps of one connection are told.
const maxLost = 16

// conversation is one connection while it is read.
type conversation struct {
	tracer  *Tracer
	flow    *capture.Flow
	decoder *handshake.Decoder
	// begun says that data was seen, swapped that the side taken for the
	// client turned out to be the server.
	begun, swapped bool
	// dump says that there are no packets around the bytes.
	dump  bool
	lost  []diagnosis.Lost
	heard [2]bool // directions in which something was seen
}

func newConversation(t *Tracer, flow *capture.Flow) *conversation {
	return &conversation{tracer: t, flow: flow, decoder: handshake.NewDecoder(t.options.Keys)}
}

func (c *conversation) direction(fromClient bool) handshake.Direction {
	if fromClient != c.swapped {
		return handshake.ClientToServer
	}
	return handshake.ServerToClient
}

// Data takes the next bytes of one side. Where the capture lacks the beginning
// of the connection, the port numbers were a guess, which a ClientHello settles.
func (c *conversation) Data(fromClient bool, at time.Time, b []byte) {
	if !c.begun {
		c.begun = true
		c.swapped = c.flow.ClientGuessed && !fromClient && beginsClientHello(b)
	}
	d := c.direction(fromClient)
	c.heard[d] = true
	c.decoder.Feed(d, c.since(at), b)
}

// since counts from the moment at which the connection stood, as a live probe
// does, or else from its first packet.
func (c *conversation) since(at time.Time) time.Duration {
	if !c.flow.Established.IsZero() {
		return at.Sub(c.flow.Established)
	}
	return at.Sub(c.flow.Start)
}

// beginsClientHello looks at the header of the record and of the message
// (RFC 5246, sections 6.2.1 and 7.4).
func beginsClientHello(b []byte) bool {
	return len(b) > 5 && b[0] == byte(handshake.ContentHandshake) && b[1] == 3 && b[5] == 1
}

// Gap notes what the capture lacks.
func (c *conversation) Gap(fromClient bool, at time.Time, n int64, why capture.Why) {
	d := c.direction(fromClient)
	c.decoder.Gap(d, c.since(at), n)
	if len(c.lost) < maxLost {
		c.lost = append(c.lost, diagnosis.Lost{Kind: lostKind(why), Direction: d, Bytes: n})
	}
}

func lostKind(why capture.Why) string {
	switch why {
	case capture.SnapLength:
		return "snap-length"
	case capture.MidStream:
		return "began-mid-stream"
	}
	return "segment-lost"
}

// Close reports the connection.
func (c *conversation) Close(_ time.Time, how capture.Ending) {
	t := c.tracer
	transcript := c.decoder.Finish()
	isTLS := len(transcript.Entries) > 0
	if !isTLS && !c.dump && !t.options.Everything && !(c.begun && tlsPort(c.ends().Server.Port())) {
		t.other++
		return
	}
	t.report(c.end(transcript, how))
}

// ends are the two sides.
func (c *conversation) ends() Connection {
	conn := Connection{Client: c.flow.Client, Server: c.flow.Server, Start: c.flow.Start}
	if c.swapped {
		conn.Client, conn.Server = conn.Server, conn.Client
	}
	return conn
}

// end makes evidence of all that was seen.
func (c *conversation) end(transcript *handshake.Transcript, how capture.Ending) Connection {
	conn := c.ends()
	how.FromClient = how.FromClient != c.swapped
	c.lacks(how)
	conn.Evidence = evidence(c.tracer, conn, transcript, how)
	conn.Evidence.Lost = c.lost
	// An end means nothing where it is not known what went before it.
	if o := &conn.Evidence.Outcome; len(c.lost) > 0 && (o.Ending == diagnosis.Closed || o.Ending == diagnosis.Reset) {
		o.Ending = diagnosis.Unfinished
	}
	return conn
}

// lacks notes how much of the connection the capture holds.
func (c *conversation) lacks(how capture.Ending) {
	if how.Kind == capture.CaptureEnded || how.Kind == capture.Evicted {
		c.lost = append(c.lost, diagnosis.Lost{Kind: "ended-mid-stream", Direction: handshake.ServerToClient})
	}
	if !c.begun || c.heard[handshake.ClientToServer] == c.heard[handshake.ServerToClient] {
		return
	}
	missing := handshake.ClientToServer
	if c.heard[missing] {
		missing = handshake.ServerToClient
	}
	// A server may well have said nothing; a client of TLS speaks first.
	if missing == handshake.ClientToServer || !c.flow.Answered {
		c.lost = append(c.lost, diagnosis.Lost{Kind: "one-direction", Direction: missing})
	}
}
