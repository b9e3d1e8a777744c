package handshake

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// CipherSpec is a cipher of SSL 2.0, a number of three bytes.
type CipherSpec uint32

// String returns the name, or the number in hexadecimal digits.
func (c CipherSpec) String() string {
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

// sslv2 decodes a ClientHello with its header of two bytes.
func (d *Decoder) sslv2(h *half, b []byte) {
	raw := bytes.Clone(b)
	p := &parser{message: raw[:len(raw):len(raw)], name: "ClientHello", section: sslv2Section}
	s := cryptobyte.String(p.message)
	m := &ClientHello{SSLv2: true, NoExtensions: true}
	p.number(&s, 3, "header")
	if n := 2 + sslv2Length(raw); n > len(raw) {
		p.fail(s, "the message is %d bytes long, %d were seen", n, len(raw))
	}
	m.Version = iana.ProtocolVersion(p.number(&s, 2, "version"))
	specs := p.number(&s, 2, "cipher_spec_length")
	id := p.number(&s, 2, "session_id_length")
	challenge := p.number(&s, 2, "challenge_length")
	list := p.bytes(&s, specs, "cipher_specs")
	for ; len(list) >= 3; list = list[3:] {
		if list[0] == 0 {
			m.CipherSuites = append(m.CipherSuites, iana.CipherSuite(binary.BigEndian.Uint16(list[1:])))
		} else {
			m.CipherSpecs = append(m.CipherSpecs, CipherSpec(list[0])<<16|CipherSpec(binary.BigEndian.Uint16(list[1:])))
		}
	}
	if len(list) > 0 && !p.cut {
		p.fail(list, "cipher_specs ends within an element")
	}
	m.SessionID = view(p.bytes(&s, id, "session_id"))
	// The challenge is the end of what TLS calls the random value.
	value := p.bytes(&s, challenge, "challenge")
	m.Random = make(Hex, 32)
	if len(value) > 32 {
		p.fail(value, "the challenge has %d bytes, more than 32", len(value))
		value = value[len(value)-32:]
	}
	copy(m.Random[32-len(value):], value)
	p.end(s, "the message")

	d.kept += len(raw)
	h.record = record{kind: ContentHandshake, version: iana.SSL20, length: len(raw)}
	e := Entry{ContentType: ContentHandshake, Name: p.name, Length: len(raw), Fields: m, Raw: raw, Problems: p.problems}
	d.add(h, e)
	d.learn(h, e, false)
}
