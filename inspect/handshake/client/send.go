package client

import (
	"encoding/binary"
	"fmt"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// seal appends content as records to a flight.
func (w *wire) seal(flight []byte, kind handshake.ContentType, content []byte) ([]byte, error) {
	for first := true; first || len(content) > 0; first = false {
		n := min(len(content), w.longest())
		if w.sealer == nil {
			flight = handshake.AppendRecords(flight, kind, min(w.version, iana.TLS12), content[:n])
			content = content[n:]
			continue
		}
		var err error
		if flight, err = w.sealer(flight, w.sealed, uint8(kind), content[:n]); err != nil {
			return nil, fmt.Errorf("random bytes for a record: %w", err)
		}
		w.sealed++
		content = content[n:]
	}
	return flight, nil
}

// longest is how much content a record may have.
func (w *wire) longest() int {
	if w.atMost > 0 {
		return w.atMost
	}
	return cipherspec.MaxContent
}

// send writes records in one go.
func (w *wire) send(flight []byte) error {
	at := w.now()
	for b := flight; len(b) > 0; {
		n := min(headerLength+int(binary.BigEndian.Uint16(b[3:])), len(b))
		w.see(handshake.ClientToServer, at, b[:n])
		b = b[n:]
	}
	return w.write(flight)
}

func (w *wire) write(b []byte) error {
	if _, err := w.conn.Write(b); err != nil {
		return broken(err, "the client's own messages could not be sent")
	}
	return nil
}
