package handshake

import (
	"encoding/binary"
	"fmt"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// headerLength is that of a record (RFC 8446, section 5.1).
const headerLength = 5

// record is the header of one.
type record struct {
	kind    ContentType
	version iana.ProtocolVersion
	length  int
}

// parseHeader reads a record's header; false if it is none.
func parseHeader(b []byte) (record, bool) {
	r := record{ContentType(b[0]), iana.ProtocolVersion(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))}
	return r, r.kind >= ContentChangeCipherSpec && r.kind <= ContentHeartbeat && b[1] == 3 && b[2] <= 4
}

// read takes one record, or a part of one, off b.
func (d *Decoder) read(h *half, b []byte) []byte {
	if h.skip > 0 {
		n := min(h.skip, len(b))
		if h.skip -= n; h.skip == 0 {
			d.unopened(h)
		}
		return b[n:]
	}
	if len(h.buffer) == 0 {
		h.start = h.offset
	}
	if len(h.buffer) == 0 && len(b) >= headerLength { // the usual case, without a copy
		rest, done := d.whole(h, b)
		if done {
			return rest
		}
		b = rest
	}
	if len(h.buffer) < headerLength {
		b = h.take(b, headerLength)
		if len(h.buffer) < headerLength {
			return b
		}
		if !d.header(h, h.buffer) {
			return b
		}
		if h.skip > 0 || h.record.length == 0 {
			h.buffer = h.buffer[:0]
			if h.skip == 0 {
				d.content(h, nil)
			}
			return b
		}
	}
	b = h.take(b, headerLength+h.record.length)
	if len(h.buffer) == headerLength+h.record.length {
		body := h.buffer[headerLength:]
		h.buffer = h.buffer[:0]
		d.content(h, body)
	}
	return b
}

// whole reads a record that lies in b as a whole. It is not done when only the
// beginning does.
func (d *Decoder) whole(h *half, b []byte) (rest []byte, done bool) {
	if r, ok := parseHeader(b); ok && len(b) < headerLength+r.length {
		return b, false
	}
	if !d.header(h, b[:headerLength]) {
		return b[headerLength:], true
	}
	end := headerLength + h.record.length
	if h.skip > 0 {
		h.skip = 0
		d.unopened(h)
	} else {
		d.content(h, b[headerLength:end])
	}
	return b[end:], true
}

// take moves bytes from b to the buffer until that holds n.
func (h *half) take(b []byte, n int) []byte {
	n = min(n-len(h.buffer), len(b))
	h.buffer = append(h.buffer, b[:n]...)
	return b[n:]
}

// header looks at a record's header. It returns false when there is none and
// the rest of the stream cannot be read.
func (d *Decoder) header(h *half, b []byte) bool {
	r, ok := parseHeader(b)
	if !ok {
		d.streamProblem(h, h.start, fmt.Sprintf("no record begins here but % X", b))
		h.mode = foreign
		h.buffer = append(h.buffer[:0], b...)
		return false
	}
	h.record, h.version = r, r.version
	if r.length > maxFragment {
		d.problem(Problem{"record", "RFC 5246, section 6.2.3", h.start,
			fmt.Sprintf("%s: a record of %d bytes, more than %d", h.direction, r.length, maxFragment)})
	}
	h.skip = 0
	if r.kind == ContentApplicationData && !h.protection.ready() {
		h.skip = r.length
	}
	return true
}

// content handles what a record carries.
func (d *Decoder) content(h *half, body []byte) {
	if d.protected(h, body) {
		d.unprotect(h, body)
		return
	}
	if h.record.kind != ContentHandshake && len(h.message) > 0 && h.record.kind != ContentAlert {
		d.flush(h, fmt.Sprintf("a record of %s comes before its end", h.record.kind))
	}
	d.plain(h, h.record.kind, body, false)
}

// plain handles content that can be read; opened says that it was protected.
func (d *Decoder) plain(h *half, kind ContentType, body []byte, opened bool) {
	switch kind {
	case ContentHandshake:
		d.join(h, body, opened)
	case ContentAlert:
		d.alerts(h, body, opened)
	case ContentChangeCipherSpec:
		d.changeCipherSpec(h, body, opened)
	case ContentApplicationData:
		d.applicationData(h, body, opened)
	default:
		name := "Heartbeat"
		if kind != ContentHeartbeat {
			name = fmt.Sprintf("ContentType(%d)", kind)
		}
		d.add(h, Entry{ContentType: kind, Name: name, Length: len(body), Encrypted: opened, Decrypted: opened})
	}
}

// protected reports whether the record at hand is. In TLS 1.3 all protected
// records pose as application data (RFC 8446, section 5.2) and
// ChangeCipherSpec says nothing (appendix D.4).
func (d *Decoder) protected(h *half, body []byte) bool {
	switch {
	case h.record.kind == ContentApplicationData:
		return true
	case d.session.version >= iana.TLS13:
		return false
	case h.record.kind == ContentAlert && len(body) == 2:
		return false // too short for a protected one
	case h.record.kind == ContentAlert && len(body) > 2 && h.gap:
		// ChangeCipherSpec may be among what is missing. Several alerts in one
		// record are far rarer than one that is protected.
		return true
	case d.session.version == 0 && len(body) > messageHeader && body[0] == typeClientHello && messageHeader+messageLength(body) == len(body):
		// The server's side was not seen, and this answers its
		// HelloRetryRequest: in TLS 1.3 ChangeCipherSpec comes before it.
		return false
	}
	return h.changed
}

// unopened enters a protected record of which only the length is known.
func (d *Decoder) unopened(h *half) {
	e := Entry{ContentType: h.record.kind, Length: h.record.length, Encrypted: true}
	switch h.record.kind {
	case ContentHandshake:
		// RFC 5246, section 7.4.9: Finished is sent immediately after
		// ChangeCipherSpec.
		if e.Name = "EncryptedHandshakeMessage"; h.finishedDue {
			e.Name, h.finishedDue = "Finished", false
		}
	case ContentAlert:
		e.Name = "Alert"
	case ContentChangeCipherSpec:
		e.Name, h.finishedDue = "ChangeCipherSpec", true
	case ContentApplicationData:
		e.Name = "ApplicationData"
	default:
		e.Name = "Heartbeat"
	}
	d.add(h, e)
}

// cutRecord enters a record of which the stream holds only the beginning.
func (d *Decoder) cutRecord(h *half) {
	seen := h.offset - h.start
	reason := fmt.Sprintf("%s: the stream ends after %d bytes of a record's header", h.direction, seen)
	if seen >= headerLength {
		reason = fmt.Sprintf("%s: the stream ends after %d of the %d bytes of a record of %s", h.direction, seen, headerLength+h.record.length, h.record.kind)
	}
	d.problem(Problem{"record", "RFC 8446, section 5.1", h.start, reason})
	if h.record.kind == ContentHandshake && len(h.buffer) > headerLength && !d.protected(h, h.buffer[headerLength:]) {
		d.join(h, h.buffer[headerLength:], false)
	}
}
