package handshake

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// CipherSpec is a cipher in the format of SSL 2.0, a number of three bytes. One
// that begins with zero is a cipher suite of TLS.
type CipherSpec uint32

// Suite returns the cipher suite of TLS; ok is false for a cipher of SSL 2.0.
func (c CipherSpec) Suite() (suite iana.CipherSuite, ok bool) {
	return iana.CipherSuite(c), c <= 0xFFFF
}

// String returns the name, or the number in hexadecimal digits.
func (c CipherSpec) String() string {
	if suite, ok := c.Suite(); ok {
		return suite.String()
	}
	names := map[CipherSpec]string{
		0x010080: "SSL_CK_RC4_128_WITH_MD5", 0x020080: "SSL_CK_RC4_128_EXPORT40_WITH_MD5",
		0x030080: "SSL_CK_RC2_128_CBC_WITH_MD5", 0x040080: "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5",
		0x050080: "SSL_CK_IDEA_128_CBC_WITH_MD5", 0x060040: "SSL_CK_DES_64_CBC_WITH_MD5",
		0x0700C0: "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", 0x080080: "SSL_CK_RC4_64_WITH_MD5",
	}
	if name := names[c]; name != "" {
		return name
	}
	return fmt.Sprintf("0x%06X", uint32(c))
}

// MarshalText writes the name.
func (c CipherSpec) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// sslv2Section defines the ClientHello in the format of SSL 2.0.
const sslv2Section = "RFC 5246, appendix E.2"

// sslv2Hello reports whether a stream begins with a record of SSL 2.0 that
// holds a ClientHello: two bytes of length, the first bit set, and type 1.
func sslv2Hello(b []byte) bool { return len(b) >= 3 && b[0]&0x80 != 0 && b[2] == 1 }

func sslv2Length(b []byte) int { return int(binary.BigEndian.Uint16(b) & 0x7FFF) }

// suitesOf are the cipher suites of TLS in a list.
func suitesOf(list []CipherSpec) []iana.CipherSuite {
	var suites []iana.CipherSuite
	for _, c := range list {
		if suite, ok := c.Suite(); ok {
			suites = append(suites, suite)
		}
	}
	return suites
}

// minChallenge and maxChallenge are how many bytes a challenge has.
const minChallenge, maxChallenge = 16, 32

// parseSSLv2 decodes a ClientHello with its header of two bytes. It keeps raw.
func parseSSLv2(raw []byte) (*ClientHello, []Problem) {
	p := &parser{message: raw[:len(raw):len(raw)], name: "ClientHello", section: sslv2Section}
	s := cryptobyte.String(p.message)
	m := &ClientHello{SSLv2: true, NoExtensions: true}
	p.number(&s, 3, "header")
	if n := 2 + sslv2Length(raw); n != len(raw) {
		p.fail(s, "the message is %d bytes long, %d were seen", n, len(raw))
	}
	m.Version = iana.ProtocolVersion(p.number(&s, 2, "version"))
	specs := p.number(&s, 2, "cipher_spec_length")
	id := p.number(&s, 2, "session_id_length")
	challenge := p.number(&s, 2, "challenge_length")
	list := p.bytes(&s, specs, "cipher_specs")
	for ; len(list) >= 3; list = list[3:] {
		m.CipherSpecs = append(m.CipherSpecs, CipherSpec(list[0])<<16|CipherSpec(binary.BigEndian.Uint16(list[1:])))
	}
	m.CipherSuites = suitesOf(m.CipherSpecs)
	if len(list) > 0 && !p.cut {
		p.fail(list, "cipher_specs ends within an element")
	}
	if m.SessionID = view(p.bytes(&s, id, "session_id")); len(m.SessionID) > 32 {
		p.fail(s, "session_id has %d bytes, more than 32", len(m.SessionID))
	}
	m.challenge(p, p.bytes(&s, challenge, "challenge"))
	p.end(s, "the message")
	return m, p.problems
}

// InTLSFormat is the same offer in the format of TLS, without the ciphers of SSL
// 2.0. A message that has it already is returned as it is.
func (m *ClientHello) InTLSFormat() *ClientHello {
	if !m.SSLv2 {
		return m
	}
	return &ClientHello{
		Version: m.Version, Random: m.Random, SessionID: m.SessionID, CipherSuites: m.CipherSuites,
		CompressionMethods: []CompressionMethod{0}, NoExtensions: true,
	}
}

// challenge is the end of what TLS calls the random value.
func (m *ClientHello) challenge(p *parser, value cryptobyte.String) {
	if n := len(value); !p.cut && (n < minChallenge || n > maxChallenge) {
		p.fail(value, "the challenge has %d bytes; it has %d to %d", n, minChallenge, maxChallenge)
	}
	value = value[max(0, len(value)-maxChallenge):]
	m.ChallengeLength, m.Random = len(value), make(Hex, 32)
	copy(m.Random[32-len(value):], value)
}

// sslv2 enters a ClientHello with its header of two bytes.
func (d *Decoder) sslv2(h *half, b []byte) {
	raw := bytes.Clone(b)
	m, problems := parseSSLv2(raw)
	d.kept += len(raw)
	h.record = record{kind: ContentHandshake, version: iana.SSL20, length: len(raw)}
	e := Entry{ContentType: ContentHandshake, Name: "ClientHello", Length: len(raw), Fields: m, Raw: raw, Problems: problems}
	d.add(h, e)
	d.learn(h, e, false)
}

// marshalSSLv2 is Marshal for the format of SSL 2.0.
func (m *ClientHello) marshalSSLv2() ([]byte, error) {
	specs, challenge := m.CipherSpecs, m.Random
	if specs == nil {
		for _, suite := range m.CipherSuites {
			specs = append(specs, CipherSpec(suite))
		}
	}
	if n := m.ChallengeLength; n != 0 {
		if n < minChallenge || n > maxChallenge {
			return nil, fmt.Errorf("the challenge has %d bytes; it has %d to %d (%s)", n, minChallenge, maxChallenge, sslv2Section)
		}
		challenge = m.Random[len(m.Random)-n:]
	}
	size := 9 + 3*len(specs) + len(m.SessionID) + len(challenge)
	switch zeros := m.Random[:len(m.Random)-len(challenge)]; {
	case size > 0x7FFF:
		return nil, fmt.Errorf("the message has %d bytes, more than %d (%s)", size, 0x7FFF, sslv2Section)
	case len(m.Extensions) > 0:
		return nil, fmt.Errorf("there are %d extensions, for which the format of SSL 2.0 has no place (%s)", len(m.Extensions), sslv2Section)
	case !slices.Equal(suitesOf(specs), m.CipherSuites):
		return nil, fmt.Errorf("cipher_specs has other cipher suites of TLS than cipher_suites (%s)", sslv2Section)
	case !bytes.Equal(zeros, make([]byte, len(zeros))):
		return nil, fmt.Errorf("random has no zeros before a challenge of %d bytes (%s)", len(challenge), sslv2Section)
	}
	var b cryptobyte.Builder
	b.AddUint16(0x8000 | uint16(size))
	b.AddUint8(typeClientHello)
	b.AddUint16(uint16(m.Version))
	b.AddUint16(uint16(3 * len(specs)))
	b.AddUint16(uint16(len(m.SessionID)))
	b.AddUint16(uint16(len(challenge)))
	for _, spec := range specs {
		b.AddUint24(uint32(spec))
	}
	b.AddBytes(m.SessionID)
	b.AddBytes(challenge)
	return built(&b)
}
