package handshake

import (
	"bytes"
	"fmt"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// ClientHello is the client's offer.
type ClientHello struct {
	// Version is client_version; TLS 1.3 says TLS 1.2 here and offers itself
	// in supported_versions.
	Version            iana.ProtocolVersion `json:"version"`
	Random             Hex                  `json:"random"`
	SessionID          Hex                  `json:"session_id"`
	CipherSuites       []iana.CipherSuite   `json:"cipher_suites"`
	CompressionMethods []CompressionMethod  `json:"compression_methods"`
	// Extensions are in the order of the wire. NoExtensions tells a message
	// without the block from one whose block is empty.
	Extensions   Extensions `json:"extensions"`
	NoExtensions bool       `json:"no_extensions,omitempty"`
	// SSLv2 is set for a hello in the format of SSL 2.0 (RFC 5246, appendix
	// E.2). CipherSpecs is then its list as it is on the wire, where ciphers of
	// SSL 2.0 stand among the CipherSuites; Marshal sends the latter where it is
	// nil. The challenge are the last ChallengeLength bytes of Random, behind
	// zeros; 0 stands for all 32.
	SSLv2           bool         `json:"sslv2,omitempty"`
	CipherSpecs     []CipherSpec `json:"cipher_specs,omitempty"`
	ChallengeLength int          `json:"challenge_length,omitempty"`
}

// CompressionMethod is a way to compress records (RFC 3749, section 2).
type CompressionMethod uint8

// String returns the name, or the number in hexadecimal digits.
func (c CompressionMethod) String() string {
	switch c {
	case 0:
		return "null"
	case 1:
		return "DEFLATE"
	case 64:
		return "LZS"
	}
	return fmt.Sprintf("0x%02X", uint8(c))
}

// MarshalText writes the name.
func (c CompressionMethod) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

func (m *ClientHello) parse(p *parser, s *cryptobyte.String) {
	m.Version = iana.ProtocolVersion(p.number(s, 2, "client_version"))
	m.Random = view(p.bytes(s, 32, "random"))
	m.SessionID = p.sessionID(s)
	m.CipherSuites = numbers[iana.CipherSuite](p, p.vector(s, 2, "cipher_suites"), 2, "cipher_suites")
	m.CompressionMethods = numbers[CompressionMethod](p, p.vector(s, 1, "compression_methods"), 1, "compression_methods")
	m.Extensions, m.NoExtensions = p.optionalExtensions(s)
}

// ParseClientHello decodes a ClientHello with the header of a handshake
// message, or that of SSL 2.0, as Marshal builds it. What does not hold to the
// format is told in the problems; the message is nil when it is no ClientHello.
func ParseClientHello(raw []byte) (*ClientHello, []Problem) {
	if sslv2Hello(raw) {
		return parseSSLv2(bytes.Clone(raw))
	}
	if len(raw) == 0 || raw[0] != typeClientHello {
		return nil, []Problem{{"ClientHello", "RFC 8446, section B.3", 0, "no ClientHello begins here"}}
	}
	_, m, problems := parseMessage(bytes.Clone(raw), iana.TLS12, 0)
	hello, _ := m.(*ClientHello)
	return hello, problems
}

// Versions returns the versions that the client offers, the best first: those
// of supported_versions, or else the one of the version field, below which
// every version may be chosen.
func (m *ClientHello) Versions() []iana.ProtocolVersion {
	if e := m.Extensions.Find(iana.ExtensionSupportedVersions); e != nil {
		if versions, ok := e.Value.([]iana.ProtocolVersion); ok {
			return versions
		}
	}
	return []iana.ProtocolVersion{m.Version}
}

// ServerName returns the name in the extension server_name, or nothing.
func (m *ClientHello) ServerName() string {
	if e := m.Extensions.Find(iana.ExtensionServerName); e != nil {
		if names, ok := e.Value.([]string); ok && len(names) > 0 {
			return names[0]
		}
	}
	return ""
}

// sessionID has at most 32 bytes (RFC 5246, section 7.4.1.2).
func (p *parser) sessionID(s *cryptobyte.String) Hex {
	at := *s
	id := view(p.vector(s, 1, "session_id"))
	if len(id) > 32 {
		p.fail(at, "session_id has %d bytes, more than 32", len(id))
	}
	return id
}

// ServerHello is the server's choice; so is HelloRetryRequest, which is a
// ServerHello with a certain random value (RFC 8446, section 4.1.3).
type ServerHello struct {
	// Version is server_version; TLS 1.3 says TLS 1.2 here.
	Version           iana.ProtocolVersion `json:"version"`
	Random            Hex                  `json:"random"`
	SessionID         Hex                  `json:"session_id"`
	CipherSuite       iana.CipherSuite     `json:"cipher_suite"`
	CompressionMethod CompressionMethod    `json:"compression_method"`
	Extensions        Extensions           `json:"extensions"`
	NoExtensions      bool                 `json:"no_extensions,omitempty"`
	// HelloRetryRequest is set for a message that asks for another
	// ClientHello.
	HelloRetryRequest bool `json:"hello_retry_request,omitempty"`
}

// retryRandom is the SHA-256 of "HelloRetryRequest".
const retryRandom = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

func (m *ServerHello) parse(p *parser, s *cryptobyte.String) {
	m.Version = iana.ProtocolVersion(p.number(s, 2, "server_version"))
	m.Random = view(p.bytes(s, 32, "random"))
	if bytes.Equal(m.Random, []byte(retryRandom)) {
		m.HelloRetryRequest = true
		p.name, p.section = "HelloRetryRequest", "RFC 8446, section 4.1.4"
	}
	m.SessionID = p.sessionID(s)
	m.CipherSuite = iana.CipherSuite(p.number(s, 2, "cipher_suite"))
	m.CompressionMethod = CompressionMethod(p.number(s, 1, "compression_method"))
	m.Extensions, m.NoExtensions = p.optionalExtensions(s)
}

// Selected returns the version that the server chose.
func (m *ServerHello) Selected() iana.ProtocolVersion {
	if e := m.Extensions.Find(iana.ExtensionSupportedVersions); e != nil {
		if versions, ok := e.Value.([]iana.ProtocolVersion); ok && len(versions) == 1 {
			return versions[0]
		}
	}
	return m.Version
}

// EncryptedExtensions is what a TLS 1.3 server answers to extensions.
type EncryptedExtensions struct {
	Extensions Extensions `json:"extensions"`
}

func (m *EncryptedExtensions) parse(p *parser, s *cryptobyte.String) {
	m.Extensions = p.extensions(s)
}
