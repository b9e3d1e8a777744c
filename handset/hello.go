package handset

import (
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Hello is a ClientHello as data: all that makes its bytes, but for what is
// fresh each time it is sent (random, session id, key shares, the server's name).
type Hello struct {
	// RecordVersion stands in the header of the record, Version in the message
	// (RFC 5246, sections 6.2.1 and 7.4.1.2), as numbers of the wire.
	RecordVersion, Version uint16
	// SessionIDLength is how many bytes of session id there are, 0 to 32.
	SessionIDLength int
	// CipherSuites are all values of the list in their order, GREASE (RFC 8701)
	// and signals such as TLS_EMPTY_RENEGOTIATION_INFO_SCSV among them.
	CipherSuites []uint16
	// CompressionMethods are those of the list.
	CompressionMethods []uint8
	// Extensions are in the order of the wire; NoExtensions tells a message
	// without the block from one whose block is empty.
	Extensions   []HelloExtension
	NoExtensions bool
	// SSLv2 is set for a message in the format of SSL 2.0 (RFC 5246, appendix
	// E.2), which has no other record around it, no compression methods and no
	// extensions: those fields are zero, NoExtensions is true. CipherSpecs is its
	// list of numbers of three bytes; those that begin with zero are the
	// CipherSuites, the others ciphers of SSL 2.0. ChallengeLength is how many
	// bytes of random value there are, 16 to 32.
	SSLv2           bool
	CipherSpecs     []uint32
	ChallengeLength int
}

// HelloExtension is one extension of a Hello.
type HelloExtension struct {
	// Type is the number of the extension.
	Type uint16
	// Data is the content as it was seen; nil for server_name and key_share,
	// which are made afresh.
	Data []byte
	// Shares are the groups of key_share and the lengths of their public values.
	Shares []HelloShare
	// Addresses says of server_name that an address was seen in it: old clients
	// send those as well, though RFC 6066, section 3, forbids it.
	Addresses bool
}

// HelloShare is one entry of key_share (RFC 8446, section 4.2.8).
type HelloShare struct {
	Group uint16
	// Length is that of the public value in bytes.
	Length int
}

// What a Hello may hold. The real ones have at most 60 suites and 20 extensions.
const (
	// MaxHelloBytes is the size of the message below which it fits into one
	// record, the server's name and all.
	MaxHelloBytes      = 16<<10 - 512
	maxHelloSuites     = 512
	maxHelloExtensions = 128
	maxHelloShares     = 32
	// maxSessionID is RFC 5246, section 7.4.1.2.
	maxSessionID = 32
)

// Check says what keeps the data from being a ClientHello: a vector that does not
// fit its format (RFC 5246, section 7.4.1.2), an extension that stands there
// twice, or more than a message of MaxHelloBytes.
func (h Hello) Check() error {
	if h.SSLv2 || len(h.CipherSpecs) > 0 || h.ChallengeLength != 0 {
		return h.checkSSLv2()
	}
	size := 4 + 2 + 32 + 1 + h.SessionIDLength + 2 + 2*len(h.CipherSuites) + 1 + len(h.CompressionMethods) + 2
	switch suites, methods := len(h.CipherSuites), len(h.CompressionMethods); {
	case h.SessionIDLength < 0 || h.SessionIDLength > maxSessionID:
		return fmt.Errorf("the session id has %d bytes; it has 0 to %d", h.SessionIDLength, maxSessionID)
	case suites == 0 || suites > maxHelloSuites:
		return fmt.Errorf("there are %d cipher suites; a ClientHello has 1 to %d", suites, maxHelloSuites)
	case methods == 0 || methods > 255:
		return fmt.Errorf("there are %d compression methods; a ClientHello has 1 to 255", methods)
	case h.NoExtensions && len(h.Extensions) > 0:
		return fmt.Errorf("there are %d extensions in a ClientHello without extensions", len(h.Extensions))
	case len(h.Extensions) > maxHelloExtensions:
		return fmt.Errorf("there are %d extensions; a ClientHello is taken with at most %d", len(h.Extensions), maxHelloExtensions)
	}
	for i, e := range h.Extensions {
		if err := e.check(); err != nil {
			return err
		}
		if slices.ContainsFunc(h.Extensions[:i], func(o HelloExtension) bool { return o.Type == e.Type }) {
			return fmt.Errorf("the extension %s stands there twice (RFC 8446, section 4.2)", e)
		}
		size += e.size()
	}
	if size > MaxHelloBytes {
		return fmt.Errorf("the message has %d bytes; a ClientHello is taken with at most %d", size, MaxHelloBytes)
	}
	return nil
}

// String is the extension's name, or its number.
func (e HelloExtension) String() string { return iana.ExtensionType(e.Type).String() }

// size is that on the wire. The server's name comes later, and MaxHelloBytes
// leaves room for it.
func (e HelloExtension) size() int {
	n := 4 + len(e.Data)
	if e.is(iana.ExtensionKeyShare) {
		n += 2
	}
	for _, s := range e.Shares {
		n += 4 + s.Length
	}
	return n
}

func (e HelloExtension) is(t iana.ExtensionType) bool { return iana.ExtensionType(e.Type) == t }

func (e HelloExtension) check() error {
	share, name := e.is(iana.ExtensionKeyShare), e.is(iana.ExtensionServerName)
	switch {
	case (share || name) && len(e.Data) > 0:
		return fmt.Errorf("the extension %s has data, but it is made afresh", e)
	case !name && e.Addresses:
		return fmt.Errorf("the extension %s has addresses, which only server_name has", e)
	case !share && len(e.Shares) > 0:
		return fmt.Errorf("the extension %s has shares, which only key_share has", e)
	case len(e.Shares) > maxHelloShares:
		return fmt.Errorf("there are %d key shares; a ClientHello is taken with at most %d", len(e.Shares), maxHelloShares)
	}
	for _, s := range e.Shares {
		if s.Length < 1 || s.Length > MaxHelloBytes {
			return fmt.Errorf("the key share in %s has %d bytes; it has 1 to %d", iana.NamedGroup(s.Group), s.Length, MaxHelloBytes)
		}
	}
	return nil
}

// String tells the message in one line.
func (h Hello) String() string {
	if h.SSLv2 {
		return h.stringSSLv2()
	}
	var names []string
	for _, e := range h.Extensions {
		if !iana.GREASE(e.Type) {
			names = append(names, e.String())
		}
	}
	extensions := fmt.Sprintf("%d extensions: %s", len(h.Extensions), strings.Join(names, ", "))
	if len(names) == 0 {
		extensions = "no extensions"
	}
	return fmt.Sprintf("%s in a record of %s, a session id of %d bytes, %d cipher suites, %s",
		iana.ProtocolVersion(h.Version), iana.ProtocolVersion(h.RecordVersion), h.SessionIDLength, len(h.CipherSuites), extensions)
}
