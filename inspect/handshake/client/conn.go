package client

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Conn is a connection after its handshake. One goroutine may read while
// another writes. Where the server breaks off, Read and Write return an
// *Error; close_notify is io.EOF, and a deadline that passed is
// os.ErrDeadlineExceeded, after which Read can be called again.
type Conn struct {
	*wire

	mutex sync.Mutex
	state State

	reading  sync.Mutex
	plain    []byte // data that nobody has read yet
	ended    error  // what Read returns from now on
	fragment []byte // what came of the next messages of a handshake
	refused  int    // requests to begin anew
	traffic  traffic

	post       *handshaker // answers requests for a certificate, where the client offered to
	heartbeat  bool        // the client offered to take them
	chained    bool        // an empty record goes before data
	writeEnded error       // what Write returns from now on
	closed     sync.Once
}

var _ net.Conn = (*Conn)(nil)

// Read returns data of the server.
func (c *Conn) Read(b []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	for len(c.plain) == 0 && len(b) > 0 {
		if c.ended != nil {
			return 0, c.ended
		}
		if err := c.step(); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return 0, os.ErrDeadlineExceeded
			}
			c.end(err)
		}
	}
	n := copy(b, c.plain)
	c.plain = c.plain[n:]
	return n, nil
}

// end keeps the error that ends the reading side, and tells the server.
func (c *Conn) end(err error) {
	c.ended = err
	var e *Error
	if !errors.As(err, &e) {
		return
	}
	if e.Kind == AlertReceived && e.Alert == iana.AlertCloseNotify {
		c.ended = io.EOF
		return
	}
	c.tell(e)
	e.State = c.State()
}

// step handles one record.
func (c *Conn) step() error {
	defer c.settle()
	kind, body, err := c.read("data")
	if err != nil {
		return err
	}
	switch {
	case kind == handshake.ContentApplicationData && len(body) > 0:
		c.plain, c.idle = body, 0
		return nil
	case kind == handshake.ContentApplicationData:
		return c.idling("an empty record")
	case kind == handshake.ContentAlert:
		return c.alert(body, "data")
	case kind == handshake.ContentHandshake:
		return c.later(body)
	case kind == handshake.ContentHeartbeat && c.heartbeat:
		return c.idling("a heartbeat") // it is not answered, which RFC 6520, section 3, lets pass
	}
	return malformed(iana.AlertUnexpectedMessage, "data was awaited, and %s came", kind)
}

// alert handles alerts of the server. It returns an error for those that end
// the connection.
func (c *Conn) alert(body []byte, awaited string) error {
	if len(body) < 2 || len(body)%2 != 0 {
		return malformed(iana.AlertDecodeError, "an alert has %d bytes, not 2", len(body))
	}
	for ; len(body) > 0; body = body[2:] {
		a := handshake.Alert{Level: handshake.AlertLevel(body[0]), Description: iana.AlertDescription(body[1])}
		c.noteAlert(handshake.ServerToClient, a)
		warns := a.Level == handshake.AlertWarning
		if c.version >= iana.TLS13 && c.opener != nil { // RFC 8446, section 6: the level says nothing
			warns = a.Description == iana.AlertUserCanceled
		}
		if !warns || a.Description == iana.AlertCloseNotify {
			return &Error{Kind: AlertReceived, Alert: a.Description, Detail: awaited + " was awaited"}
		}
		if err := c.idling("a warning"); err != nil {
			return err
		}
	}
	return nil
}

func (c *Conn) sendAlert(level handshake.AlertLevel, description iana.AlertDescription) error {
	c.noteAlert(handshake.ClientToServer, handshake.Alert{Level: level, Description: description})
	return c.put(handshake.ContentAlert, []byte{byte(level), byte(description)})
}

// put seals and sends content by itself.
func (c *Conn) put(kind handshake.ContentType, content []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.putLocked(nil, kind, content)
}

// putLocked sends content after a flight. A connection on which a record was
// sent in part is of no use any more.
func (c *Conn) putLocked(flight []byte, kind handshake.ContentType, content []byte) error {
	if c.writeEnded != nil {
		return c.writeEnded
	}
	flight, err := c.seal(flight, kind, content)
	if err == nil {
		err = c.send(flight)
	}
	c.writeEnded = err
	return err
}

// Write sends data. Before it goes an empty record where block ciphers have a
// vector that an eavesdropper knows, as OpenSSL 1.0 does.
func (c *Conn) Write(b []byte) (n int, err error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	for len(b) > 0 {
		piece := b[:min(len(b), c.longest())]
		var flight []byte
		if c.chained {
			if flight, err = c.seal(nil, handshake.ContentApplicationData, nil); err != nil {
				return n, err
			}
		}
		if err := c.putLocked(flight, handshake.ContentApplicationData, piece); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				err = os.ErrDeadlineExceeded
			}
			return n, err
		}
		n, b = n+len(piece), b[len(piece):]
	}
	return n, nil
}

// closePatience is how long close_notify may take.
const closePatience = time.Second

// Close sends close_notify and closes the connection.
func (c *Conn) Close() error {
	c.closed.Do(func() {
		c.conn.SetWriteDeadline(time.Now().Add(closePatience))
		c.sendAlert(handshake.AlertWarning, iana.AlertCloseNotify)
	})
	return c.conn.Close()
}

// LocalAddr is that of the connection beneath.
func (c *Conn) LocalAddr() net.Addr { return c.conn.LocalAddr() }

// RemoteAddr is that of the connection beneath.
func (c *Conn) RemoteAddr() net.Addr { return c.conn.RemoteAddr() }

// SetDeadline sets when Read and Write give up. A Write that does ends the
// connection.
func (c *Conn) SetDeadline(t time.Time) error { return c.conn.SetDeadline(t) }

// SetReadDeadline sets when Read gives up.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.conn.SetReadDeadline(t) }

// SetWriteDeadline sets when Write gives up, which ends the connection.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.conn.SetWriteDeadline(t) }
