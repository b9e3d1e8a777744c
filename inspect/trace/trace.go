// Package trace finds the TLS connections in a capture and says what was seen
// of each, for package diagnosis to draw the conclusions.
package trace

import (
	"net/netip"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/capture"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
	"github.com/phonecert/phonecert/inspect/phone"
)

// Options say how a capture is read.
type Options struct {
	// Phone judges the servers' certificates; nil leaves that out.
	Phone *phone.Phone
	// Clock is the phone's clock; zero takes the time of each connection.
	Clock time.Time
	// Profiles are those among which the sender of a ClientHello is looked for.
	Profiles []*handset.Profile
	// Keys opens what is encrypted; those in the capture are added to it.
	Keys *keylog.Log
	// Everything reports connections that are no TLS, too; otherwise only
	// those to ports where TLS belongs.
	Everything bool
}

// Connection is one TLS connection of a capture.
type Connection struct {
	Client, Server netip.AddrPort
	Start          time.Time
	Evidence       diagnosis.Evidence
}

// Tracer is the capture.Handler that makes evidence of connections.
type Tracer struct {
	options  Options
	report   func(Connection)
	matcher  *matcher
	verdicts verdicts
	chains   chains
	// other counts the connections that are not reported.
	other int64
}

// New makes a tracer. report is called for every connection when it has ended.
func New(o Options, report func(Connection)) *Tracer {
	if o.Keys == nil {
		o.Keys = &keylog.Log{}
	}
	return &Tracer{options: o, report: report, matcher: newMatcher(o.Profiles)}
}

// Other is the number of connections that were not reported because they are
// no TLS.
func (t *Tracer) Other() int64 { return t.other }

// Open takes on a connection.
func (t *Tracer) Open(flow *capture.Flow) capture.Sink { return newConversation(t, flow) }

// Secrets takes the key log that a capture carries.
func (t *Tracer) Secrets(text []byte) { t.options.Keys.Write(text) }

// Dump takes the two sides of one connection of which nothing else is known.
// What the server sent is taken to follow the first message of the client.
func (t *Tracer) Dump(client, server []byte) {
	c := newConversation(t, &capture.Flow{Client: netip.AddrPort{}, Server: netip.AddrPort{}, Answered: true})
	c.dump = true
	first := firstRecord(client)
	c.Data(true, c.flow.Start, client[:first])
	c.Data(false, c.flow.Start, server)
	c.Data(true, c.flow.Start, client[first:])
	c.Close(c.flow.Start, capture.Ending{Kind: capture.CaptureEnded})
}

// firstRecord is the length of the first record (RFC 5246, section 6.2.1).
func firstRecord(b []byte) int {
	if len(b) < 5 || b[1] != 3 {
		return len(b)
	}
	return min(5+int(b[3])<<8+int(b[4]), len(b))
}

// tlsPort reports whether TLS is expected at a port: HTTPS and SIPS.
func tlsPort(port uint16) bool { return port == 443 || port == 5061 }
