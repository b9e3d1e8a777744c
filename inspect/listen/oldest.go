package listen

import (
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/server"
)

// secured is a connection inside TLS: one of crypto/tls, or of package server for
// what only the oldest phones send.
type secured interface {
	net.Conn
	Handshake() error
	CloseWrite() error
	ConnectionState() tls.ConnectionState
}

// secureBy reads the ClientHello, and gives the connection to who can answer it:
// to crypto/tls wherever that can, and where nobody can.
func (c *connection) secureBy(config *tls.Config) secured {
	hello, err := server.ReadHello(c.tap)
	conn := &again{Conn: c.tap, read: hello.Read, err: err}
	lowest, highest := iana.ProtocolVersion(c.config.MinVersion), iana.ProtocolVersion(c.config.MaxVersion)
	if err != nil || hello.ClientHello == nil || usual(hello.ClientHello, highest) || !server.Takes(hello.ClientHello, lowest, highest) {
		return tls.Server(conn, config)
	}
	c.choose()
	own := c.certificates[c.shown.variant]
	if _, isRSA := own.PrivateKey.(*rsa.PrivateKey); !isRSA {
		return tls.Server(conn, config)
	}
	return server.New(conn, server.Config{
		Certificate: own, MinVersion: lowest, MaxVersion: highest, ClientAuth: config.ClientAuth, Authorities: authorities(config),
		KeyLog: config.KeyLogWriter, Random: c.config.Random,
	})
}

// choose takes the chain for this connection, once.
func (c *connection) choose() {
	if c.shown == nil {
		c.shown = c.survey.choose(c.client.Addr())
	}
}

func authorities(config *tls.Config) [][]byte {
	if config.ClientCAs == nil {
		return nil
	}
	//lint:ignore SA1019 a pool with the system's CAs, for which this is wrong, is never here
	return config.ClientCAs.Subjects()
}

// usual reports whether crypto/tls can agree with a client on version and suite,
// with a server whose key is RSA.
func usual(hello *handshake.ClientHello, highest iana.ProtocolVersion) bool {
	if hello.SSLv2 || hello.Version < iana.TLS10 {
		return false
	}
	if highest >= iana.TLS13 && slices.Contains(hello.Versions(), iana.TLS13) {
		return true
	}
	version := uint16(min(hello.Version, highest, iana.TLS12))
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		suite := iana.CipherSuite(s.ID)
		if !slices.Contains(hello.CipherSuites, suite) || !slices.Contains(s.SupportedVersions, version) {
			continue
		}
		if exchange := suite.KeyExchange(); exchange == "RSA" || exchange == "ECDHE_RSA" && hasCurve(hello) {
			return true
		}
	}
	return false
}

// hasCurve reports whether a client offers one of the curves that crypto/tls has
// before TLS 1.3.
func hasCurve(hello *handshake.ClientHello) bool {
	e := hello.Extensions.Find(iana.ExtensionSupportedGroups)
	if e == nil {
		return false
	}
	groups, _ := e.Value.([]iana.NamedGroup)
	return slices.ContainsFunc(groups, func(g iana.NamedGroup) bool {
		return slices.Contains([]iana.NamedGroup{iana.GroupX25519, iana.GroupSecp256r1, iana.GroupSecp384r1, iana.GroupSecp521r1}, g)
	})
}

// again is a connection whose first bytes were read, and come once more; then err,
// where reading ended with it.
type again struct {
	net.Conn
	read []byte
	err  error
}

// Read takes what was read before, then what comes.
func (a *again) Read(b []byte) (int, error) {
	switch {
	case len(a.read) > 0:
		n := copy(b, a.read)
		a.read = a.read[n:]
		return n, nil
	case errors.Is(a.err, io.ErrUnexpectedEOF):
		return 0, io.EOF
	case a.err != nil:
		return 0, a.err
	}
	return a.Conn.Read(b)
}
