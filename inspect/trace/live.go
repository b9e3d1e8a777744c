package trace

import (
	"time"

	"github.com/phonecert/phonecert/inspect/capture"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
)

// Live is a connection that is read while it runs, by the same decoder as one
// in a capture. It has a key log of its own, which goes with it.
type Live struct {
	conversation *conversation
	keys         keylog.Log
}

// Live takes on a connection that is under way. Unlike the rest of a Tracer it
// may be called by several goroutines; each Live belongs to one at a time.
func (t *Tracer) Live(flow *capture.Flow) *Live {
	l := &Live{conversation: &conversation{tracer: t, flow: flow}}
	l.conversation.decoder = handshake.NewDecoder(&l.keys)
	return l
}

// Write takes lines of the connection's key log. Secrets have to be there
// before the bytes that they open are given to Data.
func (l *Live) Write(line []byte) (int, error) { return l.keys.Write(line) }

// Data takes the next bytes of one side, which are valid during the call only.
func (l *Live) Data(fromClient bool, at time.Time, b []byte) { l.conversation.Data(fromClient, at, b) }

// Transcript is what was read so far. It grows with Data.
func (l *Live) Transcript() *handshake.Transcript { return l.conversation.decoder.Transcript() }

// End says how the connection ended and returns what was seen of it. left are
// the parts that were not given to Data although they went over the wire.
func (l *Live) End(how capture.Ending, left ...diagnosis.Lost) Connection {
	c := l.conversation
	conn := c.end(c.decoder.Finish(), how)
	conn.Evidence.Lost = append(conn.Evidence.Lost, left...)
	return conn
}
