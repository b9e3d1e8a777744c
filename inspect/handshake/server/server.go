// Package server is a TLS server, SSL 3.0 to TLS 1.2, for what the oldest desk
// phones send and crypto/tls does not answer: a ClientHello in the format of SSL
// 2.0, SSL 3.0, and lists of suites without any that is still in use. It knows
// RSA and DHE_RSA, one handshake a connection, and no extension but
// renegotiation_info. Much of what it agrees to has been broken for long: it is
// for rehearsals, with keys that protect nothing else.
package server

import (
	"bufio"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Config says how to shake hands.
type Config struct {
	// Certificate is the server's chain with an RSA key that can sign and decrypt.
	Certificate *tls.Certificate
	// MinVersion and MaxVersion are those that may be agreed on; 0 stands for SSL
	// 3.0 and for TLS 1.2.
	MinVersion, MaxVersion iana.ProtocolVersion
	// ClientAuth is NoClientCert, RequestClientCert or RequireAnyClientCert;
	// nobody verifies the chain of what comes.
	ClientAuth tls.ClientAuthType
	// Authorities are the names in DER of the CAs that may have issued the
	// client's certificate; none stands for any.
	Authorities [][]byte
	// KeyLog receives the master secret as a line in the format of NSS, before
	// anything is read that it opens. What it fails with ends the handshake.
	KeyLog io.Writer
	// Random is where secrets come from; nil for crypto/rand.
	Random io.Reader
}

// Error is why this side ends a connection: the client broke the protocol, or
// nothing that it offers can be agreed on.
type Error struct {
	// Alert is what the client is told.
	Alert iana.AlertDescription
	// Detail is a part of a sentence: what is wrong.
	Detail string
}

// Error returns the detail.
func (e *Error) Error() string { return e.Detail }

func failure(alert iana.AlertDescription, format string, values ...any) error {
	return &Error{alert, fmt.Sprintf(format, values...)}
}

// AlertError is a fatal alert of the client.
type AlertError iana.AlertDescription

// Error names the alert.
func (e AlertError) Error() string {
	return "the client sent the alert " + iana.AlertDescription(e).String()
}

// Conn is a connection that is, or will be, secured by Handshake. One goroutine
// may read while another writes; Handshake comes before both.
type Conn struct {
	net.Conn
	wire
	config   Config
	complete bool
	peers    []*x509.Certificate
	suite    iana.CipherSuite

	reading sync.Mutex
	plain   []byte // data that nobody has read yet
	ended   error  // what Read returns from now on
}

var _ net.Conn = (*Conn)(nil)

// New takes a connection on which nothing was exchanged yet; bytes that were
// read already come once more out of conn. Time is limited by the deadlines of
// conn.
func New(conn net.Conn, c Config) *Conn {
	if c.MinVersion == 0 {
		c.MinVersion = iana.SSL30
	}
	if c.MaxVersion == 0 || c.MaxVersion > iana.TLS12 {
		c.MaxVersion = iana.TLS12
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.KeyLog == nil {
		c.KeyLog = io.Discard
	}
	return &Conn{Conn: conn, config: c, wire: wire{conn: conn, in: bufio.NewReaderSize(conn, headerLength+maxFragment), limit: MaxHandshakeBytes, version: c.MinVersion}}
}

// Handshake runs the handshake. The error is an *Error where this side ended it,
// after its alert was sent; an AlertError where the client did; any other is that
// of the connection, of the key, or of the KeyLog. It is called once.
func (c *Conn) Handshake() error {
	h := &handshaker{Conn: c}
	err := h.run()
	var ours *Error
	if errors.As(err, &ours) {
		c.sendAlert(handshake.AlertFatal, ours.Alert)
	}
	if err != nil {
		c.ended = err
		return err
	}
	c.complete, c.limit = true, 0
	return nil
}

// ConnectionState tells version, suite, the client's certificates and whether
// the handshake is complete. It is for the time after Handshake.
func (c *Conn) ConnectionState() tls.ConnectionState {
	return tls.ConnectionState{
		Version: uint16(c.version), CipherSuite: uint16(c.suite), HandshakeComplete: c.complete, PeerCertificates: c.peers,
	}
}

// Read returns data of the client; close_notify is io.EOF.
func (c *Conn) Read(b []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	for len(c.plain) == 0 && len(b) > 0 {
		if c.ended != nil {
			return 0, c.ended
		}
		err := c.step()
		var network net.Error
		if errors.As(err, &network) && network.Timeout() {
			return 0, err // what came so far is kept
		}
		if c.ended = err; err != nil {
			c.refuse(err)
		}
	}
	n := copy(b, c.plain)
	c.plain = c.plain[n:]
	return n, nil
}

// step handles one record after the handshake.
func (c *Conn) step() error {
	kind, body, err := c.read("data")
	switch {
	case err != nil:
		return err
	case kind == handshake.ContentApplicationData && len(body) > 0:
		c.plain, c.idle = body, 0
		return nil
	case kind == handshake.ContentApplicationData:
		return c.idling("an empty record")
	case kind == handshake.ContentAlert:
		return c.alert(body)
	case kind == handshake.ContentHandshake:
		return failure(iana.AlertNoRenegotiation, "no renegotiation")
	}
	return failure(iana.AlertUnexpectedMessage, "data was awaited, and %s came", kind)
}

// refuse tells the client why nothing more is read. To a new handshake the answer
// is a warning (RFC 5246, section 7.2.2), which SSL 3.0 does not know.
func (c *Conn) refuse(err error) {
	var ours *Error
	switch {
	case !errors.As(err, &ours):
	case ours.Alert == iana.AlertNoRenegotiation && c.version > iana.SSL30:
		c.sendAlert(handshake.AlertWarning, ours.Alert)
	default:
		c.sendAlert(handshake.AlertFatal, ours.Alert)
	}
}

// Write sends data. Where block ciphers have a vector that an eavesdropper knows
// the first byte goes by itself, as crypto/tls does it, too.
func (c *Conn) Write(b []byte) (n int, err error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	for len(b) > 0 {
		piece := b[:min(len(b), cipherspec.MaxContent)]
		var flight []byte
		rest := piece
		if c.chained && len(piece) > 1 {
			if flight, err = c.seal(nil, handshake.ContentApplicationData, piece[:1]); err != nil {
				return n, err
			}
			rest = piece[1:]
		}
		if flight, err = c.seal(flight, handshake.ContentApplicationData, rest); err != nil {
			return n, err
		}
		if err := c.send(flight); err != nil {
			return n, err
		}
		n, b = n+len(piece), b[len(piece):]
	}
	return n, nil
}

// closePatience is how long close_notify may take.
const closePatience = time.Second

// CloseWrite sends close_notify, after which nothing more is written.
func (c *Conn) CloseWrite() error {
	if !c.complete {
		return errors.New("the handshake is not complete")
	}
	return c.sendAlert(handshake.AlertWarning, iana.AlertCloseNotify)
}

// Close sends close_notify, where that was not done, and closes the connection.
func (c *Conn) Close() error {
	if c.complete {
		c.Conn.SetWriteDeadline(time.Now().Add(closePatience))
		c.CloseWrite()
	}
	return c.Conn.Close()
}
