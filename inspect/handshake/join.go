package handshake

import (
	"bytes"
	"fmt"
)

// messageHeader is the length of a handshake message's header.
const messageHeader = 4

func messageLength(b []byte) int { return int(b[1])<<16 | int(b[2])<<8 | int(b[3]) }

// join finds the messages in the content of handshake records: several in one,
// or one in several.
func (d *Decoder) join(h *half, b []byte, opened bool) {
	if h.gap && !opened && len(h.message) == 0 && !plausible(b) {
		// After lost bytes it is not known whether keys have changed.
		d.unopened(h)
		return
	}
	for len(b) > 0 {
		if h.skipped > 0 {
			n := min(h.skipped, len(b))
			b = b[n:]
			if h.skipped -= n; h.skipped == 0 {
				d.oversize(h, opened)
			}
			continue
		}
		if len(h.message) == 0 && len(b) >= messageHeader {
			if n := messageHeader + messageLength(b); n <= len(b) && n <= MaxMessage {
				d.message(h, b[:n], opened, "")
				b = b[n:]
				continue
			}
		}
		b = d.gather(h, b, opened)
	}
}

// gather adds to a message that is not complete.
func (d *Decoder) gather(h *half, b []byte, opened bool) []byte {
	want := messageHeader
	if len(h.message) >= messageHeader {
		want += messageLength(h.message)
	}
	n := min(want-len(h.message), len(b))
	h.message = append(h.message, b[:n]...)
	if len(h.message) < messageHeader {
		return b[n:]
	}
	switch length := messageHeader + messageLength(h.message); {
	case length > MaxMessage:
		h.skipped = length - messageHeader
	case length == len(h.message):
		message := h.message
		h.message = h.message[:0]
		d.message(h, message, opened, "")
	}
	return b[n:]
}

// plausible reports whether a handshake message can begin so.
func plausible(b []byte) bool {
	if len(b) < messageHeader || messageLength(b) > MaxMessage {
		return false
	}
	_, _, m := messageOf(b[0], 0)
	_, unknown := m.(*unknownMessage)
	return !unknown
}

// oversize enters a message that is longer than MaxMessage.
func (d *Decoder) oversize(h *half, opened bool) {
	header := h.message[:messageHeader]
	h.message = h.message[:0]
	name, section, _ := messageOf(header[0], d.session.version)
	length := messageHeader + messageLength(header)
	d.add(h, Entry{ContentType: ContentHandshake, Name: name, Length: length, Encrypted: opened, Decrypted: opened,
		Problems: []Problem{{name, section, 1, fmt.Sprintf("the message is %d bytes long; more than %d are not decoded", length, MaxMessage)}}})
}

// message decodes a handshake message, whole or, with the reason why, cut off.
func (d *Decoder) message(h *half, b []byte, opened bool, cut string) {
	e := Entry{ContentType: ContentHandshake, Length: len(b), Encrypted: opened, Decrypted: opened, Cut: cut != ""}
	if d.kept+len(b) > MaxKept || d.messages >= MaxEntries {
		name, section, _ := messageOf(b[0], d.session.version)
		e.Name = name
		e.Problems = []Problem{{name, section, 0, fmt.Sprintf("not decoded: the messages before it take up the %d bytes that are kept of a connection", MaxKept)}}
		d.add(h, e)
		return
	}
	d.kept += len(b)
	e.Raw = bytes.Clone(b)
	version := d.session.version
	if version == 0 { // no ServerHello was seen
		version = h.record.version
	}
	e.Name, e.Fields, e.Problems = parseMessage(e.Raw, version, d.session.suite)
	if cut != "" && len(e.Problems) == 0 {
		e.Problems = []Problem{{e.Name, "RFC 8446, section 4", int64(len(b)), cut}}
	}
	d.add(h, e)
	if !e.Cut {
		d.learn(h, e, opened)
	}
}

// flush enters the message that h has only a part of.
func (d *Decoder) flush(h *half, reason string) {
	if h.skipped > 0 {
		h.skipped = 0
		d.oversize(h, h.protection.ready())
	}
	if len(h.message) > 0 {
		message := h.message
		h.message = h.message[:0]
		d.message(h, message, h.protection.ready(), reason)
	}
	if len(h.alert) > 0 {
		alert := h.alert
		h.alert = nil
		d.enterAlert(h, alert, h.protection.ready())
	}
}
