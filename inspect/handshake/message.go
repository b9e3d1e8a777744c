package handshake

import (
	"bytes"
	"fmt"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Message is the decoded content of an entry: a pointer to one of the types
// of this package.
type Message interface {
	parse(p *parser, s *cryptobyte.String)
}

// The types of handshake messages (RFC 8446, section B.3).
const (
	typeHelloRequest          = 0
	typeClientHello           = 1
	typeServerHello           = 2
	typeNewSessionTicket      = 4
	typeEndOfEarlyData        = 5
	typeEncryptedExtensions   = 8
	typeCertificate           = 11
	typeServerKeyExchange     = 12
	typeCertificateRequest    = 13
	typeServerHelloDone       = 14
	typeCertificateVerify     = 15
	typeClientKeyExchange     = 16
	typeFinished              = 20
	typeCertificateURL        = 21
	typeCertificateStatus     = 22
	typeSupplementalData      = 23
	typeKeyUpdate             = 24
	typeCompressedCertificate = 25
	typeNextProtocol          = 67
)

// messageOf returns name, definition and an empty message for a type.
func messageOf(kind uint8, version iana.ProtocolVersion) (name, section string, m Message) {
	tls13 := version >= iana.TLS13
	pick := func(old, new string) string {
		if tls13 {
			return new
		}
		return old
	}
	switch kind {
	case typeHelloRequest:
		return "HelloRequest", "RFC 5246, section 7.4.1.1", &Empty{}
	case typeClientHello:
		return "ClientHello", "RFC 5246, section 7.4.1.2", &ClientHello{}
	case typeServerHello:
		return "ServerHello", "RFC 5246, section 7.4.1.3", &ServerHello{}
	case typeNewSessionTicket:
		return "NewSessionTicket", pick("RFC 5077, section 3.3", "RFC 8446, section 4.6.1"), &NewSessionTicket{}
	case typeEndOfEarlyData:
		return "EndOfEarlyData", "RFC 8446, section 4.5", &Empty{}
	case typeEncryptedExtensions:
		return "EncryptedExtensions", "RFC 8446, section 4.3.1", &EncryptedExtensions{}
	case typeCertificate:
		return "Certificate", pick("RFC 5246, section 7.4.2", "RFC 8446, section 4.4.2"), &Certificate{}
	case typeServerKeyExchange:
		return "ServerKeyExchange", "RFC 5246, section 7.4.3", &ServerKeyExchange{}
	case typeCertificateRequest:
		return "CertificateRequest", pick("RFC 5246, section 7.4.4", "RFC 8446, section 4.3.2"), &CertificateRequest{}
	case typeServerHelloDone:
		return "ServerHelloDone", "RFC 5246, section 7.4.5", &Empty{}
	case typeCertificateVerify:
		return "CertificateVerify", pick("RFC 5246, section 7.4.8", "RFC 8446, section 4.4.3"), &CertificateVerify{}
	case typeClientKeyExchange:
		return "ClientKeyExchange", "RFC 5246, section 7.4.7", &ClientKeyExchange{}
	case typeFinished:
		return "Finished", pick("RFC 5246, section 7.4.9", "RFC 8446, section 4.4.4"), &Finished{}
	case typeCertificateURL:
		return "CertificateURL", "RFC 6066, section 5", &Opaque{}
	case typeCertificateStatus:
		return "CertificateStatus", "RFC 6066, section 8", &CertificateStatus{}
	case typeSupplementalData:
		return "SupplementalData", "RFC 4680, section 2", &Opaque{}
	case typeKeyUpdate:
		return "KeyUpdate", "RFC 8446, section 4.6.3", &KeyUpdate{}
	case typeCompressedCertificate:
		return "CompressedCertificate", "RFC 8879, section 4", &CompressedCertificate{}
	case typeNextProtocol:
		return "NextProtocol", "draft-agl-tls-nextprotoneg-04, section 3", &Opaque{}
	}
	return fmt.Sprintf("HandshakeType(%d)", kind), "RFC 8446, section B.3", &unknownMessage{}
}

// ParseMessage decodes one handshake message with its header, as a connection
// of a version and a cipher suite has it; both are 0 before ServerHello. It
// returns the message's name, which it always has, and what does not hold to
// the format.
func ParseMessage(raw []byte, version iana.ProtocolVersion, suite iana.CipherSuite) (string, Message, []Problem) {
	if len(raw) < messageHeader {
		return "handshake message", nil, []Problem{{"handshake message", "RFC 8446, section 4", 0, "the header is cut off"}}
	}
	return parseMessage(bytes.Clone(raw), version, suite)
}

// parseMessage decodes one handshake message with its header.
func parseMessage(raw []byte, version iana.ProtocolVersion, suite iana.CipherSuite) (string, Message, []Problem) {
	raw = raw[:len(raw):len(raw)]
	name, section, m := messageOf(raw[0], version)
	p := &parser{message: raw, name: name, section: section, version: version, suite: suite, remaining: maxExtensions}
	s := cryptobyte.String(raw)
	p.number(&s, 1, "msg_type")
	if n := p.number(&s, 3, "length"); !p.cut && n != len(s) {
		p.fail(s, "the message is %d bytes long, %d were seen", n, len(s))
	}
	if !p.cut {
		m.parse(p, &s)
		p.end(s, "the message")
	}
	return p.name, m, p.problems
}

// Empty is a message without fields: HelloRequest, ServerHelloDone,
// EndOfEarlyData.
type Empty struct{}

func (*Empty) parse(*parser, *cryptobyte.String) {}

// Opaque is a message whose fields are not decoded.
type Opaque struct {
	Bytes Hex `json:"bytes"`
}

func (m *Opaque) parse(p *parser, s *cryptobyte.String) {
	m.Bytes = view(p.bytes(s, len(*s), "body"))
}

// unknownMessage is an Opaque that should not be there.
type unknownMessage struct{ Opaque }

func (m *unknownMessage) parse(p *parser, s *cryptobyte.String) {
	p.fail(p.message, "%d is no type of handshake message", p.message[0])
	m.Opaque.parse(p, s)
}

// Finished is the first message under new keys.
type Finished struct {
	VerifyData Hex `json:"verify_data"`
}

func (m *Finished) parse(p *parser, s *cryptobyte.String) {
	n := len(*s) // in TLS 1.3 as long as the hash
	switch {
	case p.version == iana.SSL30:
		n = 36 // RFC 6101, section 5.6.9
	case p.version < iana.TLS13:
		n = 12
	}
	m.VerifyData = view(p.bytes(s, n, "verify_data"))
}

// KeyUpdate announces new keys in TLS 1.3.
type KeyUpdate struct {
	UpdateRequested bool `json:"update_requested"`
}

func (m *KeyUpdate) parse(p *parser, s *cryptobyte.String) {
	value := p.number(s, 1, "request_update")
	if value > 1 {
		p.fail(*s, "request_update is %d, neither 0 nor 1", value)
	}
	m.UpdateRequested = value == 1
}

// NewSessionTicket hands the client a ticket for resumption.
type NewSessionTicket struct {
	// LifetimeSeconds is how long the ticket may be used.
	LifetimeSeconds uint32 `json:"lifetime_seconds"`
	// TicketLength is the size of the ticket in bytes.
	TicketLength int `json:"ticket_length"`
	// Extensions are those of TLS 1.3.
	Extensions Extensions `json:"extensions,omitempty"`
}

func (m *NewSessionTicket) parse(p *parser, s *cryptobyte.String) {
	m.LifetimeSeconds = uint32(p.number(s, 4, "ticket_lifetime"))
	if p.version >= iana.TLS13 {
		p.number(s, 4, "ticket_age_add")
		p.vector(s, 1, "ticket_nonce")
	}
	m.TicketLength = len(p.vector(s, 2, "ticket"))
	if p.version >= iana.TLS13 {
		m.Extensions = p.extensions(s)
	}
}
