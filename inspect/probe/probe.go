// Package probe connects to a server as a handset does: it resolves, connects,
// sends the handset's own ClientHello, completes the handshake, asks SIP or
// HTTP, and keeps what went over the wire. What it all means is for package
// diagnosis to say.
package probe

import (
	"context"
	"io"
	"net"
	"net/netip"
	"time"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/probe/sip"
)

// World is what a probe needs of its surroundings.
type World struct {
	// Resolve finds the addresses of a target.
	Resolve func(context.Context, diagnosis.Target) diagnosis.Lookup
	// Dial opens a TCP connection, as net.Dialer does.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	Now  func() time.Time
	// Random is a source of secret randomness.
	Random io.Reader
}

// Request is one server and one handset.
type Request struct {
	Target diagnosis.Target
	Phone  *phone.Phone
	// ServerName is sent whatever the profile says; "" sends none but its own.
	ServerName string
	// SNI is "on" or "off" where it is known whether the phone sends the name.
	SNI string
	// Certificate answers a CertificateRequest; nil sends an empty one.
	Certificate *client.Certificate
	// Given are certificates at hand that may mend a failure.
	Given []*certificate.Certificate
	// Register asks for a registration in place of OPTIONS; nil asks OPTIONS.
	Register *Registration
	// KeyLog takes the secrets of the connections as NSS lines; nil keeps none
	// but for the transcript.
	KeyLog io.Writer
	// Record keeps what goes over the wire as Segments.
	Record bool
	// Timeout bounds the whole probe.
	Timeout time.Duration
}

// Registration is whom to register, and with which password.
type Registration struct {
	User, Domain string
	Credentials  sip.Credentials
}

// Attempt is the connection to one address.
type Attempt struct {
	Evidence diagnosis.Evidence
	// Client and Server are the ends of the connection, invalid when there was
	// none; Start is when the TCP connection stood.
	Client, Server netip.AddrPort
	Start          time.Time
	// Segments are what went over the wire, where the Request wants them.
	Segments []Segment
}

// Segment is a piece of a connection as it went over the wire.
type Segment struct {
	FromClient bool
	At         time.Time
	Bytes      []byte
}

// Run makes the probe: one attempt for each address until one can be connected
// to. There is at least one attempt, if only to carry the lookup.
func Run(ctx context.Context, w World, r Request) []Attempt {
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	lookup := w.Resolve(ctx, r.Target)
	base := diagnosis.Evidence{Phone: r.Phone, Target: r.Target, Live: true, Lookup: &lookup}
	if len(lookup.Addresses) == 0 {
		return []Attempt{{Evidence: base}}
	}
	var attempts []Attempt
	for i, address := range lookup.Addresses {
		p := &probe{world: w, request: r, address: address}
		p.attempt.Evidence = base
		p.run(ctx, len(lookup.Addresses)-i)
		attempts = append(attempts, p.attempt)
		if p.attempt.Evidence.Dial.Result == diagnosis.Connected || ctx.Err() != nil {
			break
		}
	}
	return attempts
}

// probe is one attempt under way.
type probe struct {
	world   World
	request Request
	address netip.AddrPort
	attempt Attempt
}

// run connects, shakes hands and asks. left is how many addresses are still to
// try, this one included: each gets its share of the time for connecting.
func (p *probe) run(ctx context.Context, left int) {
	conn := p.connect(ctx, left)
	if conn == nil {
		return
	}
	defer conn.Close()
	e := &p.attempt.Evidence
	rec := newRecorder(p.attempt.Start, p.request)
	hello, secure, err := p.shakeHands(ctx, conn, rec)
	p.judge(stateOf(secure, err), err)
	if err == nil {
		p.ask(ctx, secure)
		secure.Close()
	} else {
		p.survey(ctx, hello)
	}
	e.Alternative = p.alternative(ctx, hello)
	e.Transcript = rec.decoder.Finish()
	p.attempt.Segments = rec.segments
}

// shakeHands sends the handset's ClientHello and completes the handshake.
func (p *probe) shakeHands(ctx context.Context, conn net.Conn, rec *recorder) (*handshake.ClientHello, *client.Conn, error) {
	fresh := make([]byte, 64)
	if _, err := io.ReadFull(p.world.Random, fresh); err != nil {
		return nil, nil, err
	}
	profile := p.request.Phone.Profile
	hello, gaps := offer.ClientHello(profile, offer.Options{
		Random: fresh[:32], SessionID: fresh[32:], Host: p.request.Target.Host, ServerName: p.request.ServerName, SNI: p.request.SNI,
	})
	p.attempt.Evidence.Gaps = gaps
	keys, err := p.keyShares(hello)
	if err != nil {
		return hello, nil, err
	}
	secure, err := client.Handshake(ctx, conn, client.Config{
		Hello: hello, Keys: keys, RecordVersion: offer.RecordVersion(profile), MinVersion: offer.Lowest(profile),
		Certificate: p.request.Certificate, KeyLog: rec, Observe: rec.observe,
		Now: p.world.Now, Random: p.world.Random,
	})
	return hello, secure, err
}
