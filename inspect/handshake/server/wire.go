package server

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

const (
	// MaxHandshakeBytes is what a client may send until its handshake is done.
	MaxHandshakeBytes = 256 << 10

	headerLength = 5
	// maxFragment is the longest content of a protected record (RFC 5246, section
	// 6.2.3).
	maxFragment = cipherspec.MaxContent + 2048
	// maxIdle is how many records in a row may bring nothing: empty ones, warnings.
	maxIdle = 32
)

// wire sends and receives records.
type wire struct {
	conn    net.Conn
	version iana.ProtocolVersion

	// of the reading side
	in       *bufio.Reader
	limit    int // of received, 0 for none
	received int
	idle     int
	opener   cipherspec.Opener
	opened   uint64

	// of the writing side
	writing sync.Mutex
	sealer  cipherspec.Sealer
	sealed  uint64
	chained bool  // see Write
	closed  error // what writing returns from now on
}

// read returns the content of the next record, which is the caller's. A deadline
// that passes loses nothing of what came.
func (w *wire) read(awaited string) (handshake.ContentType, []byte, error) {
	b, err := w.in.Peek(headerLength)
	if err != nil {
		return 0, nil, cut(err, len(b))
	}
	h := cipherspec.Header{Type: b[0], Version: iana.ProtocolVersion(binary.BigEndian.Uint16(b[1:])), Length: int(binary.BigEndian.Uint16(b[3:]))}
	kind := handshake.ContentType(h.Type)
	if kind < handshake.ContentChangeCipherSpec || kind > handshake.ContentApplicationData || b[1] != 3 {
		return 0, nil, failure(iana.AlertUnexpectedMessage, "%s was awaited, and no record begins where % X came", awaited, b)
	}
	if h.Length > maxFragment {
		return 0, nil, failure(iana.AlertRecordOverflow, "a record of %d bytes came, more than %d", h.Length, maxFragment)
	}
	if w.limit > 0 && w.received+headerLength+h.Length > w.limit {
		return 0, nil, failure(iana.AlertInternalError, "%s was awaited, and more than %d bytes came before the handshake was done", awaited, w.limit)
	}
	if b, err = w.in.Peek(headerLength + h.Length); err != nil {
		return 0, nil, cut(err, len(b))
	}
	w.received += len(b)
	body, err := w.open(h, b[headerLength:])
	w.in.Discard(len(b))
	return kind, body, err
}

// cut tells the end of a connection within a record from one between two.
func cut(err error, came int) error {
	if errors.Is(err, io.EOF) && came > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}

// open takes the protection off a record. Whether padding or MAC is wrong the
// client is not told (RFC 5246, section 7.2.2).
func (w *wire) open(h cipherspec.Header, body []byte) ([]byte, error) {
	if w.opener == nil {
		body = append([]byte(nil), body...)
	} else {
		var ok bool
		if body, ok = w.opener(nil, w.opened, h, body); !ok {
			return nil, failure(iana.AlertBadRecordMAC, "protected record %d is not authentic: it was changed on the way, or the client derived other keys", w.opened+1)
		}
		w.opened++
	}
	if len(body) > cipherspec.MaxContent {
		return nil, failure(iana.AlertRecordOverflow, "a record carries %d bytes, more than %d", len(body), cipherspec.MaxContent)
	}
	return body, nil
}

// idling counts a record that brought nothing.
func (w *wire) idling(what string) error {
	if w.idle++; w.idle > maxIdle {
		return failure(iana.AlertUnexpectedMessage, "%d records in a row brought nothing, at last %s", w.idle, what)
	}
	return nil
}

// alert handles alerts of the client. It returns an error for those that end the
// connection, io.EOF for close_notify.
func (w *wire) alert(body []byte) error {
	if len(body) != 2 {
		return failure(iana.AlertUnexpectedMessage, "an alert has %d bytes, not 2", len(body))
	}
	level, description := handshake.AlertLevel(body[0]), iana.AlertDescription(body[1])
	switch {
	case description == iana.AlertCloseNotify:
		return io.EOF
	case level == handshake.AlertWarning:
		return w.idling("a warning")
	}
	return AlertError(description)
}

// sendAlert tells the client the end of a connection, or a warning. Nothing is
// sent after what ends it.
func (w *wire) sendAlert(level handshake.AlertLevel, description iana.AlertDescription) error {
	if w.version == iana.SSL30 {
		description = ssl30Alert(description)
	}
	w.writing.Lock()
	defer w.writing.Unlock()
	out, err := w.seal(nil, handshake.ContentAlert, []byte{byte(level), byte(description)})
	if err == nil {
		err = w.send(out)
	}
	if w.closed == nil && (level == handshake.AlertFatal || description == iana.AlertCloseNotify) {
		w.closed = net.ErrClosed
	}
	return err
}

// ssl30Alert is an alert that SSL 3.0 knows (RFC 6101, section 5.4.2).
func ssl30Alert(a iana.AlertDescription) iana.AlertDescription {
	switch {
	case a == iana.AlertCloseNotify, a == iana.AlertUnexpectedMessage, a == iana.AlertBadRecordMAC,
		a >= iana.AlertHandshakeFailure && a <= iana.AlertIllegalParameter:
		return a
	}
	return iana.AlertHandshakeFailure
}

// seal appends content as records to a flight.
func (w *wire) seal(flight []byte, kind handshake.ContentType, content []byte) ([]byte, error) {
	if w.sealer == nil {
		return handshake.AppendRecords(flight, kind, w.version, content), nil
	}
	for first := true; first || len(content) > 0; first = false {
		n := min(len(content), cipherspec.MaxContent)
		var err error
		if flight, err = w.sealer(flight, w.sealed, uint8(kind), content[:n]); err != nil {
			return nil, err
		}
		w.sealed++
		content = content[n:]
	}
	return flight, nil
}

// send writes records in one go. A connection on which one was sent in part is of
// no use any more.
func (w *wire) send(flight []byte) error {
	if w.closed != nil {
		return w.closed
	}
	_, err := w.conn.Write(flight)
	w.closed = err
	return err
}
