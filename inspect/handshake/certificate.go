package handshake

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Certificate is a chain as it was sent, the sender's own certificate first.
type Certificate struct {
	// Context is certificate_request_context of TLS 1.3.
	Context Hex `json:"context,omitempty"`
	// Certificates are DER. An empty list is an answer, too.
	Certificates []Hex `json:"certificates"`
	// Extensions stand beside each certificate in TLS 1.3.
	Extensions []Extensions `json:"extensions,omitempty"`
}

func (m *Certificate) parse(p *parser, s *cryptobyte.String) {
	tls13 := p.version >= iana.TLS13
	if tls13 {
		m.Context = view(p.vector(s, 1, "certificate_request_context"))
	}
	list := p.vector(s, 3, "certificate_list")
	p.inner(p.section, func() {
		for len(list) > 0 && !p.cut {
			der := view(p.vector(&list, 3, "certificate"))
			if p.cut && len(der) == 0 {
				break
			}
			m.Certificates = append(m.Certificates, der)
			if tls13 {
				m.Extensions = append(m.Extensions, p.extensions(&list))
			}
		}
	})
}

// CompressedCertificate is a Certificate under compression (RFC 8879).
type CompressedCertificate struct {
	Algorithm          uint16 `json:"algorithm"`
	UncompressedLength int    `json:"uncompressed_length"`
	Compressed         Hex    `json:"compressed"`
}

func (m *CompressedCertificate) parse(p *parser, s *cryptobyte.String) {
	m.Algorithm = uint16(p.number(s, 2, "algorithm"))
	m.UncompressedLength = p.number(s, 3, "uncompressed_length")
	m.Compressed = view(p.vector(s, 3, "compressed_certificate_message"))
}

// CertificateRequest is a server's wish to see a client certificate.
type CertificateRequest struct {
	// Types are the kinds of keys (up to TLS 1.2).
	Types []ClientCertificateType `json:"types,omitempty"`
	// SignatureSchemes are from TLS 1.2 on; in TLS 1.3 they come from the
	// extension signature_algorithms.
	SignatureSchemes []iana.SignatureScheme `json:"signature_schemes,omitempty"`
	// Authorities are the names of the CAs that the server knows; none means
	// any.
	Authorities []DistinguishedName `json:"authorities"`
	// Context and Extensions are of TLS 1.3.
	Context    Hex        `json:"context,omitempty"`
	Extensions Extensions `json:"extensions,omitempty"`
}

func (m *CertificateRequest) parse(p *parser, s *cryptobyte.String) {
	if p.version >= iana.TLS13 {
		m.Context = view(p.vector(s, 1, "certificate_request_context"))
		m.Extensions = p.extensions(s)
		if e := m.Extensions.Find(iana.ExtensionSignatureAlgorithms); e != nil {
			m.SignatureSchemes, _ = e.Value.([]iana.SignatureScheme)
		}
		if e := m.Extensions.Find(iana.ExtensionCertificateAuthorities); e != nil {
			m.Authorities, _ = e.Value.([]DistinguishedName)
		}
		return
	}
	m.Types = numbers[ClientCertificateType](p, p.vector(s, 1, "certificate_types"), 1, "certificate_types")
	if p.version >= iana.TLS12 {
		m.SignatureSchemes = numbers[iana.SignatureScheme](p, p.vector(s, 2, "supported_signature_algorithms"), 2, "supported_signature_algorithms")
	}
	m.Authorities = p.names(p.vector(s, 2, "certificate_authorities"))
}

// names reads the content of a list of distinguished names.
func (p *parser) names(list cryptobyte.String) []DistinguishedName {
	var names []DistinguishedName
	p.inner(p.section, func() {
		for len(list) > 0 && !p.cut {
			if name := view(p.vector(&list, 2, "distinguished name")); !p.cut {
				names = append(names, DistinguishedName(name))
			}
		}
	})
	return names
}

// DistinguishedName is a name in DER (RFC 5280, section 4.1.2.4).
type DistinguishedName []byte

// String writes the name as in RFC 2253, or its bytes where it is none.
func (n DistinguishedName) String() string {
	var rdns pkix.RDNSequence
	if rest, err := asn1.Unmarshal(n, &rdns); err != nil || len(rest) > 0 {
		return "#" + hex.EncodeToString(n)
	}
	return rdns.String()
}

// MarshalText writes the name as String does.
func (n DistinguishedName) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// ClientCertificateType is a kind of key (RFC 5246, section 7.4.4).
type ClientCertificateType uint8

// String returns the name, or the number in hexadecimal digits.
func (t ClientCertificateType) String() string {
	names := map[ClientCertificateType]string{
		1: "rsa_sign", 2: "dss_sign", 3: "rsa_fixed_dh", 4: "dss_fixed_dh", 5: "rsa_ephemeral_dh",
		6: "dss_ephemeral_dh", 20: "fortezza_dms", 64: "ecdsa_sign", 65: "rsa_fixed_ecdh", 66: "ecdsa_fixed_ecdh",
		67: "gost_sign256", 68: "gost_sign512",
	}
	if name := names[t]; name != "" {
		return name
	}
	return fmt.Sprintf("0x%02X", uint8(t))
}

// MarshalText writes the name.
func (t ClientCertificateType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// CertificateVerify proves that the sender has the key of its certificate.
type CertificateVerify struct {
	Signature Signature `json:"signature"`
}

func (m *CertificateVerify) parse(p *parser, s *cryptobyte.String) { m.Signature = p.signature(s) }

// Signature is a signature in a handshake message.
type Signature struct {
	// Scheme is told from TLS 1.2 on and 0 before.
	Scheme iana.SignatureScheme `json:"scheme,omitempty"`
	Bytes  Hex                  `json:"bytes"`
}

func (p *parser) signature(s *cryptobyte.String) (sig Signature) {
	if p.version >= iana.TLS12 {
		sig.Scheme = iana.SignatureScheme(p.number(s, 2, "signature algorithm"))
	}
	sig.Bytes = view(p.vector(s, 2, "signature"))
	return sig
}

// CertificateStatus carries an OCSP response.
type CertificateStatus struct {
	// Type is 1 for OCSP (RFC 6066, section 8), 2 for a list (RFC 6961).
	Type     uint8 `json:"type"`
	Response Hex   `json:"response"`
}

func (m *CertificateStatus) parse(p *parser, s *cryptobyte.String) {
	m.Type = uint8(p.number(s, 1, "status_type"))
	m.Response = view(p.vector(s, 3, "response"))
}
