package listen

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"time"

	"github.com/phonecert/phonecert/inspect/capture"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/files"
	"github.com/phonecert/phonecert/inspect/listen/uas"
)

// connection is one phone on the line.
type connection struct {
	*Server
	*tap
	number         int64
	scheme         Scheme
	client, server netip.AddrPort
	start          time.Time

	secure secured
	// shown is the chain that was chosen at the ClientHello, nil before.
	shown *shown
	state *tls.ConnectionState
	// objection is why the handshake failed, in the words of who did it.
	objection error
	requests  []Request
	timer     *time.Timer
	userAgent string
}

// shown is a chain, and the phone that it is shown to.
type shown struct {
	variant chain.Variant
	phone   netip.Addr
}

func (s *Server) newConnection(raw net.Conn, number int64, scheme Scheme) *connection {
	c := &connection{Server: s, number: number, scheme: scheme, client: endOf(raw.RemoteAddr()), server: endOf(raw.LocalAddr()), start: s.config.Now()}
	live := s.tracer.Live(&capture.Flow{Client: c.client, Server: c.server, Start: c.start, Established: c.start, Answered: true})
	c.tap = &tap{Conn: raw, now: s.config.Now, record: s.config.Record, live: live}
	return c
}

func endOf(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	end := tcp.AddrPort()
	return netip.AddrPortFrom(end.Addr().Unmap(), end.Port())
}

// serve keeps the connection until one of both hangs up.
func (c *connection) serve() {
	defer c.tap.Close()
	defer context.AfterFunc(c.ctx, c.interrupt)()
	if c.shakeHands() {
		c.answer()
		c.secure.CloseWrite()
	}
	c.hangUp(c.patience())
}

// interrupt makes what waits return, and breaks off what does not soon.
func (c *connection) interrupt() {
	c.stop()
	c.tap.SetDeadline(time.Unix(1, 0))
	time.AfterFunc(closeTime, func() { c.tap.Close() })
}

// patience is how long the phone may take for its last word: none when the
// listener stops.
func (c *connection) patience() time.Duration {
	if c.ctx.Err() != nil {
		return 0
	}
	return lingerTime
}

// shakeHands reports whether the handshake was done.
func (c *connection) shakeHands() bool {
	config := c.tls.Clone()
	config.KeyLogWriter = keyLog{c.live, c.keys}
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		c.choose()
		return nil, nil
	}
	config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return c.certificates[c.shown.variant], nil
	}
	c.tap.SetDeadline(time.Now().Add(c.config.HandshakeTime))
	if c.ctx.Err() != nil { // whose deadline this one may have replaced
		return false
	}
	c.secure = c.secureBy(config)
	if c.objection = c.secure.Handshake(); c.objection != nil {
		return false
	}
	c.shaken()
	c.tap.SetDeadline(time.Time{})
	state := c.secure.ConnectionState()
	c.state = &state
	return true
}

// keyLog takes the secrets of a connection, for its transcript and for whoever
// asked for them.
type keyLog struct{ own, all io.Writer }

func (k keyLog) Write(line []byte) (int, error) {
	k.own.Write(line)
	k.all.Write(line)
	return len(line), nil
}

// answer speaks what is spoken inside TLS until the connection ends.
func (c *connection) answer() {
	lasts, pause := maxLifetime, c.hold()
	if pause > 0 {
		lasts = max(callTime, pause)
	}
	ctx, cancel := context.WithTimeout(c.ctx, lasts)
	defer cancel()
	told := func(r Request, userAgent string) {
		if len(c.requests) < MaxRequests {
			c.requests = append(c.requests, r)
		}
		if c.userAgent == "" {
			c.userAgent = userAgent
		}
		if pause > 0 {
			c.wait(pause, cancel)
		}
	}
	c.ended(c.converse(ctx, told), pause > 0)
}

// hold is how long after its last answer the phone is hung up on; 0 for never.
func (c *connection) hold() time.Duration {
	if c.config.HangUp == 0 && c.survey.goesOn(c.shown) {
		return callPause
	}
	return c.config.HangUp
}

// wait begins the pause anew.
func (c *connection) wait(pause time.Duration, over func()) {
	if c.timer == nil {
		c.timer = time.AfterFunc(pause, over)
		return
	}
	c.timer.Reset(pause)
}

// converse answers by the door's scheme until the end, and returns why it came.
func (c *connection) converse(ctx context.Context, told func(Request, string)) error {
	if c.scheme == HTTPS {
		return files.Serve(ctx, c.secure, c.config.Files, func(x files.Exchange) {
			told(Request{Method: x.Method, About: x.Path, Status: x.Status, Text: x.Text}, x.UserAgent)
		})
	}
	return c.sip.Serve(ctx, c.secure, func(x uas.Exchange) {
		told(Request{Method: x.Method, About: x.User, Status: x.Status, Text: x.Text}, x.UserAgent)
	})
}

// ended notes why nothing more was answered.
func (c *connection) ended(err error, ours bool) {
	c.tap.mutex.Lock()
	defer c.tap.mutex.Unlock()
	var phone *uas.Limited
	var browser *files.Limited
	switch {
	case errors.As(err, &phone):
		c.reach(phone.Limit)
	case errors.As(err, &browser):
		c.reach(browser.Limit)
	case errors.Is(err, context.DeadlineExceeded) && !ours:
		c.reach(limitLifetime)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // close_notify says so before the FIN
		c.end(capture.FIN)
	}
}
