package server

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/cipherspec"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// maxHello is how much a ClientHello may take, with the headers of its records.
const maxHello = 64 << 10

// Hello is a ClientHello as it came.
type Hello struct {
	*handshake.ClientHello
	// Read is all that was read, Message what Finished covers of it (RFC 5246,
	// appendix E.2: in the format of SSL 2.0 all but the length).
	Read, Message []byte
}

// ReadHello reads the records that hold a ClientHello, and no byte more. The
// error is that of r. Where what comes is no ClientHello, or one with a fault,
// ClientHello is nil, and Read is what came until that was clear.
func ReadHello(r io.Reader) (Hello, error) {
	var h Hello
	for len(h.Read) < maxHello {
		header, err := h.take(r, headerLength)
		if err != nil {
			return h, err
		}
		if len(h.Message) == 0 && header[0]&0x80 != 0 && header[2] == typeClientHello {
			return h.sslv2(r)
		}
		length := int(binary.BigEndian.Uint16(header[3:]))
		if handshake.ContentType(header[0]) != handshake.ContentHandshake || header[1] != 3 || length > cipherspec.MaxContent {
			return h, nil
		}
		body, err := h.take(r, length)
		if err != nil {
			return h, err
		}
		h.Message = append(h.Message, body...)
		b := h.Message
		switch {
		case len(b) > 0 && b[0] != typeClientHello:
			return h, nil
		case len(b) >= messageHeader && len(b) >= messageHeader+int(b[1])<<16+int(b[2])<<8+int(b[3]):
			if hello, problems := handshake.ParseClientHello(b); len(problems) == 0 {
				h.ClientHello = hello
			}
			return h, nil
		}
	}
	return h, nil
}

// take reads n bytes more. What came of them is in Read, too, when not all did.
func (h *Hello) take(r io.Reader, n int) ([]byte, error) {
	start := len(h.Read)
	h.Read = slices.Grow(h.Read, n)[:start+n]
	got, err := io.ReadFull(r, h.Read[start:])
	h.Read = h.Read[:start+got]
	return h.Read[start:], err
}

// sslv2 reads the rest of a hello in the format of SSL 2.0, whose header of two
// bytes has the length.
func (h Hello) sslv2(r io.Reader) (Hello, error) {
	length := 2 + int(binary.BigEndian.Uint16(h.Read)&0x7FFF)
	if length < headerLength {
		return h, nil
	}
	if _, err := h.take(r, length-headerLength); err != nil {
		return h, err
	}
	if hello, problems := handshake.ParseClientHello(h.Read); len(problems) == 0 {
		h.ClientHello, h.Message = hello, bytes.Clone(h.Read[2:])
	}
	return h, nil
}

// Takes reports whether the server can agree with a client on a version, a suite
// and no compression.
func Takes(hello *handshake.ClientHello, lowest, highest iana.ProtocolVersion) bool {
	version := agreed(hello, highest)
	return version >= max(lowest, iana.SSL30) && choose(hello, version) != 0 && uncompressed(hello)
}

// agreed is the best version of both sides; 0 where the client speaks SSL 2.0
// alone.
func agreed(hello *handshake.ClientHello, highest iana.ProtocolVersion) iana.ProtocolVersion {
	if hello.Version < iana.SSL30 {
		return 0
	}
	return min(hello.Version, highest, iana.TLS12)
}

// uncompressed reports whether records need not be compressed: the format of SSL
// 2.0 does not speak of it.
func uncompressed(hello *handshake.ClientHello) bool {
	return hello.SSLv2 || slices.Contains(hello.CompressionMethods, 0)
}

// choose takes the first of the server's suites that the client has; 0 for none.
func choose(hello *handshake.ClientHello, version iana.ProtocolVersion) iana.CipherSuite {
	for _, s := range suites() {
		if s.lowest <= version && version <= s.highest && slices.Contains(hello.CipherSuites, s.suite) && (s.suite.KeyExchange() == "RSA" || schemeFor(hello, version) != 0 || version < iana.TLS12) {
			return s.suite
		}
	}
	return 0
}

// offered is a suite and the versions that have it.
type offered struct {
	suite           iana.CipherSuite
	lowest, highest iana.ProtocolVersion
}

// suites are those of the server in its order. First the strength of the records
// counts; of two that are alike the one without Diffie-Hellman comes first: it is
// what every old phone can do, and how long a prime may be they say nowhere.
func suites() []offered {
	var list []offered
	add := func(lowest, highest iana.ProtocolVersion, suites ...iana.CipherSuite) {
		for _, s := range suites {
			list = append(list, offered{s, lowest, highest})
		}
	}
	add(iana.TLS12, iana.TLS12,
		iana.TLS_RSA_WITH_AES_128_GCM_SHA256, iana.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
		iana.TLS_RSA_WITH_AES_256_GCM_SHA384, iana.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
		iana.TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256)
	add(iana.SSL30, iana.TLS12,
		iana.TLS_RSA_WITH_AES_128_CBC_SHA, iana.TLS_DHE_RSA_WITH_AES_128_CBC_SHA,
		iana.TLS_RSA_WITH_AES_256_CBC_SHA, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA)
	add(iana.TLS12, iana.TLS12,
		iana.TLS_RSA_WITH_AES_128_CBC_SHA256, iana.TLS_DHE_RSA_WITH_AES_128_CBC_SHA256,
		iana.TLS_RSA_WITH_AES_256_CBC_SHA256, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA256)
	add(iana.SSL30, iana.TLS12,
		iana.TLS_RSA_WITH_3DES_EDE_CBC_SHA, iana.TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA,
		iana.TLS_RSA_WITH_RC4_128_SHA, iana.TLS_RSA_WITH_RC4_128_MD5,
		iana.TLS_RSA_WITH_DES_CBC_SHA, iana.TLS_DHE_RSA_WITH_DES_CBC_SHA)
	add(iana.SSL30, iana.TLS10, // RFC 4346, appendix A.5: later versions have none for export
		iana.TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA, iana.TLS_RSA_EXPORT1024_WITH_RC4_56_SHA, iana.TLS_RSA_EXPORT1024_WITH_RC4_56_MD5,
		iana.TLS_RSA_EXPORT_WITH_DES40_CBC_SHA, iana.TLS_RSA_EXPORT_WITH_RC4_40_MD5)
	return list
}
