package registrar

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// How long a client may take.
const (
	handshakeTime = 15 * time.Second
	messageTime   = 30 * time.Second
	writeTime     = 10 * time.Second
	defaultIdle   = 2 * time.Minute
)

// connection is one client.
type connection struct {
	*Registrar
	raw    *watched
	number int64

	tls *tls.Conn
	// registered is the longest time of a binding that came this way.
	registered time.Duration
	// faults counts the malformed requests in a row.
	faults int
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
	in := bufio.NewReaderSize(c.tls, maxLine)
	for {
		q, err := c.next(in)
		if err == nil {
			err = c.reply(q, c.answer(q))
		}
		if err != nil {
			return c.ended(err)
		}
	}
}

// next reads a request, with a deadline for the wait and one for the message.
func (c *connection) next(in *bufio.Reader) (*request, error) {
	c.wait()
	if err := skipKeepAlives(in, c.pong); err != nil {
		return nil, err
	}
	c.raw.SetDeadline(time.Now().Add(messageTime))
	return readRequest(in)
}

// wait begins the time that a client may say nothing. The deadline is for writes
// too, for crypto/tls may answer a message of its own.
func (c *connection) wait() { c.raw.SetDeadline(time.Now().Add(c.config.Idle + c.registered)) }

// pong answers a keep-alive (RFC 5626, section 4.4.1).
func (c *connection) pong() error {
	defer c.wait()
	return c.write("\r\n")
}

func (c *connection) write(text string) error {
	c.raw.SetWriteDeadline(time.Now().Add(writeTime))
	_, err := io.WriteString(c.tls, text)
	return err
}
