package client

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// State is what a connection has come to.
type State struct {
	// Version and CipherSuite are the server's choice, 0 before ServerHello.
	Version     iana.ProtocolVersion
	CipherSuite iana.CipherSuite
	// ApplicationProtocol is what ALPN chose, "" for nothing.
	ApplicationProtocol string
	// ServerCertificates are DER as the server sent them; nobody has verified
	// them.
	ServerCertificates [][]byte
	// CertificateRequest is the server's wish to see a certificate, nil for
	// none; CertificatesSent is with how many it was answered.
	CertificateRequest *handshake.CertificateRequest
	CertificatesSent   int
	// Alerts are those of both sides, the first 32 of them.
	Alerts []Alert
}

// Alert is an alert and who sent it.
type Alert struct {
	Direction handshake.Direction
	handshake.Alert
}

const maxAlerts = 32

// State returns what the connection has come to so far.
func (c *Conn) State() State {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	state := c.state
	state.Alerts = slices.Clone(state.Alerts)
	return state
}

func (c *Conn) noteAlert(direction handshake.Direction, a handshake.Alert) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(c.state.Alerts) < maxAlerts {
		c.state.Alerts = append(c.state.Alerts, Alert{direction, a})
	}
}

// Supported reports whether the client can complete a handshake under a cipher
// suite, in the versions that have it.
func Supported(suite iana.CipherSuite) bool {
	return cipherspec.Supported(suite) && (suite>>8 == 0x13 || exchangeOf(suite).known)
}

// exchange is what a key exchange of a cipher suite asks for.
type exchange struct {
	known bool
	// ephemeral is "DHE" or "ECDHE"; "RSA" where the client sends an encrypted
	// secret.
	method string
	// signer is the kind of key that the server's certificate has.
	signer keyKind
	export bool
}

func exchangeOf(suite iana.CipherSuite) exchange {
	switch suite.KeyExchange() {
	case "RSA":
		return exchange{true, "RSA", rsaKey, false}
	case "RSA_EXPORT", "RSA_EXPORT1024":
		return exchange{true, "RSA", rsaKey, true}
	case "DHE_RSA":
		return exchange{true, "DHE", rsaKey, false}
	case "DHE_RSA_EXPORT":
		return exchange{true, "DHE", rsaKey, true}
	case "DHE_DSS":
		return exchange{true, "DHE", dsaKey, false}
	case "DHE_DSS_EXPORT", "DHE_DSS_EXPORT1024":
		return exchange{true, "DHE", dsaKey, true}
	case "ECDHE_RSA":
		return exchange{true, "ECDHE", rsaKey, false}
	case "ECDHE_ECDSA":
		return exchange{true, "ECDHE", ecKey, false}
	}
	return exchange{}
}
