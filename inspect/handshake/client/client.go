// Package client is a TLS client, SSL 3.0 to TLS 1.3, that sends exactly the
// ClientHello it is given and goes on as an old desk phone would. It looks at
// servers and talks to phones that know nothing newer; it takes weak keys and
// ciphers and does not verify certificate chains, so nothing is to be trusted
// to a connection of it that the caller has not judged.
package client

import (
	"context"
	"crypto"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Config says how to shake hands.
type Config struct {
	// Hello is sent as it is, byte for byte what Marshal gives.
	Hello *handshake.ClientHello
	// Keys are the private keys of Hello's extension key_share.
	Keys []*Key
	// RecordVersion is the version in the header of the first record; 0 stands
	// for TLS 1.0.
	RecordVersion iana.ProtocolVersion
	// MinVersion is the lowest version that the server may choose when Hello
	// does not list versions; 0 stands for SSL 3.0.
	MinVersion iana.ProtocolVersion
	// Certificate answers a CertificateRequest; nil for the answer that there
	// is none.
	Certificate *Certificate
	// Verify judges the server's certificates, DER in their order, when its
	// flight is there and before anything is answered, as OpenSSL does. Where it
	// refuses, the alert is sent and Handshake returns an Error of the kind
	// AlertSent. nil takes all.
	Verify func(chain [][]byte) (alert iana.AlertDescription, refuse bool)
	// KeyLog receives the secrets as lines in the format of NSS, each before
	// Observe is called for a record that it opens.
	KeyLog io.Writer
	// Observe is called for every record as it goes over the wire, in that
	// order, never twice at once; it keeps nothing of record. A received record
	// comes when it has been handled. When a handshake fails the last piece may
	// be less or more than one record: what came, though nobody asked for it.
	Observe func(dir handshake.Direction, at time.Time, record []byte)
	// MaxHandshakeBytes is how much the server may send until the handshake is
	// done; 0 stands for DefaultHandshakeBytes.
	MaxHandshakeBytes int
	// Now tells Observe the time; nil for time.Now.
	Now func() time.Time
	// Random is where secrets come from; nil for crypto/rand.
	Random io.Reader
}

// DefaultHandshakeBytes is what a server may send until the handshake is done,
// in bytes, unless the Config says another number. Real chains have a few
// thousand.
const DefaultHandshakeBytes = 1 << 20

// Certificate is what the client shows of itself.
type Certificate struct {
	// Chain is DER, the client's own certificate first.
	Chain [][]byte
	// Signer has the private key.
	Signer crypto.Signer
}

// Handshake runs a handshake over a connection. It takes as long as ctx allows
// and ends at once when ctx is canceled. Whatever the server does is told by
// an *Error; any other error is the caller's: a ClientHello that does not fit
// into the format, a KeyLog that cannot be written, a key that cannot sign. conn is left
// open and without deadlines.
func Handshake(ctx context.Context, conn net.Conn, cfg Config) (*Conn, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	if cfg.RecordVersion == 0 {
		cfg.RecordVersion = iana.TLS10
	}
	if cfg.MinVersion == 0 {
		cfg.MinVersion = iana.SSL30
	}
	if cfg.MaxHandshakeBytes == 0 {
		cfg.MaxHandshakeBytes = DefaultHandshakeBytes
	}
	if cfg.Hello == nil {
		return nil, errors.New("there is no ClientHello to send")
	}
	if own := cfg.Certificate; own != nil && (own.Signer == nil || len(own.Chain) == 0) {
		return nil, errors.New("the client's certificate lacks its key, or the key its certificate")
	}
	h := &handshaker{
		Config: cfg,
		Conn:   &Conn{wire: &wire{conn: conn, observe: cfg.Observe, now: cfg.Now, limit: cfg.MaxHandshakeBytes, version: cfg.RecordVersion}},
	}
	release := bind(ctx, conn)
	err := h.run()
	if err != nil {
		err = h.fail(ctx, err)
	}
	release()
	if err != nil {
		return nil, err
	}
	return h.Conn, nil
}

// bind makes ctx the limit of what conn does, until it is released.
func bind(ctx context.Context, conn net.Conn) (release func()) {
	if deadline, ok := ctx.Deadline(); ok {
		conn.SetDeadline(deadline)
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		conn.SetDeadline(time.Unix(1, 0))
		close(ended)
	})
	return func() {
		if !stop() {
			<-ended
		}
		conn.SetDeadline(time.Time{})
	}
}
