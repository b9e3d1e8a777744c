package handshake

import (
	"math/big"
	"strings"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// ServerKeyExchange is the server's half of the key agreement, signed. Which
// fields it has hangs on the cipher suite.
type ServerKeyExchange struct {
	// KeyExchange is from the cipher suite's name: DHE_RSA, ECDHE_ECDSA,
	// RSA_EXPORT. It is empty when ServerHello was not seen; then only Bytes
	// is set.
	KeyExchange string `json:"key_exchange"`
	// Group is the curve of ECDHE.
	Group iana.NamedGroup `json:"group,omitempty"`
	// Bits is the size of the Diffie-Hellman prime, of the curve, or of the
	// export RSA modulus.
	Bits int `json:"bits"`
	// Prime and Generator are those of DHE, Modulus and Exponent those of
	// export RSA (RFC 2246, section 7.4.3).
	Prime     Hex `json:"prime,omitempty"`
	Generator Hex `json:"generator,omitempty"`
	Modulus   Hex `json:"modulus,omitempty"`
	Exponent  Hex `json:"exponent,omitempty"`
	// Public is the server's value.
	Public Hex `json:"public,omitempty"`
	// IdentityHint is that of pre-shared keys (RFC 4279, section 2).
	IdentityHint Hex `json:"identity_hint,omitempty"`
	// Signature is nil for an anonymous exchange.
	Signature *Signature `json:"signature,omitempty"`
	// Bytes is the body of a message that is not decoded.
	Bytes Hex `json:"bytes,omitempty"`
}

func (m *ServerKeyExchange) parse(p *parser, s *cryptobyte.String) {
	m.KeyExchange = p.suite.KeyExchange()
	kx := m.KeyExchange
	psk := strings.Contains(kx, "PSK")
	if psk {
		m.IdentityHint = view(p.vector(s, 2, "psk_identity_hint"))
	}
	switch {
	case strings.HasPrefix(kx, "DHE_") || strings.HasPrefix(kx, "DH_anon"):
		m.parseDH(p, s)
	case strings.HasPrefix(kx, "ECDHE_") || strings.HasPrefix(kx, "ECDH_anon"):
		m.parseECDH(p, s)
	case strings.HasPrefix(kx, "RSA_EXPORT"):
		m.Modulus = view(p.vector(s, 2, "rsa_modulus"))
		m.Exponent = view(p.vector(s, 2, "rsa_exponent"))
		m.Bits = bitLength(m.Modulus)
	case psk:
		return
	default:
		m.Bytes = view(p.bytes(s, len(*s), "body"))
		return
	}
	if !psk && !strings.Contains(kx, "anon") {
		signature := p.signature(s)
		m.Signature = &signature
	}
}

func (m *ServerKeyExchange) parseDH(p *parser, s *cryptobyte.String) {
	m.Prime = view(p.vector(s, 2, "dh_p"))
	m.Generator = view(p.vector(s, 2, "dh_g"))
	m.Public = view(p.vector(s, 2, "dh_Ys"))
	m.Bits = bitLength(m.Prime)
}

// parseECDH reads RFC 8422, section 5.4, with the explicit curves of RFC 4492.
func (m *ServerKeyExchange) parseECDH(p *parser, s *cryptobyte.String) {
	at := *s
	p.section = "RFC 8422, section 5.4"
	switch kind := p.number(s, 1, "curve_type"); kind {
	case 3:
		m.Group = iana.NamedGroup(p.number(s, 2, "namedcurve"))
		m.Bits = m.Group.Bits()
	case 1: // explicit_prime: prime, a, b, base, order, cofactor
		m.Group = iana.GroupArbitraryExplicitPrimeCurves
		m.Prime = view(p.vector(s, 1, "prime_p"))
		m.Bits = bitLength(m.Prime)
		for _, field := range []string{"a", "b", "base", "order", "cofactor"} {
			p.vector(s, 1, field)
		}
	default:
		if !p.cut {
			p.fail(at, "curve_type %d is not named_curve", kind)
		}
		m.Bytes = view(p.bytes(s, len(*s), "body"))
		p.cut = true // nothing after it can be told apart
		return
	}
	m.Public = view(p.vector(s, 1, "point"))
}

func bitLength(number []byte) int { return new(big.Int).SetBytes(number).BitLen() }

// ClientKeyExchange is the client's half of the key agreement.
type ClientKeyExchange struct {
	// KeyExchange is as in ServerKeyExchange.
	KeyExchange string `json:"key_exchange"`
	// Public is the client's Diffie-Hellman value or point.
	Public Hex `json:"public,omitempty"`
	// EncryptedPreMasterSecret is what RSA encrypted.
	EncryptedPreMasterSecret Hex `json:"encrypted_pre_master_secret,omitempty"`
	// Identity is that of pre-shared keys.
	Identity Hex `json:"identity,omitempty"`
	// Bytes is the body of a message that is not decoded.
	Bytes Hex `json:"bytes,omitempty"`
}

func (m *ClientKeyExchange) parse(p *parser, s *cryptobyte.String) {
	kx := p.suite.KeyExchange()
	m.KeyExchange = kx
	if strings.Contains(kx, "PSK") {
		m.Identity = view(p.vector(s, 2, "psk_identity"))
	}
	switch {
	case kx == "PSK":
	case strings.HasPrefix(kx, "ECDH"):
		if len(*s) > 0 { // with ECDSA_fixed_ECDH the certificate holds the point
			m.Public = view(p.vector(s, 1, "ecdh_Yc"))
		}
	case strings.HasPrefix(kx, "DH"):
		if len(*s) > 0 {
			m.Public = view(p.vector(s, 2, "dh_Yc"))
		}
	case strings.HasPrefix(kx, "RSA") && p.version == iana.SSL30:
		// RFC 5246, section 7.4.7.1: implementations of SSL 3.0 leave the
		// length out.
		m.EncryptedPreMasterSecret = view(p.bytes(s, len(*s), "EncryptedPreMasterSecret"))
	case strings.HasPrefix(kx, "RSA"):
		m.EncryptedPreMasterSecret = view(p.vector(s, 2, "EncryptedPreMasterSecret"))
	default:
		m.Bytes = view(p.bytes(s, len(*s), "body"))
	}
}
