// Package registrar is a small SIPS registrar to rehearse on: it takes REGISTER
// and OPTIONS over TLS (RFC 3261), with a CA of its own, down to TLS 1.0 so that
// the oldest phones come in, and tells each step of each connection. It is no
// PBX: it has no calls, and forgets its bindings when it stops.
package registrar

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/phonecert/phonecert/inspect/listen/uas"
)

// DefaultListen is where it listens, and DefaultDomain what it is registrar of,
// when nothing else is said.
const (
	DefaultListen = "127.0.0.1:5061"
	DefaultDomain = "example.com"
)

// maxConnections is how many clients may be connected at once.
const maxConnections = 1024

// acceptPause is how long nobody is let in after the system refused to, for
// instance for want of file descriptors.
const acceptPause = 50 * time.Millisecond

// MD5 and SHA256 are the algorithms of the digest (RFC 8760).
const (
	MD5    = uas.MD5
	SHA256 = uas.SHA256
)

// Binding is where a user can be reached.
type Binding = uas.Binding

// Config says what a registrar takes.
type Config struct {
	// Listen is a TCP address; port 0 picks a free one.
	Listen string
	// Domain is what it is registrar of. Requests to the names and addresses of
	// its certificate are taken too.
	Domain string
	// Authority issues the certificate for Domain; nil makes one.
	Authority *Authority
	// Certificate is a chain with its key to show in place of an issued one.
	Certificate *tls.Certificate
	// ClientAuth says whether clients are asked for a certificate, ClientCAs who
	// may have issued it; nil takes any.
	ClientAuth ClientAuth
	ClientCAs  *x509.CertPool
	// MinVersion and MaxVersion are versions of TLS as crypto/tls has them; 0 is
	// TLS 1.0 and TLS 1.3.
	MinVersion, MaxVersion uint16
	// CipherSuites are those up to TLS 1.2; nil is all that crypto/tls has, also
	// those with RSA key exchange, 3DES and RC4, which old phones need.
	CipherSuites []uint16
	// Users are the passwords by the name for authentication, which need not be
	// the one that is registered. Without any, every REGISTER is taken and nobody
	// is asked for a password.
	Users map[string]string
	// Realm is that of the digest; "" is Domain.
	Realm string
	// Algorithms are those of the digest, the wanted one first: MD5 when nil, for
	// there are clients that give up on a registrar that asks for SHA-256 too.
	Algorithms []string
	// Idle is how long a connection without a registration may say nothing, and
	// one with a registration beyond its time; 0 is two minutes.
	Idle time.Duration
	// Clock is that of certificates and bindings; nil is time.Now.
	Clock func() time.Time
	// Random makes tags, nonces and serial numbers; nil is the system's.
	Random io.Reader
	// Log takes what happens, one event at a time. It must return soon and not
	// call Close; nil takes nothing.
	Log func(Event)
}

// Registrar is one that runs. It is safe for concurrent use.
type Registrar struct {
	config   Config
	listener net.Listener
	tls      *tls.Config
	ca       []byte
	names    names
	sip      *uas.Server

	cancel context.CancelFunc
	ctx    context.Context
	group  sync.WaitGroup
	logs   sync.Mutex
}

// Start listens and answers until ctx is done or Close is called. The error says
// what is wrong with the Config, or is that of the network.
func Start(ctx context.Context, c Config) (*Registrar, error) {
	c = c.filled()
	if err := c.validate(); err != nil {
		return nil, err
	}
	r := &Registrar{config: c}
	var err error
	if r.sip, err = uas.New(r.answers()); err != nil {
		return nil, err
	}
	if r.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen); err != nil {
		return nil, err
	}
	r.names = namesOf(c.Domain, c.Listen, r.listener.Addr())
	if err := r.identify(); err != nil {
		r.listener.Close()
		return nil, err
	}
	r.ctx, r.cancel = context.WithCancel(ctx)
	context.AfterFunc(r.ctx, func() { r.listener.Close() })
	r.group.Go(r.accept)
	return r, nil
}

// answers is how requests are answered.
func (r *Registrar) answers() uas.Config {
	c := r.config
	return uas.Config{
		Users: c.Users, Realm: c.Realm, Algorithms: c.Algorithms,
		Domain: c.Domain, Local: func(host string) bool { return r.names.have(host) }, RegistrarOnly: true,
		Idle: c.Idle, Clock: c.Clock, Random: c.Random,
	}
}

func (c Config) filled() Config {
	c.Listen = cmp.Or(c.Listen, DefaultListen)
	c.Domain = strings.ToLower(cmp.Or(c.Domain, DefaultDomain))
	c.MinVersion = cmp.Or(c.MinVersion, tls.VersionTLS10)
	c.MaxVersion = cmp.Or(c.MaxVersion, tls.VersionTLS13)
	if c.CipherSuites == nil {
		c.CipherSuites = allSuites()
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Log == nil {
		c.Log = func(Event) {}
	}
	return c
}

func (c Config) validate() error {
	switch {
	case !uas.IsHost(c.Domain):
		return fmt.Errorf("the domain %q is no host name", c.Domain)
	case c.MinVersion > c.MaxVersion:
		return fmt.Errorf("the lowest version, %s, is above the highest, %s", tls.VersionName(c.MinVersion), tls.VersionName(c.MaxVersion))
	case c.Certificate != nil && len(c.Certificate.Certificate) == 0:
		return errors.New("the chain holds no certificate")
	}
	return nil
}

// Addr is where it listens: "127.0.0.1:5061".
func (r *Registrar) Addr() string { return r.listener.Addr().String() }

// CA is the certificate to upload to a phone, as PEM; nil with a Certificate of
// the caller's.
func (r *Registrar) CA() []byte { return r.ca }

// Bindings are those in force, by user.
func (r *Registrar) Bindings() []Binding { return r.sip.Bindings() }

// Close hangs up on everybody, and returns when all has ended.
func (r *Registrar) Close() error {
	r.cancel()
	err := r.listener.Close()
	r.group.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// accept lets clients in.
func (r *Registrar) accept() {
	places := make(chan struct{}, maxConnections)
	for number := int64(1); ; number++ {
		raw, err := r.listener.Accept()
		if r.ctx.Err() != nil {
			if err == nil {
				raw.Close()
			}
			return
		}
		if err != nil {
			select {
			case <-time.After(acceptPause):
			case <-r.ctx.Done():
			}
			continue
		}
		c := &connection{Registrar: r, raw: &watched{Conn: raw}, number: number}
		select {
		case places <- struct{}{}:
			r.group.Go(func() {
				defer func() { <-places }()
				c.serve()
			})
		default:
			raw.Close()
			c.log(Event{Kind: Refused, By: byServer, Text: fmt.Sprintf("refused: %d clients are connected already", maxConnections)})
		}
	}
}
