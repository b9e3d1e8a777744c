package handshake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// session is what the messages so far have settled.
type session struct {
	version        iana.ProtocolVersion // 0 until ServerHello
	suite          iana.CipherSuite
	clientRandom   []byte
	serverRandom   []byte
	hello          *ClientHello
	full           bool // the server sent more than ServerHello: nothing is resumed
	encryptThenMAC bool
}

// Negotiated are the parameters on which the two sides agreed.
type Negotiated struct {
	Version     iana.ProtocolVersion
	CipherSuite iana.CipherSuite
	// KeyExchange is the part of the suite's name: DHE_RSA. In TLS 1.3 it is
	// ECDHE, DHE, or hybrid, by the group, or PSK.
	KeyExchange string
	// Group is the curve or finite field, 0 where none has a name; KeyBits is
	// the size of the ephemeral key exchange, 0 where there is none.
	Group   iana.NamedGroup
	KeyBits int
	// SignatureScheme is that of the server's signature, from TLS 1.2 on.
	SignatureScheme   iana.SignatureScheme
	CompressionMethod CompressionMethod
	// ApplicationProtocol is what ALPN chose.
	ApplicationProtocol string
	// Resumed is set when no certificates were exchanged because an earlier
	// session goes on.
	Resumed bool
	// ExtendedMasterSecret (RFC 7627), SecureRenegotiation (RFC 5746) and
	// SessionTicket (RFC 5077) tell whether the server took them up.
	ExtendedMasterSecret, SecureRenegotiation, SessionTicket bool
}

// MarshalJSON writes the parameters as the JSON contract has them.
func (n Negotiated) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Version              iana.ProtocolVersion `json:"version"`
		CipherSuite          iana.CipherSuite     `json:"cipher_suite"`
		CipherSuiteID        string               `json:"cipher_suite_id"`
		KeyExchange          string               `json:"key_exchange"`
		Group                iana.NamedGroup      `json:"group,omitzero"`
		KeyBits              int                  `json:"key_bits,omitempty"`
		SignatureScheme      iana.SignatureScheme `json:"signature_scheme,omitzero"`
		CompressionMethod    CompressionMethod    `json:"compression_method"`
		ApplicationProtocol  string               `json:"application_protocol,omitempty"`
		Resumed              bool                 `json:"resumed"`
		ExtendedMasterSecret bool                 `json:"extended_master_secret"`
		SecureRenegotiation  bool                 `json:"secure_renegotiation"`
		SessionTicket        bool                 `json:"session_ticket"`
	}{n.Version, n.CipherSuite, fmt.Sprintf("0x%04X", uint16(n.CipherSuite)), n.KeyExchange, n.Group, n.KeyBits, n.SignatureScheme,
		n.CompressionMethod, n.ApplicationProtocol, n.Resumed, n.ExtendedMasterSecret, n.SecureRenegotiation, n.SessionTicket})
}

// learn takes from a message what later ones depend on.
func (d *Decoder) learn(h *half, e Entry, opened bool) {
	n := d.transcript.Negotiated
	switch m := e.Fields.(type) {
	case *ClientHello:
		d.session.hello, d.session.clientRandom = m, m.Random
		d.earlyKeys()
	case *ServerHello:
		if len(m.Random) == 32 && h.direction == ServerToClient {
			d.serverHello(m)
		}
	case *Certificate:
		d.session.full = d.session.full || h.direction == ServerToClient
	case *Empty:
		switch {
		case e.Name == "ServerHelloDone":
			d.session.full = true
		case e.Name == "EndOfEarlyData" && opened:
			h.protection.advance()
		}
	case *ServerKeyExchange:
		d.session.full = true
		if n != nil {
			n.Group, n.KeyBits = m.Group, m.Bits
			if m.Signature != nil {
				n.SignatureScheme = m.Signature.Scheme
			}
		}
	case *EncryptedExtensions:
		if n != nil {
			n.take(m.Extensions)
		}
	case *CertificateVerify:
		if n != nil && h.direction == ServerToClient {
			n.SignatureScheme = m.Signature.Scheme
		}
	case *Finished:
		if opened && d.session.version >= iana.TLS13 {
			h.protection.advance()
		}
	case *KeyUpdate:
		if opened {
			h.protection.update()
		}
	}
}

func (d *Decoder) serverHello(m *ServerHello) {
	s := &d.session
	s.version, s.suite, s.serverRandom, s.full = m.Selected(), m.CipherSuite, m.Random, false
	s.encryptThenMAC = m.Extensions.Find(iana.ExtensionEncryptThenMAC) != nil
	n := &Negotiated{Version: s.version, CipherSuite: s.suite, KeyExchange: s.suite.KeyExchange(), CompressionMethod: m.CompressionMethod}
	n.take(m.Extensions)
	d.transcript.Negotiated = n
	if s.version < iana.TLS13 {
		return
	}
	if e := m.Extensions.Find(iana.ExtensionKeyShare); e != nil {
		if shares, ok := e.Value.([]KeyShare); ok && len(shares) > 0 {
			n.Group, n.KeyBits = shares[0].Group, shares[0].Group.Bits()
		}
	}
	n.KeyExchange = keyExchange13(n.Group)
	n.Resumed = m.Extensions.Find(iana.ExtensionPreSharedKey) != nil
	if !m.HelloRetryRequest {
		d.handshakeKeys()
	}
}

// keyExchange13 names the key exchange of a group in TLS 1.3.
func keyExchange13(group iana.NamedGroup) string {
	name := group.String()
	switch {
	case group == 0:
		return "PSK"
	case strings.HasPrefix(name, "ffdhe"):
		return "DHE"
	case strings.Contains(name, "MLKEM") || strings.Contains(name, "Kyber"):
		return "hybrid"
	}
	return "ECDHE"
}

// take reads what the server took up of the client's extensions.
func (n *Negotiated) take(list Extensions) {
	for _, e := range list {
		switch e.Type {
		case iana.ExtensionExtendedMasterSecret:
			n.ExtendedMasterSecret = true
		case iana.ExtensionRenegotiationInfo:
			n.SecureRenegotiation = true
		case iana.ExtensionSessionTicket:
			n.SessionTicket = true
		case iana.ExtensionApplicationLayerProtocolNegotiation:
			if names, ok := e.Value.([]string); ok && len(names) > 0 {
				n.ApplicationProtocol = names[0]
			}
		}
	}
}

func (d *Decoder) changeCipherSpec(h *half, body []byte, opened bool) {
	e := Entry{ContentType: ContentChangeCipherSpec, Name: "ChangeCipherSpec", Length: len(body), Encrypted: opened, Decrypted: opened, Fields: &Empty{}}
	if !bytes.Equal(body, []byte{1}) {
		e.Problems = []Problem{{e.Name, "RFC 5246, section 7.1", 0, "the message is not the one byte 1"}}
	}
	d.add(h, e)
	h.changed, h.finishedDue = true, true
	if n := d.transcript.Negotiated; d.session.version < iana.TLS13 && n != nil {
		if h.direction == ServerToClient && !d.session.full {
			n.Resumed = true
		}
		d.sessionKeys(h)
	}
}
