package listen

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// recordHeader is the length of a record's header (RFC 8446, section 5.1).
const recordHeader = 5

// told is all that is told of a connection that has ended.
func (c *connection) told() Connection {
	now := c.now()
	seen := c.live.End(c.how(), c.lost()...)
	t := Connection{
		Number: c.number, Scheme: c.scheme, Client: c.client, Server: c.server, Start: c.start, Duration: now.Sub(c.start),
		Evidence: seen.Evidence, State: c.state, Requests: c.requests, UserAgent: c.userAgent, Limit: c.limit, Segments: c.segments,
	}
	e := &t.Evidence
	e.Target.Scheme = string(c.scheme)
	t.Hello = helloOf(e.Transcript, c.first)
	t.Own = ownOf(e.ClientSent, c.state, c.config.ClientCAs, now)
	if c.limit == "" {
		t.Limit = tooLong(e)
	}
	if c.shown != nil {
		t.Variant = c.shown.variant
	}
	e.Listener = c.listener(t)
	e.Outcome.Detail = c.objected()
	if t.Variant != "" {
		trial := measure.Judge(t.Variant, *e)
		trial.At = c.start
		if c.config.Named != nil {
			trial.Caller = c.config.Named(c.userAgent)
		}
		t.Trial = &trial
	}
	return t
}

// objected is why crypto/tls ended the handshake; "" where it did not, but the
// network.
func (c *connection) objected() string {
	var network net.Error
	if c.objection == nil || errors.Is(c.objection, io.EOF) || errors.As(c.objection, &network) && network.Timeout() {
		return ""
	}
	return wire.Clean(strings.TrimPrefix(strings.TrimPrefix(c.objection.Error(), "local error: "), "tls: "))
}

// listener is what diagnosis is told beside the transcript.
func (c *connection) listener(t Connection) *diagnosis.Listener {
	l := &diagnosis.Listener{Limit: t.Limit, Asks: c.config.ClientAuth != NoClientCert, Chain: t.Variant, Root: c.config.RootFile}
	if from := c.client.Addr(); from.IsValid() && !from.IsLoopback() {
		l.Phone = urlHost(from)
	}
	for _, r := range t.Requests {
		l.Requests = append(l.Requests, diagnosis.ListenerRequest{Method: r.Method, About: r.About, Status: r.Status})
	}
	if own := t.Own; own != nil {
		l.Client = &diagnosis.ListenerClient{
			Kind: own.Kind, MAC: own.MAC, Subject: certificate.ShortName(own.Chain[0].Subject), Issuer: own.Issuer(), Trusted: own.Trusted, Reason: own.Reason, Proved: own.Proved,
		}
	}
	return l
}

// urlHost writes an address as it stands in a URL (RFC 3986, section 3.2.2; RFC
// 6874 for the zone).
func urlHost(a netip.Addr) string {
	if a.Is4() {
		return a.String()
	}
	return "[" + strings.Replace(a.String(), "%", "%25", 1) + "]"
}

// Issuer is the short name of who issued the phone's certificate.
func (o *Own) Issuer() string { return certificate.ShortName(o.Chain[0].Issuer) }

// lostBefore reports whether a connection was lost before the phone had seen the
// chain.
func lostBefore(e diagnosis.Evidence, t measure.Trial) bool {
	return t.Answer == measure.Unreached && e.Outcome.Ending != diagnosis.AlertReceived && e.Outcome.Ending != diagnosis.AlertSent
}

// tooLong names the cap of crypto/tls on the length of a message where the phone
// goes beyond it.
func tooLong(e *diagnosis.Evidence) string {
	if e.Outcome.Ending != diagnosis.AlertReceived {
		return ""
	}
	for _, m := range e.Transcript.Entries {
		if m.Direction == handshake.ClientToServer && m.ContentType == handshake.ContentHandshake && m.Length > maxMessage {
			return limitHandshake
		}
	}
	return ""
}

// helloOf is the record of the ClientHello; first is the header of the first one
// that came.
func helloOf(t *handshake.Transcript, first []byte) []byte {
	for _, e := range t.Entries {
		m, ok := e.Fields.(*handshake.ClientHello)
		switch {
		case !ok || e.Direction != handshake.ClientToServer:
		case e.Cut || len(first) < recordHeader || len(e.Raw) > 1<<16-1:
			return nil
		case m.SSLv2:
			return e.Raw
		default:
			b := append(make([]byte, 0, recordHeader+len(e.Raw)), first[:3]...)
			return append(binary.BigEndian.AppendUint16(b, uint16(len(e.Raw))), e.Raw...)
		}
	}
	return nil
}
