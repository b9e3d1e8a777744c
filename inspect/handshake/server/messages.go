package server

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// next returns the next message with its header. It returns nil for what is no
// message and says which kind came: ChangeCipherSpec, or the alert with which SSL
// 3.0 says that there is no certificate.
func (h *handshaker) next(awaited string) (raw []byte, kind handshake.ContentType, err error) {
	for {
		if raw := h.whole(); raw != nil {
			return raw, handshake.ContentHandshake, nil
		}
		kind, body, err := h.read(awaited)
		if err != nil {
			return nil, 0, err
		}
		switch {
		case kind == handshake.ContentHandshake && len(body) > 0:
			h.fragment = append(h.fragment, body...)
			continue
		case kind == handshake.ContentHandshake:
			err = h.idling("an empty record")
		case kind == handshake.ContentAlert && h.version == iana.SSL30 && slices.Equal(body, []byte{byte(handshake.AlertWarning), byte(iana.AlertNoCertificate)}) && len(h.fragment) == 0:
			return nil, kind, h.idling("a warning")
		case kind == handshake.ContentAlert:
			err = h.alert(body)
		case kind == handshake.ContentChangeCipherSpec && len(h.fragment) == 0 && slices.Equal(body, []byte{1}):
			return nil, kind, nil
		default:
			err = failure(iana.AlertUnexpectedMessage, "%s was awaited, and %s came", awaited, kind)
		}
		if err != nil {
			return nil, 0, err
		}
	}
}

// whole takes a message off what came; nil while it is not complete. It cannot be
// longer than what a client may send at all.
func (h *handshaker) whole() []byte {
	b := h.fragment
	if len(b) < messageHeader {
		return nil
	}
	n := messageHeader + int(b[1])<<16 + int(b[2])<<8 + int(b[3])
	if len(b) < n {
		return nil
	}
	h.fragment = b[n:]
	return b[:n:n]
}

// expect reads a message of a certain type, strictly, and adds it to those that
// Finished covers.
func expect[T handshake.Message](h *handshaker, awaited string) (m T, err error) {
	raw, kind, err := h.next(awaited)
	if err != nil {
		return m, err
	}
	if raw == nil {
		return m, failure(iana.AlertUnexpectedMessage, "%s was awaited, and %s came", awaited, kind)
	}
	return decode[T](h, awaited, raw)
}

func decode[T handshake.Message](h *handshaker, awaited string, raw []byte) (m T, err error) {
	name, decoded, problems := handshake.ParseMessage(raw, h.version, h.suite)
	m, ok := decoded.(T)
	if !ok {
		return m, failure(iana.AlertUnexpectedMessage, "%s was awaited, and %s came", awaited, name)
	}
	if len(problems) > 0 {
		return m, failure(iana.AlertDecodeError, "%s", problems[0].Error())
	}
	h.messages, h.idle = append(h.messages, raw...), 0
	return m, nil
}

// changeCipherSpec reads that message; SSL 3.0 may have warned before it that it
// has no certificate, though nobody asked.
func (h *handshaker) changeCipherSpec() error {
	for {
		raw, kind, err := h.next("ChangeCipherSpec")
		switch {
		case err != nil:
			return err
		case kind == handshake.ContentChangeCipherSpec:
			return nil
		case raw != nil:
			name, _, _ := handshake.ParseMessage(raw, h.version, h.suite)
			return failure(iana.AlertUnexpectedMessage, "ChangeCipherSpec was awaited, and %s came", name)
		}
	}
}
