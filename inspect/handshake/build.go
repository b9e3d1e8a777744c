package handshake

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Marshal builds the message with its header, in the format of SSL 2.0 with
// that of its record: the bytes from which a
// ClientHello was decoded, or those of one that was put together. Of an
// extension Data is sent and Value is not looked at. It is an error when a
// field does not fit into the format.
func (m *ClientHello) Marshal() ([]byte, error) {
	if len(m.Random) != 32 {
		return nil, fmt.Errorf("random has %d bytes, not 32 (RFC 5246, section 7.4.1.2)", len(m.Random))
	}
	if len(m.SessionID) > 32 {
		return nil, fmt.Errorf("session_id has %d bytes, more than 32 (RFC 5246, section 7.4.1.2)", len(m.SessionID))
	}
	if m.NoExtensions && len(m.Extensions) > 0 {
		return nil, fmt.Errorf("there are %d extensions where none are to be sent", len(m.Extensions))
	}
	if m.SSLv2 {
		return m.marshalSSLv2()
	}
	var b cryptobyte.Builder
	b.AddUint8(typeClientHello)
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint16(uint16(m.Version))
		b.AddBytes(m.Random)
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(m.SessionID) })
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, suite := range m.CipherSuites {
				b.AddUint16(uint16(suite))
			}
		})
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, method := range m.CompressionMethods {
				b.AddUint8(uint8(method))
			}
		})
		if !m.NoExtensions {
			b.AddUint16LengthPrefixed(m.Extensions.marshal)
		}
	})
	return built(&b)
}

func (list Extensions) marshal(b *cryptobyte.Builder) {
	for _, e := range list {
		b.AddUint16(uint16(e.Type))
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(e.Data) })
	}
}

// Record is a ClientHello as it goes over the wire: in a record, or in several
// where it is longer than one holds, with a version in their headers. In the
// format of SSL 2.0 it is a record by itself (RFC 5246, appendix E.2).
func (m *ClientHello) Record(version iana.ProtocolVersion) ([]byte, error) {
	raw, err := m.Marshal()
	if err != nil || m.SSLv2 {
		return raw, err
	}
	return AppendRecords(nil, ContentHandshake, version, raw), nil
}

func built(b *cryptobyte.Builder) ([]byte, error) {
	out, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("a field is longer than its length can say: %w", err)
	}
	return out, nil
}

// AppendRecords appends content to dst as records of a type, in fragments of
// at most 16384 bytes (RFC 5246, section 6.2.1).
func AppendRecords(dst []byte, kind ContentType, version iana.ProtocolVersion, content []byte) []byte {
	for first := true; first || len(content) > 0; first = false {
		n := min(len(content), 1<<14)
		dst = append(dst, byte(kind), byte(version>>8), byte(version), byte(n>>8), byte(n))
		dst = append(dst, content[:n]...)
		content = content[n:]
	}
	return dst
}
