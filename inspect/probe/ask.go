package probe

import (
	"context"
	"net"
	"slices"
	"time"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/probe/sip"
	"github.com/phonecert/phonecert/inspect/probe/survey"
	"github.com/phonecert/phonecert/inspect/probe/web"
)

// ask speaks what the target speaks inside TLS.
func (p *probe) ask(ctx context.Context, conn net.Conn) {
	if end, bounded := ctx.Deadline(); bounded && p.nameUnsure() {
		// The server is called again after this, and some never answer.
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-time.Until(end)/4))
		defer cancel()
	}
	e, target := &p.attempt.Evidence, p.request.Target
	if target.Scheme == "https" {
		answer := web.Get(ctx, conn, web.Request{Host: target.Host, Port: target.Port, Path: target.Path})
		e.HTTP = &answer
		return
	}
	request := sip.Request{Scheme: "sips", User: target.User, Host: target.Host, Random: p.world.Random, Now: p.world.Now}
	var answer diagnosis.SIP
	switch r := p.request.Register; {
	case r == nil || !p.mayRegister():
		answer = sip.Options(ctx, conn, request)
	default:
		request.User, request.Host = r.User, r.Domain
		answer = sip.Register(ctx, conn, request, r.Credentials)
	}
	e.SIP = &answer
}

// mayRegister: a phone that refuses the server sends it no password, and
// neither does the tool.
func (p *probe) mayRegister() bool {
	verdict := p.attempt.Evidence.Trust
	return verdict == nil || verdict.Connects == nil || *verdict.Connects
}

// survey finds out what a server that refuses the phone's offer would take.
// One that says nothing or no TLS is left alone.
func (p *probe) survey(ctx context.Context, hello *handshake.ClientHello) {
	e := &p.attempt.Evidence
	switch e.Outcome.Ending {
	case diagnosis.AlertReceived, diagnosis.AlertSent, diagnosis.Closed, diagnosis.Reset, diagnosis.Malformed, diagnosis.Unsupported:
	default:
		return
	}
	if len(e.Sent) > 0 && e.Outcome.Ending != diagnosis.Unsupported || hello == nil {
		return // the offer was taken; the handshake failed at something else
	}
	e.Survey = survey.Ask(ctx, survey.Question{Offer: hello, ServerName: p.serverName(), Dial: p.again})
}

// again opens another connection to the same server.
func (p *probe) again(ctx context.Context) (net.Conn, error) {
	return p.world.Dial(ctx, "tcp", p.address.String())
}

// nameUnsure reports whether it is only supposed that the phone sends the
// server's name, or does not.
func (p *probe) nameUnsure() bool {
	return slices.ContainsFunc(p.attempt.Evidence.Gaps, func(g offer.Gap) bool { return g.Fact == "tls.sni" })
}

// alternative asks the server again with its name in the ClientHello where the
// phone is only taken not to send it, or without it where it is only taken to.
// What is the same either way does not hang on that.
func (p *probe) alternative(ctx context.Context, hello *handshake.ClientHello) *diagnosis.Alternative {
	if hello == nil || !p.nameUnsure() {
		return nil
	}
	other, name := *hello.InTLSFormat(), "" // that of SSL 2.0 has no place for a name
	if hello.ServerName() == "" && hello.Extensions.Find(iana.ExtensionServerName) == nil {
		name = p.serverName()
		other.Extensions = append(handshake.Extensions{offer.ServerName(name)}, hello.Extensions...)
	} else {
		other.Extensions = slices.DeleteFunc(slices.Clone(hello.Extensions), func(e handshake.Extension) bool { return e.Type == iana.ExtensionServerName })
	}
	other.NoExtensions = len(other.Extensions) == 0
	taken, sent, err := survey.First(ctx, p.again, &other)
	if err != nil {
		return nil
	}
	return &diagnosis.Alternative{ServerName: name, Taken: taken, Sent: sent, Trust: p.trust(sent)}
}

// serverName is the name that clients of today would send; "" to an address.
func (p *probe) serverName() string {
	if p.request.ServerName != "" {
		return p.request.ServerName
	}
	return p.request.Target.ServerName()
}

var _ net.Conn = (*client.Conn)(nil)
