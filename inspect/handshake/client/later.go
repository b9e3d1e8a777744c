package client

import (
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

const (
	// maxLater is the longest message after the handshake: a ticket of 65535
	// bytes and what stands around it.
	maxLater = 1 << 17
	// maxRefused is how often the server may ask to begin anew.
	maxRefused = 8
)

// later handles messages that come after the handshake.
func (c *Conn) later(body []byte) error {
	if len(body) == 0 {
		return c.idling("an empty record")
	}
	c.fragment = append(c.fragment, body...)
	for len(c.fragment) >= handshakeHeader {
		b := c.fragment
		n := handshakeHeader + int(b[1])<<16 + int(b[2])<<8 + int(b[3])
		if n > maxLater {
			return tooLarge("a message of %d bytes came after the handshake, more than %d", n, maxLater)
		}
		if len(b) < n {
			return nil
		}
		last := n == len(b)
		if err := c.handle(b[:n], last); err != nil {
			return err
		}
		c.fragment = append(c.fragment[:0], b[n:]...)
	}
	return nil
}

// handle handles one; last says that it ends its record.
func (c *Conn) handle(raw []byte, last bool) error {
	name, m, problems := handshake.ParseMessage(raw, c.version, c.state.CipherSuite)
	if len(problems) > 0 {
		return malformed(iana.AlertDecodeError, "%s", problems[0].Error())
	}
	tls13 := c.version >= iana.TLS13
	switch m := m.(type) {
	case *handshake.NewSessionTicket:
		if tls13 {
			return c.idling(name)
		}
	case *handshake.CertificateRequest:
		if c.post != nil {
			return c.post.authenticate(m, raw)
		}
	case *handshake.KeyUpdate:
		if tls13 {
			return c.updateKeys(m, last)
		}
	case *handshake.Empty:
		if raw[0] == typeHelloRequest && !tls13 {
			return c.refuse()
		}
	}
	return malformed(iana.AlertUnexpectedMessage, "data was awaited, and %s came", name)
}

// refuse answers a request to begin anew (RFC 5246, section 7.2.2).
func (c *Conn) refuse() error {
	if c.refused++; c.refused > maxRefused {
		return tooLarge("the server asked %d times to begin anew", c.refused)
	}
	return c.sendAlert(handshake.AlertWarning, iana.AlertNoRenegotiation)
}

// authenticate answers a request that comes after the handshake. Each stands on the
// handshake alone (RFC 8446, section 4.6.2).
func (h *handshaker) authenticate(request *handshake.CertificateRequest, raw []byte) error {
	if h.refused++; h.refused > maxRefused {
		return tooLarge("the server asked %d times for a certificate", h.refused)
	}
	h.noteRequest(request)
	h.writing.Lock()
	defer h.writing.Unlock()
	if h.writeEnded != nil {
		return h.writeEnded
	}
	whole := len(h.messages)
	defer func() { h.messages = h.messages[:whole] }()
	h.messages = append(h.messages, raw...)
	out, err := h.certificate13(nil, request)
	if err == nil {
		out, err = h.add(out, typeFinished, cipherspec.Finished13(h.state.CipherSuite, h.traffic.client, h.messages))
	}
	if err == nil {
		err = h.send(out)
	}
	h.writeEnded = err
	return err
}

// updateKeys goes on to the next keys (RFC 8446, section 4.6.3).
func (c *Conn) updateKeys(m *handshake.KeyUpdate, last bool) error {
	if !last {
		return malformed(iana.AlertUnexpectedMessage, "more follows KeyUpdate under the keys that end with it")
	}
	suite := c.state.CipherSuite
	c.traffic.server = cipherspec.Update(suite, c.traffic.server)
	c.opener, c.opened = cipherspec.Opener13(suite, c.traffic.server), 0
	if err := c.idling("KeyUpdate"); err != nil || !m.UpdateRequested {
		return err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.putLocked(nil, handshake.ContentHandshake, []byte{typeKeyUpdate, 0, 0, 1, 0}); err != nil {
		return err
	}
	c.traffic.client = cipherspec.Update(suite, c.traffic.client)
	c.sealer, c.sealed = cipherspec.Sealer13(suite, c.traffic.client), 0
	return nil
}
