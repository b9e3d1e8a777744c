package sip

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"

	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// maxMessages is how many messages that answer something else are passed over.
const maxMessages = 100

// session is one connection and the identifiers that its requests share.
type session struct {
	Request
	conn    net.Conn
	local   string
	callID  string
	tag     string
	contact string
	number  int
}

func newSession(conn net.Conn, r Request) *session {
	s := &session{Request: r.filled(), conn: conn, local: "phonecert.invalid"}
	if addr := conn.LocalAddr(); addr != nil {
		if local, err := netip.ParseAddrPort(addr.String()); err == nil {
			s.local = netip.AddrPortFrom(local.Addr().Unmap().WithZone(""), local.Port()).String()
		}
	}
	s.callID, s.tag = s.token(16), s.token(8)
	s.contact = s.Scheme + ":" + escape(s.User) + "@" + s.local + s.transport()
	return s
}

func (s *session) token(bytes int) string {
	b := make([]byte, bytes)
	io.ReadFull(s.Random, b)
	return hex.EncodeToString(b)
}

// transport is the parameter that a sip address needs for TLS.
func (s *session) transport() string {
	if s.Scheme == "sip" {
		return ";transport=tls"
	}
	return ""
}

// target is the request's own address.
func (s *session) target() string {
	host := bracketed(s.Host)
	if s.Port != 0 {
		host = fmt.Sprintf("%s:%d", host, s.Port)
	}
	return s.Scheme + ":" + host + s.transport()
}

// address is that of the user.
func (s *session) address() string {
	return s.Scheme + ":" + escape(s.User) + "@" + bracketed(s.Host)
}

// do sends a request with some more header fields, and returns its final
// answer. Everything else that comes meanwhile is dealt with.
func (s *session) do(ctx context.Context, method string, more ...string) (*message, error) {
	defer wire.Bind(ctx, s.conn)()
	s.number++
	if _, err := io.WriteString(s.conn, s.request(method, more)); err != nil {
		return nil, err
	}
	for range maxMessages {
		m, err := readMessage(s.conn)
		if err != nil {
			return nil, err
		}
		if m.status == 0 {
			if err := s.answer(m); err != nil {
				return nil, err
			}
			continue
		}
		number, of := m.cseq()
		if m.status >= 200 && m.fields.First("call-id") == s.callID && number == s.number && of == method {
			return m, nil
		}
	}
	return nil, wire.ErrTooLarge
}

// request is the text of a request (RFC 3261 section 8.1.1; rport is that of
// RFC 3581).
func (s *session) request(method string, more []string) string {
	to := s.address()
	if method == "OPTIONS" {
		to = s.Scheme + ":" + bracketed(s.Host)
	}
	lines := append([]string{
		method + " " + s.target() + " " + version,
		"Via: " + version + "/TLS " + s.local + ";branch=z9hG4bK" + s.token(12) + ";rport",
		"Max-Forwards: 70",
		"From: <" + s.address() + ">;tag=" + s.tag,
		"To: <" + to + ">",
		"Call-ID: " + s.callID,
		fmt.Sprintf("CSeq: %d %s", s.number, method),
		"Contact: <" + s.contact + ">",
		"User-Agent: " + s.UserAgent,
	}, more...)
	return strings.Join(append(lines, "Content-Length: 0", "", ""), "\r\n")
}

// answer answers what the server asks of a phone: it is there, and can nothing
// else.
func (s *session) answer(m *message) error {
	if m.method == "ACK" {
		return nil
	}
	lines := []string{version + " 405 Method Not Allowed"}
	if m.method == "OPTIONS" {
		lines[0] = version + " 200 OK"
	}
	for _, via := range m.fields.All("via") {
		lines = append(lines, "Via: "+via)
	}
	to := m.fields.First("to")
	if !strings.Contains(to, ";tag=") {
		to += ";tag=" + s.tag
	}
	lines = append(lines, "From: "+m.fields.First("from"), "To: "+to, "Call-ID: "+m.fields.First("call-id"), "CSeq: "+m.fields.First("cseq"),
		"Allow: OPTIONS", "User-Agent: "+s.UserAgent, "Content-Length: 0", "", "")
	_, err := io.WriteString(s.conn, strings.Join(lines, "\r\n"))
	return err
}

func ending(ctx context.Context, err error) string {
	if errors.Is(err, errNotSIP) {
		return notSIP
	}
	return wire.Ending(ctx, err)
}

func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// escape makes a text fit for the user part of an address (RFC 3261 section
// 25.1). A percent sign stays: it escapes already.
func escape(user string) string {
	var b strings.Builder
	for _, c := range []byte(user) {
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', strings.IndexByte("-_.!~*'()&=+$,;?/%", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
