// Package offer builds the ClientHello with which a handset begins, and finds
// the handset to which a ClientHello belongs. Nothing here does I/O.
package offer

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Options are what a profile leaves to the moment.
type Options struct {
	// Random are the 32 bytes of client random.
	Random []byte
	// SessionID are 32 fresh random bytes: a ClientHello that was learned from a
	// phone takes as many of them as it had. Zeros stand in for what is missing.
	SessionID []byte
	// Host is the name of the server. It is sent where the profile says so.
	Host string
	// ServerName is sent whatever the profile says; "" sends none but Host.
	ServerName string
	// SNI is "on" or "off" where somebody knows whether the phone sends Host,
	// in place of what the profile says; "" otherwise.
	SNI string
	// Added are extensions beyond the profile's own, for the attempt to find
	// out whether one of them is what a server misses.
	Added handshake.Extensions
}

// Gap is a fact that the profile does not know, or only assumes, and what was
// sent in its place.
type Gap struct {
	// Fact is its path in the profile, for instance "tls.sni".
	Fact string `json:"fact"`
	// Sent says in words what stands in its place.
	Sent string `json:"sent"`
	// Because is the profile's word on it.
	Because string `json:"because"`
	// Decides says that the gap may decide how a server answers: cipher suites
	// and versions do, whatever else is not known.
	Decides bool `json:"decides"`
}

// ClientHello builds the message: the one that was seen of a phone where the
// profile has it, else one of the facts about it. What the profile does not know is
// told in the gaps. The public values in key_share are zeros.
func ClientHello(p *handset.Profile, o Options) (*handshake.ClientHello, []Gap) {
	b := builder{profile: p, options: o}
	if p.TLS.ClientHello.Known() {
		return b.learned(p.TLS.ClientHello.Value), b.gaps
	}
	m := &handshake.ClientHello{
		Random:             o.Random,
		CompressionMethods: []handshake.CompressionMethod{0},
	}
	versions := b.versions()
	m.Version = min(slices.Max(versions), iana.TLS12)
	m.CipherSuites = b.cipherSuites()
	m.Extensions = append(b.serverName(), b.extensions(versions)...)
	m.Extensions = append(m.Extensions, o.Added...)
	m.NoExtensions = len(m.Extensions) == 0
	return m, b.gaps
}

// builder gathers the gaps while it builds.
type builder struct {
	profile *handset.Profile
	options Options
	gaps    []Gap
}

func (b *builder) gap(fact, sent, because string, decides bool) {
	b.gaps = append(b.gaps, Gap{fact, sent, because, decides})
}

// versions are those of the profile that a ClientHello can offer.
func (b *builder) versions() []iana.ProtocolVersion {
	known := Versions(b.profile)
	if len(known) > 0 {
		return known
	}
	b.gap("tls.versions", "TLS 1.0 to TLS 1.2", b.profile.TLS.Versions.NotKnown, true)
	return []iana.ProtocolVersion{iana.TLS10, iana.TLS11, iana.TLS12}
}

// Versions are the protocol versions of a profile as numbers, the oldest
// first; nil where they are not known. What a ClientHello of the phone says goes
// before the other facts.
func Versions(p *handset.Profile) []iana.ProtocolVersion {
	if p.TLS.ClientHello.Known() {
		return learnedRange(p, p.TLS.ClientHello.Value)
	}
	return profileVersions(p)
}

func profileVersions(p *handset.Profile) []iana.ProtocolVersion {
	var list []iana.ProtocolVersion
	for v := iana.SSL30; v <= iana.TLS13; v++ {
		if slices.Contains(p.TLS.Versions.Value, v.String()) {
			list = append(list, v)
		}
	}
	return list
}

func (b *builder) cipherSuites() []iana.CipherSuite {
	if known := CipherSuites(b.profile); len(known) > 0 {
		return known
	}
	b.gap("tls.cipher_suites", "a list that most clients of these versions have", b.profile.TLS.CipherSuites.NotKnown, true)
	return standIn()
}

// CipherSuites are the cipher suites of a profile in its order; nil where they
// are not known. Of a ClientHello of the phone they are what really is a suite.
func CipherSuites(p *handset.Profile) []iana.CipherSuite {
	ids := p.TLS.CipherSuites.Value
	if p.TLS.ClientHello.Known() {
		ids = p.TLS.ClientHello.Value.CipherSuites
	}
	var list []iana.CipherSuite
	for _, id := range ids {
		if s := iana.CipherSuite(id); s != iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV && s != iana.TLS_FALLBACK_SCSV && !iana.GREASE(s) {
			list = append(list, s)
		}
	}
	return list
}

// serverName is the extension server_name, where one is to be sent. An address
// never is (RFC 6066, section 3).
func (b *builder) serverName() handshake.Extensions {
	if b.options.ServerName != "" {
		return handshake.Extensions{ServerName(b.options.ServerName)}
	}
	fact, host := b.profile.TLS.SNI, strings.TrimSuffix(b.options.Host, ".")
	if _, err := netip.ParseAddr(host); err == nil || host == "" {
		return nil
	}
	switch {
	case b.options.SNI == "on":
		return handshake.Extensions{ServerName(host)}
	case b.options.SNI == "off":
		return nil
	case !fact.Known():
		b.gap("tls.sni", "no server name", fact.NotKnown, false)
	case fact.Basis == "assumed" && !fact.Value:
		b.gap("tls.sni", "no server name", fact.Because, false)
	case fact.Basis == "assumed":
		b.gap("tls.sni", "the server name", fact.Because, false)
	}
	if fact.Known() && fact.Value {
		return handshake.Extensions{ServerName(host)}
	}
	return nil
}
