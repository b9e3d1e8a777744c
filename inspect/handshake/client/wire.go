package client

import (
	"encoding/binary"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

const (
	headerLength = 5
	// maxFragment is the longest content of a protected record (RFC 5246,
	// section 6.2.3).
	maxFragment = cipherspec.MaxContent + 2048
	// maxIdle is how many records in a row may bring nothing: empty ones,
	// warnings, requests to begin anew.
	maxIdle = 32
)

// wire sends and receives records.
type wire struct {
	conn    net.Conn
	observe func(handshake.Direction, time.Time, []byte)
	now     func() time.Time
	limit   int // of received, 0 for none
	version iana.ProtocolVersion

	observing sync.Mutex

	// of the reading side
	buffer   []byte    // what came
	used     int       // of buffer: the record at hand
	arrived  time.Time // when that did
	pending  bool      // it was not observed yet
	received int
	idle     int
	opener   cipherspec.Opener
	opened   uint64
	scratch  []byte

	// of the writing side
	writing sync.Mutex
	sealer  cipherspec.Sealer
	sealed  uint64
	// atMost is the longest content of a record that the server takes, 0 for what
	// every one does.
	atMost int
}

func (w *wire) see(direction handshake.Direction, at time.Time, b []byte) {
	if w.observe == nil || len(b) == 0 {
		return
	}
	w.observing.Lock()
	defer w.observing.Unlock()
	w.observe(direction, at, b)
}

// settle observes the record at hand, which has been handled.
func (w *wire) settle() {
	if w.pending {
		w.see(handshake.ServerToClient, w.arrived, w.buffer[:w.used])
		w.pending = false
	}
}

// leftOver observes what came after the record at hand.
func (w *wire) leftOver() {
	w.see(handshake.ServerToClient, w.now(), w.buffer[w.used:])
	w.buffer, w.used = nil, 0
}

// fill reads until the buffer holds n bytes.
func (w *wire) fill(n int) error {
	if cap(w.buffer) < n {
		grown := make([]byte, len(w.buffer), max(n, 4096))
		copy(grown, w.buffer)
		w.buffer = grown
	}
	for len(w.buffer) < n {
		got, err := w.conn.Read(w.buffer[len(w.buffer):cap(w.buffer)])
		w.buffer = w.buffer[:len(w.buffer)+got]
		if err != nil && len(w.buffer) < n {
			return err
		}
	}
	return nil
}

// read returns the content of the next record, which is good until the one
// after it. awaited is told when none comes.
func (w *wire) read(awaited string) (handshake.ContentType, []byte, error) {
	w.settle()
	w.buffer = append(w.buffer[:0], w.buffer[w.used:]...)
	w.used = 0
	if err := w.fill(headerLength); err != nil {
		return 0, nil, broken(err, w.missing(awaited))
	}
	b := w.buffer
	h := cipherspec.Header{Type: b[0], Version: iana.ProtocolVersion(binary.BigEndian.Uint16(b[1:])), Length: int(binary.BigEndian.Uint16(b[3:]))}
	if kind := handshake.ContentType(h.Type); kind < handshake.ContentChangeCipherSpec || kind > handshake.ContentHeartbeat || b[1] != 3 {
		if w.received == 0 {
			return 0, nil, &Error{Kind: NotTLS, Detail: fmt.Sprintf("%s was awaited, and what came begins with % X", awaited, b[:headerLength])}
		}
		return 0, nil, malformed(iana.AlertDecodeError, "%s was awaited, and no record begins where % X came", awaited, b[:headerLength])
	}
	if h.Length > maxFragment {
		return 0, nil, malformed(iana.AlertRecordOverflow, "a record of %d bytes came, more than %d", h.Length, maxFragment)
	}
	if w.received += headerLength + h.Length; w.limit > 0 && w.received > w.limit {
		return 0, nil, tooLarge("%s was awaited, and more than %d bytes came before the handshake was done", awaited, w.limit)
	}
	if err := w.fill(headerLength + h.Length); err != nil {
		w.received -= headerLength + h.Length
		return 0, nil, broken(err, w.missing(awaited))
	}
	w.used, w.arrived, w.pending = headerLength+h.Length, w.now(), true
	return w.open(h, w.buffer[headerLength:w.used])
}

func (w *wire) missing(awaited string) string {
	switch {
	case len(w.buffer) > 0:
		return fmt.Sprintf("%s was awaited, and %d bytes of a record came", awaited, len(w.buffer))
	case w.received == 0:
		return awaited + " was awaited, and nothing came"
	}
	return awaited + " was awaited"
}

// open takes the protection off a record.
func (w *wire) open(h cipherspec.Header, body []byte) (handshake.ContentType, []byte, error) {
	kind := handshake.ContentType(h.Type)
	if w.opener != nil && !w.bare(kind) {
		content, ok := w.opener(w.scratch[:0], w.opened, h, body)
		if !ok {
			return 0, nil, malformed(iana.AlertBadRecordMAC, "protected record %d is not authentic: it was changed on the way, or the server derived other keys", w.opened+1)
		}
		w.opened++
		w.scratch, body = content, content
		if w.version >= iana.TLS13 {
			if kind, body = inner(content); body == nil {
				return 0, nil, malformed(iana.AlertUnexpectedMessage, "a record came that holds nothing but padding")
			}
		}
	}
	if len(body) > cipherspec.MaxContent {
		return 0, nil, malformed(iana.AlertRecordOverflow, "a record carries %d bytes, more than %d", len(body), cipherspec.MaxContent)
	}
	return kind, body, nil
}

// bare reports whether a record is unprotected though there are keys: in TLS
// 1.3 ChangeCipherSpec is, and the alert of a server that never got as far as
// to have keys.
func (w *wire) bare(kind handshake.ContentType) bool {
	return w.version >= iana.TLS13 && (kind == handshake.ContentChangeCipherSpec || kind == handshake.ContentAlert)
}

// inner parts content, type and zeros of TLS 1.3 (RFC 8446, section 5.2).
func inner(b []byte) (handshake.ContentType, []byte) {
	n := len(b)
	for n > 0 && b[n-1] == 0 {
		n--
	}
	if n == 0 {
		return 0, nil
	}
	return handshake.ContentType(b[n-1]), b[:n-1]
}

// idling counts a record that brought nothing.
func (w *wire) idling(what string) error {
	if w.idle++; w.idle > maxIdle {
		return tooLarge("%d records in a row brought nothing, at last %s", w.idle, what)
	}
	return nil
}
