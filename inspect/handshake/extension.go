package handshake

import (
	"encoding/json"
	"fmt"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Extension is one extension of a message.
type Extension struct {
	Type iana.ExtensionType
	// Data is the content as it stood on the wire.
	Data Hex
	// Value is the decoded content, nil where an extension has none or is not
	// decoded:
	//
	//	server_name                             []string
	//	application_layer_protocol_negotiation,
	//	next_protocol_negotiation               []string
	//	supported_groups                        []iana.NamedGroup
	//	ec_point_formats                        []ECPointFormat
	//	signature_algorithms(_cert),
	//	delegated_credentials                   []iana.SignatureScheme
	//	supported_versions                      []iana.ProtocolVersion
	//	key_share                               []KeyShare
	//	status_request                          StatusRequest
	//	certificate_authorities                 []DistinguishedName
	//	psk_key_exchange_modes                  []PSKMode
	//	pre_shared_key                          PreSharedKey
	//	renegotiation_info, cookie              Hex
	//	compress_certificate                    []CompressionAlgorithm
	//	max_fragment_length (bytes),
	//	record_size_limit, heartbeat (mode),
	//	early_data (max_early_data_size)        int
	Value any
}

// MarshalJSON writes name, number, length, and the value or else the content.
// Of a session ticket only the length is told.
func (e Extension) MarshalJSON() ([]byte, error) {
	out := struct {
		Type   iana.ExtensionType `json:"type"`
		ID     string             `json:"id"`
		Length int                `json:"length"`
		Value  any                `json:"value,omitempty"`
		Data   Hex                `json:"data,omitempty"`
	}{e.Type, fmt.Sprintf("0x%04X", uint16(e.Type)), len(e.Data), e.Value, nil}
	if e.Value == nil && e.Type != iana.ExtensionSessionTicket && e.Type != iana.ExtensionPadding {
		out.Data = e.Data
	}
	return json.Marshal(out)
}

// Extensions are in the order of the wire.
type Extensions []Extension

// Find returns the first extension of a type, or nil.
func (list Extensions) Find(t iana.ExtensionType) *Extension {
	for i := range list {
		if list[i].Type == t {
			return &list[i]
		}
	}
	return nil
}

// ECPointFormat is a way to write a point (RFC 8422, section 5.1.2).
type ECPointFormat uint8

// String returns the name, or the number in hexadecimal digits.
func (f ECPointFormat) String() string {
	switch f {
	case 0:
		return "uncompressed"
	case 1:
		return "ansiX962_compressed_prime"
	case 2:
		return "ansiX962_compressed_char2"
	}
	return fmt.Sprintf("0x%02X", uint8(f))
}

// MarshalText writes the name.
func (f ECPointFormat) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// PSKMode says how a pre-shared key is used (RFC 8446, section 4.2.9).
type PSKMode uint8

// String returns the name, or the number in hexadecimal digits.
func (m PSKMode) String() string {
	switch m {
	case 0:
		return "psk_ke"
	case 1:
		return "psk_dhe_ke"
	}
	return fmt.Sprintf("0x%02X", uint8(m))
}

// MarshalText writes the name.
func (m PSKMode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// CompressionAlgorithm compresses certificates (RFC 8879, section 7.3).
type CompressionAlgorithm uint16

// String returns the name, or the number in hexadecimal digits.
func (c CompressionAlgorithm) String() string {
	switch c {
	case 1:
		return "zlib"
	case 2:
		return "brotli"
	case 3:
		return "zstd"
	}
	return fmt.Sprintf("0x%04X", uint16(c))
}

// MarshalText writes the name.
func (c CompressionAlgorithm) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// KeyShare is one public value of TLS 1.3; a HelloRetryRequest names only the
// group.
type KeyShare struct {
	Group iana.NamedGroup `json:"group"`
	// Public is the value.
	Public Hex `json:"public,omitempty"`
}

// StatusRequest asks for a stapled OCSP response (RFC 6066, section 8), or is
// that response beside a certificate of TLS 1.3.
type StatusRequest struct {
	Type       uint8 `json:"type"`
	Responders int   `json:"responders"`
	Response   Hex   `json:"response,omitempty"`
}

// PreSharedKey offers tickets, or says which one was taken.
type PreSharedKey struct {
	// IdentityLengths are the sizes of the tickets that a client offers.
	IdentityLengths []int `json:"identity_lengths,omitempty"`
	// Selected is the server's choice.
	Selected int `json:"selected"`
}

// optionalExtensions reads a block that older clients and servers leave out
// (RFC 5246, section 7.4.1.2).
func (p *parser) optionalExtensions(s *cryptobyte.String) (list Extensions, none bool) {
	if len(*s) == 0 {
		return nil, !p.cut
	}
	return p.extensions(s), false
}

func (p *parser) extensions(s *cryptobyte.String) Extensions {
	block := p.vector(s, 2, "extensions")
	var list Extensions
	if n := countExtensions(block); n > 0 {
		list = make(Extensions, 0, min(n, p.remaining))
	}
	p.inner(p.section, func() {
		for len(block) > 0 && !p.cut {
			if p.remaining == 0 {
				p.fail(block, "more than %d extensions", maxExtensions)
				return
			}
			p.remaining--
			at := block
			e := Extension{Type: iana.ExtensionType(p.number(&block, 2, "extension_type"))}
			if p.cut {
				return
			}
			if list.Find(e.Type) != nil && len(list) < 64 {
				p.fail(at, "a second extension %s", e.Type)
			}
			data := p.vector(&block, 2, "extension_data")
			e.Data = view(data)
			if !p.cut {
				e.Value = p.extension(e.Type, data)
			}
			list = append(list, e)
		}
	})
	return list
}

// countExtensions walks over a block as far as it can be read.
func countExtensions(block cryptobyte.String) (n int) {
	var data cryptobyte.String
	for block.Skip(2) {
		n++
		if !block.ReadUint16LengthPrefixed(&data) {
			break
		}
	}
	return n
}

// extension decodes the content of one extension, which has a form of its own
// in each kind of message.
func (p *parser) extension(t iana.ExtensionType, s cryptobyte.String) (value any) {
	section, read := extensionReader(t)
	if read == nil {
		return nil
	}
	p.inner(section, func() {
		value = read(p, &s)
		p.end(s, "extension "+t.String())
	})
	return value
}

// fromClient reports whether the extension is in an offer.
func (p *parser) fromClient() bool { return p.name == "ClientHello" }
