package registrar

import (
	"net"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// watched looks at the records that a client sends. OpenSSL sends the alert about
// a certificate in the clear also in TLS 1.3, where crypto/tls expects it
// encrypted and takes it for a broken record.
type watched struct {
	net.Conn
	// record is what is held of the present one: its header and up to two bytes.
	record [headerSize + alertSize]byte
	held   int
	left   int

	alert   iana.AlertDescription
	alerted bool
}

// The parts of a record (RFC 5246, section 6.2.1). An alert that has the size of
// one in the clear is in the clear: encrypted ones are longer, and in TLS 1.3 do
// not look like alerts.
const (
	headerSize = 5
	alertSize  = 2
	alertType  = 21
	fatal      = 2
)

// Read is that of the connection.
func (w *watched) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.look(b[:n])
	return n, err
}

func (w *watched) look(b []byte) {
	for len(b) > 0 {
		if w.held == headerSize && w.left == 0 {
			w.held = 0
		}
		if w.held < headerSize {
			w.record[w.held] = b[0]
			w.held++
			b = b[1:]
			if w.held == headerSize {
				w.left = int(w.record[3])<<8 | int(w.record[4])
			}
			continue
		}
		n := min(len(b), w.left)
		if w.record[0] == alertType && w.record[3] == 0 && w.record[4] == alertSize {
			copy(w.record[headerSize+alertSize-w.left:], b[:n])
			if w.left == n && w.record[headerSize] == fatal {
				w.alert, w.alerted = iana.AlertDescription(w.record[headerSize+1]), true
			}
		}
		w.left -= n
		b = b[n:]
	}
}
