package web

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake/client"
)

// connect sees to it that there is a connection for a message. kept says that
// it has been used before, so that the phone may have ended it meanwhile.
func (c *Client) connect(ctx context.Context, m *message) (kept bool, failed *Error) {
	origin := m.url.Scheme + "://" + addressOf(m.url)
	if conn := c.conn; conn != nil && !m.changes && conn.origin == origin && (m.harmless() || conn.alive()) {
		return true, nil
	}
	c.hangUp()
	conn, failed := c.dial(ctx, m.url)
	if failed != nil {
		return false, failed
	}
	c.conn = newConnection(conn, origin)
	return false, nil
}

// addressOf is host and port of a URL.
func addressOf(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

func (c *Client) dial(ctx context.Context, u *url.URL) (net.Conn, *Error) {
	address := addressOf(u)
	conn, failed := c.reach(ctx, address)
	if failed != nil || u.Scheme != "https" {
		return conn, failed
	}
	secure, err := c.secure(ctx, conn, helloFor(u.Hostname()))
	if intolerant(err) && ctx.Err() == nil {
		conn.Close()
		if conn, failed = c.reach(ctx, address); failed != nil {
			return nil, failed
		}
		secure, err = c.secure(ctx, conn, plainHello())
	}
	if err != nil {
		conn.Close()
		return nil, unsecured(ctx, err)
	}
	if failed := c.judge(address, secure.State().ServerCertificates); failed != nil {
		secure.Close()
		return nil, failed
	}
	return secure, nil
}

// reach opens a connection.
func (c *Client) reach(ctx context.Context, address string) (net.Conn, *Error) {
	conn, err := c.config.Dial(ctx, "tcp", address)
	if err != nil {
		return nil, undialed(ctx, address, err)
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.local = conn.LocalAddr()
	return conn, nil
}

// judge asks the caller whether it is the phone that is meant.
func (c *Client) judge(address string, chain [][]byte) *Error {
	err := errors.New("nobody is there to judge the phone's certificate")
	if c.config.Accept != nil {
		err = c.config.Accept(address, chain)
	}
	if err == nil {
		return nil
	}
	return &Error{Kind: Distrusted, Detail: err.Error(), Err: err}
}

// intolerant reports whether a handshake ended as it does with servers that
// hang up on versions and extensions younger than they are, instead of leaving
// out what they do not know (RFC 5246, appendix E.1).
func intolerant(err error) bool {
	var e *client.Error
	if !errors.As(err, &e) || e.State.Version != 0 {
		return false
	}
	switch e.Kind {
	case client.Closed, client.Reset, client.AlertReceived:
		return true
	}
	return false
}

// named reports whether a host is a name and not an address: addresses are not
// sent as server_name (RFC 6066, section 3).
func named(host string) bool {
	_, err := netip.ParseAddr(host)
	return err != nil
}
