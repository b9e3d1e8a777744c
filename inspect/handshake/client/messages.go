package client

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// next returns the next message with its header, or nil for ChangeCipherSpec
// where changes says that it may come.
func (h *handshaker) next(awaited string, changes bool) ([]byte, error) {
	for {
		raw, err := h.message()
		if raw != nil || err != nil {
			return raw, err
		}
		kind, body, err := h.read(awaited)
		if err != nil {
			return nil, err
		}
		switch {
		case kind == handshake.ContentHandshake && len(body) > 0:
			h.fragment = append(h.fragment, body...)
			continue
		case kind == handshake.ContentAlert:
			err = h.alert(body, awaited)
		case kind == handshake.ContentChangeCipherSpec && h.state.Version >= iana.TLS13:
			err = h.idling("ChangeCipherSpec") // RFC 8446, appendix D.4: it says nothing
		case kind == handshake.ContentChangeCipherSpec && changes && len(h.fragment) == 0:
			if len(body) != 1 || body[0] != 1 {
				return nil, malformed(iana.AlertDecodeError, "ChangeCipherSpec is not the one byte 1")
			}
			return nil, nil
		case kind == handshake.ContentChangeCipherSpec && h.resumes():
			return nil, unsupported("the server goes on with an earlier session of the phone, whose secret only the phone has")
		case kind == handshake.ContentHeartbeat && h.heartbeat:
			err = h.idling("a heartbeat")
		case len(body) == 0 && kind == handshake.ContentHandshake:
			err = h.idling("an empty record")
		default:
			return nil, malformed(iana.AlertUnexpectedMessage, "%s was awaited, and %s came", awaited, kind)
		}
		if err != nil {
			return nil, err
		}
	}
}

// message takes the next message off what came; nil while it is not complete.
// HelloRequest is ignored while a handshake runs, and Finished does not cover
// it (RFC 5246, section 7.4.1.1).
func (h *handshaker) message() ([]byte, error) {
	for {
		raw, err := h.whole()
		if raw == nil || raw[0] != typeHelloRequest || h.state.Version >= iana.TLS13 {
			return raw, err
		}
		if err := h.idling("HelloRequest"); err != nil {
			return nil, err
		}
	}
}

// resumes reports whether the client offered an earlier session and the server
// shows no certificate.
func (h *handshaker) resumes() bool {
	ticket := h.offer.Extensions.Find(iana.ExtensionSessionTicket)
	return h.state.ServerCertificates == nil && (len(h.offer.SessionID) > 0 || ticket != nil && len(ticket.Data) > 0)
}

// whole takes a message off fragment; nil while it is not complete.
func (h *handshaker) whole() ([]byte, error) {
	b := h.fragment
	if len(b) < handshakeHeader {
		return nil, nil
	}
	n := handshakeHeader + int(b[1])<<16 + int(b[2])<<8 + int(b[3])
	if n > h.MaxHandshakeBytes {
		name, _, _ := handshake.ParseMessage(b[:handshakeHeader], h.state.Version, h.state.CipherSuite)
		return nil, tooLarge("%s has %d bytes, more than the %d that the handshake may have", name, n, h.MaxHandshakeBytes)
	}
	if len(b) < n {
		return nil, nil
	}
	raw := slices.Clone(b[:n])
	h.fragment = append(h.fragment[:0], b[n:]...)
	return raw, nil
}

// expect reads a message of a certain type and adds it to those that Finished
// covers.
func expect[T handshake.Message](h *handshaker, awaited string) (m T, raw []byte, err error) {
	raw, err = h.next(awaited, false)
	if err != nil {
		return m, nil, err
	}
	m, err = decode[T](h, awaited, raw)
	h.messages = append(h.messages, raw...)
	return m, raw, err
}

// decode reads a message of a certain type, strictly.
func decode[T handshake.Message](h *handshaker, awaited string, raw []byte) (m T, err error) {
	name, decoded, problems := handshake.ParseMessage(raw, h.state.Version, h.state.CipherSuite)
	m, ok := decoded.(T)
	if !ok {
		return m, malformed(iana.AlertUnexpectedMessage, "%s was awaited, and %s came", awaited, name)
	}
	if len(problems) > 0 {
		return m, malformed(iana.AlertDecodeError, "%s", problems[0].Error())
	}
	h.idle = 0
	return m, nil
}

// boundary is where keys change: no message may reach over it.
func (h *handshaker) boundary(after string) error {
	if len(h.fragment) > 0 {
		return malformed(iana.AlertUnexpectedMessage, "more follows %s under the keys that end with it", after)
	}
	return nil
}
