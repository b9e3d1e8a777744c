package compare

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/suite"
)

// Suites are the cipher suites of a ClientHello without the values that are
// none: GREASE (RFC 8701) and the signals of RFC 5746 and RFC 7507.
func Suites(h handset.Hello) []uint16 {
	return slices.DeleteFunc(slices.Clone(h.CipherSuites), func(id uint16) bool { return suite.Signals(iana.CipherSuite(id)) })
}

// Extensions are the names of the extensions of a ClientHello but for GREASE and
// server_name, which comes and goes with the server's name.
func Extensions(h handset.Hello) []string {
	names := []string{}
	for _, e := range h.Extensions {
		if t := iana.ExtensionType(e.Type); t != iana.ExtensionServerName && !iana.GREASE(t) {
			names = append(names, t.String())
		}
	}
	return names
}

// find is an extension of a ClientHello, nil when it has none of the type.
func find(h handset.Hello, t iana.ExtensionType) *handset.HelloExtension {
	for i := range h.Extensions {
		if h.Extensions[i].Type == uint16(t) {
			return &h.Extensions[i]
		}
	}
	return nil
}

// best is the highest version that a ClientHello offers.
func best(h handset.Hello) iana.ProtocolVersion {
	e := find(h, iana.ExtensionSupportedVersions)
	if e == nil {
		return iana.ProtocolVersion(h.Version)
	}
	var highest iana.ProtocolVersion
	for i := 1; i+1 < len(e.Data); i += 2 {
		if v := iana.ProtocolVersion(e.Data[i])<<8 | iana.ProtocolVersion(e.Data[i+1]); v <= iana.TLS13 {
			highest = max(highest, v)
		}
	}
	return highest
}

// Hello says where a ClientHello departs from what a profile knows of its
// handset: parts of sentences whose subject is the ClientHello, none where it
// departs in nothing.
func Hello(h handset.Hello, p *handset.Profile) []string {
	return departures(h, p, new(handset.Profile))
}

// departures is Hello without what another profile states in facts of its own.
func departures(h handset.Hello, p, told *handset.Profile) []string {
	d := new(Difference)
	if known := offer.Versions(p); len(known) > 0 && !told.TLS.Versions.Known() && slices.Max(known) != best(h) {
		d.told("offers %s at best, %s %s", best(h), p.ID, slices.Max(known))
	}
	if own := p.TLS.CipherSuites; own.Known() && !told.TLS.CipherSuites.Known() {
		d.parts("suite", "suites", suites(own.Value), suites(Suites(h)), p.ID)
	}
	if own := p.TLS.Extensions; own.Known() && !told.TLS.Extensions.Known() {
		d.parts("extension", "extensions", own.Value, Extensions(h), p.ID)
	}
	sent := find(h, iana.ExtensionServerName) != nil
	if own := p.TLS.SNI; sent && own.Known() && !told.TLS.SNI.Known() && own.Basis != finding.Assumed && !own.Value {
		d.told("sends the server's name, which %s does not", p.ID)
	}
	return d.Details
}

// parts compares the list of a profile with that of a ClientHello.
func (d *Difference) parts(one, many string, own, offered []string, id string) {
	noun := func(list []string) string {
		if len(list) == 1 {
			return "1 " + one
		}
		return fmt.Sprintf("%d %s", len(list), many)
	}
	added, missing := without(offered, own), without(own, offered)
	if len(added) > 0 {
		d.told("offers %s that %s does not list: %s", noun(added), id, strings.Join(added, ", "))
	}
	if len(missing) > 0 {
		d.told("lacks %s that %s lists: %s", noun(missing), id, strings.Join(missing, ", "))
	}
	if !slices.Equal(without(own, missing), without(offered, added)) {
		d.told("has the %s in another order than %s", many, id)
	}
}

// hellos compares the two messages. Where one profile has none, the message of
// the other is held against what that profile knows, but for what other facts of
// the two tell already.
func (d *Difference) hellos(a, b *handset.Profile) {
	switch d.Kind {
	case OnlyA:
		d.departs(a, b)
	case OnlyB:
		d.departs(b, a)
	default:
		d.messages(a.TLS.ClientHello.Value, b.TLS.ClientHello.Value)
		if len(d.Details) == 0 {
			d.Kind = ""
		}
	}
}

// departs tells a message that the other profile does not have.
func (d *Difference) departs(from, other *handset.Profile) {
	for _, sentence := range departures(from.TLS.ClientHello.Value, other, from) {
		d.told("that of %s %s", from.ID, sentence)
		d.Kind = Contradicts
	}
}

// messages compares field by field. Suites and extensions come as names.
func (d *Difference) messages(a, b handset.Hello) {
	d.formats(a, b)
	if a.Version != b.Version {
		d.told("has %s in its version field, not %s", iana.ProtocolVersion(b.Version), iana.ProtocolVersion(a.Version))
	}
	if a.SessionIDLength != b.SessionIDLength {
		d.told("has a session id of %d bytes, not %d", b.SessionIDLength, a.SessionIDLength)
	}
	if !slices.Equal(a.CipherSuites, b.CipherSuites) {
		d.list(suites(a.CipherSuites), suites(b.CipherSuites), true)
	}
	if a.NoExtensions != b.NoExtensions && len(a.Extensions)+len(b.Extensions) == 0 {
		d.told("differs in whether the empty block of extensions is there")
	}
	d.list(types(a), types(b), true)
	for _, e := range b.Extensions {
		other := find(a, iana.ExtensionType(e.Type))
		if other == nil || iana.GREASE(iana.ExtensionType(e.Type)) {
			continue
		}
		if !bytes.Equal(e.Data, other.Data) || !slices.Equal(e.Shares, other.Shares) || e.Addresses != other.Addresses {
			d.told("has other content in %s", iana.ExtensionType(e.Type))
		}
	}
}

// formats compares the record and what only one of the two formats has: that of
// TLS, and that of SSL 2.0 (RFC 5246, appendix E.2).
func (d *Difference) formats(a, b handset.Hello) {
	switch {
	case a.SSLv2 != b.SSLv2 && b.SSLv2:
		d.told("has the format of SSL 2.0, not that of TLS")
		return
	case a.SSLv2 != b.SSLv2:
		d.told("has the format of TLS, not that of SSL 2.0")
		return
	case a.RecordVersion != b.RecordVersion:
		d.told("has %s in the record's header, not %s", iana.ProtocolVersion(b.RecordVersion), iana.ProtocolVersion(a.RecordVersion))
	case a.ChallengeLength != b.ChallengeLength:
		d.told("has a challenge of %d bytes, not %d", b.ChallengeLength, a.ChallengeLength)
	}
	if !bytes.Equal(a.CompressionMethods, b.CompressionMethods) {
		d.told("has the compression methods %s, not %s", hexes(b.CompressionMethods), hexes(a.CompressionMethods))
	}
	if !slices.Equal(a.CipherSpecs, b.CipherSpecs) && slices.Equal(a.CipherSuites, b.CipherSuites) {
		d.told("has other ciphers of SSL 2.0 among the same cipher suites")
	}
}

// types are the names of all extensions in their order.
func types(h handset.Hello) []string {
	var names []string
	for _, e := range h.Extensions {
		names = append(names, named(iana.ExtensionType(e.Type)))
	}
	return names
}

func hexes(b []byte) string {
	if len(b) == 0 {
		return "none"
	}
	return hex.EncodeToString(b)
}
