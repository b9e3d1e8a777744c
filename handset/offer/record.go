package offer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// FromHello makes data of a ClientHello: of its record, or its records, as they
// came, headers included. The notes tell in words what the data lacks, because it
// belongs to a session that is over. It is an error when it is no whole
// ClientHello, breaks the format, or goes beyond what a handset.Hello may hold.
func FromHello(record []byte) (handset.Hello, []string, error) {
	raw, version, records, err := message(record)
	if err != nil {
		return handset.Hello{}, nil, err
	}
	m, problems := handshake.ParseClientHello(raw)
	if m == nil {
		return handset.Hello{}, nil, errors.New("no ClientHello begins here")
	}
	// A problem within the content of an extension is the phone's own, and kept.
	if again, err := m.Marshal(); err != nil || !bytes.Equal(again, raw) {
		if len(problems) > 0 {
			err = problems[0]
		}
		return handset.Hello{}, nil, fmt.Errorf("the ClientHello breaks the format: %w", err)
	}
	h, notes, err := dataOf(m)
	h.RecordVersion = version
	if records > 1 {
		notes = append(notes, fmt.Sprintf("it came in %d records and is sent in one", records))
	}
	if err == nil {
		err = h.Check()
	}
	return h, notes, err
}

// message joins the records of a ClientHello. What follows it is of no interest.
func message(b []byte) (raw []byte, version uint16, records int, err error) {
	const header = 5
	if len(b) > 2 && b[0]&0x80 != 0 && b[2] == 1 {
		raw, err = messageSSLv2(b)
		return raw, 0, 1, err
	}
	for whole := false; !whole; {
		if len(b) < header || b[0] != byte(handshake.ContentHandshake) || b[1] != 3 {
			if records > 0 {
				return nil, 0, 0, fmt.Errorf("the ClientHello is cut short: %d bytes of it are there", len(raw))
			}
			return nil, 0, 0, errors.New("no record of a ClientHello begins here")
		}
		n := int(binary.BigEndian.Uint16(b[3:]))
		if len(b) < header+n {
			return nil, 0, 0, fmt.Errorf("the ClientHello is cut short: its record has %d bytes, and %d are there", n, len(b)-header)
		}
		if records++; records == 1 {
			version = binary.BigEndian.Uint16(b[1:])
		}
		raw, b = append(raw, b[header:header+n]...), b[header+n:]
		if len(raw) >= 4 {
			size := 4 + int(raw[1])<<16 + int(raw[2])<<8 + int(raw[3])
			if size > handset.MaxHelloBytes {
				return nil, 0, 0, fmt.Errorf("the message has %d bytes; a ClientHello is taken with at most %d", size, handset.MaxHelloBytes)
			}
			if whole = len(raw) >= size; whole {
				raw = raw[:size]
			}
		}
	}
	return raw, version, records, nil
}

// messageSSLv2 is a ClientHello in the format of SSL 2.0, which is a record by
// itself (RFC 5246, appendix E.2).
func messageSSLv2(b []byte) ([]byte, error) {
	n := 2 + int(binary.BigEndian.Uint16(b)&0x7FFF)
	if n > handset.MaxHelloBytes {
		return nil, fmt.Errorf("the message has %d bytes; a ClientHello is taken with at most %d", n, handset.MaxHelloBytes)
	}
	if n > len(b) {
		return nil, fmt.Errorf("the ClientHello is cut short: it has %d bytes, and %d are there", n, len(b))
	}
	return b[:n], nil
}

// dataOf leaves out what is fresh each time, and what belongs to a session that is
// over.
func dataOf(m *handshake.ClientHello) (h handset.Hello, notes []string, err error) {
	h.Version, h.SessionIDLength, h.NoExtensions = uint16(m.Version), len(m.SessionID), m.NoExtensions
	h.SSLv2, h.ChallengeLength = m.SSLv2, m.ChallengeLength
	for _, c := range m.CipherSpecs {
		h.CipherSpecs = append(h.CipherSpecs, uint32(c))
	}
	for _, s := range m.CipherSuites {
		h.CipherSuites = append(h.CipherSuites, uint16(s))
	}
	for _, c := range m.CompressionMethods {
		h.CompressionMethods = append(h.CompressionMethods, uint8(c))
	}
	for _, e := range m.Extensions {
		kept := handset.HelloExtension{Type: uint16(e.Type)}
		switch e.Type {
		case iana.ExtensionServerName:
			_, notAddress := netip.ParseAddr(m.ServerName())
			kept.Addresses = notAddress == nil
			if !bytes.Equal(ServerName(m.ServerName()).Data, e.Data) {
				notes = append(notes, "one name in server_name, which has a form of its own")
			}
		case iana.ExtensionKeyShare:
			shares, read := e.Value.([]handshake.KeyShare)
			if !read || !bytes.Equal(keyShare(shares).Data, e.Data) {
				return h, notes, errors.New("the extension key_share cannot be read, so it cannot be made afresh (RFC 8446, section 4.2.8)")
			}
			for _, s := range shares {
				kept.Shares = append(kept.Shares, handset.HelloShare{Group: uint16(s.Group), Length: len(s.Public)})
			}
		default:
			if len(e.Data) > 0 {
				kept.Data = bytes.Clone(e.Data)
			}
		}
		kept, stays, left := current(kept)
		if left != "" {
			notes = append(notes, left)
		}
		if stays {
			h.Extensions = append(h.Extensions, kept)
		}
	}
	return h, notes, nil
}

// current is an extension without what belongs to an earlier session, whose
// secret only the phone has: left says what that was, stays is false when nothing
// remains of it.
func current(e handset.HelloExtension) (kept handset.HelloExtension, stays bool, left string) {
	switch iana.ExtensionType(e.Type) {
	case iana.ExtensionSessionTicket:
		if len(e.Data) == 0 {
			return e, true, ""
		}
		e.Data = nil
		return e, true, "an empty session_ticket in place of the one of an earlier session"
	case iana.ExtensionPreSharedKey, iana.ExtensionEarlyData, iana.ExtensionCookie:
		return e, false, "no " + e.String() + ", which belongs to an earlier session"
	}
	return e, true, ""
}

// Record is a ClientHello as it goes over the wire: in a record, or in several
// where it is longer than one holds, with a version in their headers, which the
// format of SSL 2.0 does not have.
func Record(m *handshake.ClientHello, version iana.ProtocolVersion) ([]byte, error) {
	return m.Record(version)
}
