package registrar

import (
	"context"
	"crypto/tls"
	"fmt"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/listen/uas"
	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// handshakeTime is how long a client may take for its handshake.
const handshakeTime = 15 * time.Second

// connection is one client.
type connection struct {
	*Registrar
	raw    *watched
	number int64

	tls *tls.Conn
}

// serve keeps a connection until one of both hangs up.
func (c *connection) serve() {
	defer c.raw.Close()
	defer context.AfterFunc(c.ctx, func() { c.raw.Close() })()
	c.log(Event{Kind: Connected, Text: "connected"})
	if !c.handshake() {
		return
	}
	c.log(c.converse())
	// It sends the close_notify, for which crypto/tls waits five seconds at most.
	c.tls.Close()
}

// handshake reports whether it was done.
func (c *connection) handshake() bool {
	var hello *tls.ClientHelloInfo
	config := c.Registrar.tls.Clone()
	config.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		hello = h
		return nil, nil
	}
	c.tls = tls.Server(c.raw, config)
	c.raw.SetDeadline(time.Now().Add(handshakeTime))
	if err := c.tls.HandshakeContext(c.ctx); err != nil {
		c.log(c.refused(err, hello))
		return false
	}
	state := c.tls.ConnectionState()
	e := Event{
		Kind: Handshake, Version: tls.VersionName(state.Version), CipherSuite: iana.CipherSuite(state.CipherSuite).String(),
		ServerName: wire.Clean(state.ServerName),
	}
	e.Text = e.Version + ", " + e.CipherSuite
	if e.ServerName != "" {
		e.Text += ", asks for " + e.ServerName
	}
	switch {
	case len(state.PeerCertificates) > 0:
		e.ClientCertificate = wire.Clean(state.PeerCertificates[0].Subject.String())
		e.Text += fmt.Sprintf(", shows the certificate %q", e.ClientCertificate)
	case c.config.ClientAuth != None:
		e.Text += ", shows no certificate"
	}
	c.log(e)
	return true
}

// converse answers requests until the end, and says who ended it and why.
func (c *connection) converse() Event {
	return c.ended(c.sip.Serve(c.ctx, c.tls, func(x uas.Exchange) {
		c.log(Event{
			Kind: Answered, Method: x.Method, User: x.User, AuthUser: x.AuthUser, UserAgent: x.UserAgent,
			Status: x.Status, Contacts: x.Contacts, Expires: x.Expires, Text: x.Text,
		})
	}))
}
