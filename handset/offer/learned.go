package offer

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// RecordVersion is the version in the header of the first record, 0 where the
// profile does not know it.
func RecordVersion(p *handset.Profile) iana.ProtocolVersion {
	return iana.ProtocolVersion(p.TLS.ClientHello.Value.RecordVersion)
}

// Lowest is the oldest version that the handset takes, as far as that is known:
// else TLS 1.0.
func Lowest(p *handset.Profile) iana.ProtocolVersion {
	if known := Versions(p); len(known) > 0 {
		return known[0]
	}
	return iana.TLS10
}

// learned sends the ClientHello that was seen of a phone. Fresh are the random
// value, the session id and the server's name; the public values of key_share are
// zeros, for keys are not made here.
func (b *builder) learned(h handset.Hello) *handshake.ClientHello {
	if h.SSLv2 {
		return b.learnedSSLv2(h)
	}
	m := &handshake.ClientHello{
		Version: iana.ProtocolVersion(h.Version), Random: b.options.Random,
		SessionID: b.sessionID(h),
	}
	b.learnedVersions(h)
	for _, s := range h.CipherSuites {
		m.CipherSuites = append(m.CipherSuites, iana.CipherSuite(s))
	}
	for _, c := range h.CompressionMethods {
		m.CompressionMethods = append(m.CompressionMethods, handshake.CompressionMethod(c))
	}
	if !slices.ContainsFunc(h.Extensions, isServerName) {
		m.Extensions = b.serverName()
	}
	for _, e := range h.Extensions {
		e, stays, left := current(e)
		if left != "" {
			b.gap("tls.client_hello", left, "it was recorded when the phone went on with that session", false)
		}
		switch {
		case !stays:
		case isServerName(e):
			m.Extensions = append(m.Extensions, b.nameInPlace(e.Addresses)...)
		case iana.ExtensionType(e.Type) == iana.ExtensionKeyShare:
			m.Extensions = append(m.Extensions, emptyShares(e.Shares))
		default:
			m.Extensions = append(m.Extensions, handshake.Extension{Type: iana.ExtensionType(e.Type), Data: slices.Clone(e.Data)})
		}
	}
	m.Extensions = append(m.Extensions, b.options.Added...)
	m.NoExtensions = h.NoExtensions && len(m.Extensions) == 0
	return decoded(m)
}

// sessionID is as long as that which was seen.
func (b *builder) sessionID(h handset.Hello) []byte {
	return slices.Concat(b.options.SessionID, make([]byte, 32))[:max(0, min(h.SessionIDLength, 32))]
}

// decoded is the message with the values of its extensions, which others go by.
func decoded(m *handshake.ClientHello) *handshake.ClientHello {
	if raw, err := m.Marshal(); err == nil {
		if again, _ := handshake.ParseClientHello(raw); again != nil {
			return again
		}
	}
	return m
}

// learnedVersions tells where only the best version is known: whether the phone
// takes the older ones does not stand in the message.
func (b *builder) learnedVersions(h handset.Hello) {
	if list := Versions(b.profile); len(list) > 1 && len(listed(h)) == 0 && !agrees(b.profile, h) {
		because := b.profile.TLS.Versions.NotKnown
		if because == "" {
			because = "the versions in the profile are not those of its ClientHello, which names the best one only"
		}
		b.gap("tls.versions", fmt.Sprintf("%s to %s", list[0], list[len(list)-1]), because, false)
	}
}

// nameInPlace is the server's name where the phone had one: an address is sent only
// by a phone that was seen to do so (RFC 6066, section 3).
func (b *builder) nameInPlace(addresses bool) handshake.Extensions {
	host := strings.TrimSuffix(b.options.Host, ".")
	if _, err := netip.ParseAddr(host); err == nil && !addresses || host == "" || b.options.ServerName != "" || b.options.SNI != "" {
		return b.serverName()
	}
	return handshake.Extensions{ServerName(host)}
}

func isServerName(e handset.HelloExtension) bool {
	return iana.ExtensionType(e.Type) == iana.ExtensionServerName
}

// learnedRange are the versions of a recorded ClientHello, the oldest first: those
// that it lists; those of the profile, where their best is the message's; else all
// from TLS 1.0 on up to the message's.
func learnedRange(p *handset.Profile, h handset.Hello) []iana.ProtocolVersion {
	if list := listed(h); len(list) > 0 {
		return list
	}
	if agrees(p, h) {
		return profileVersions(p)
	}
	best := iana.ProtocolVersion(h.Version)
	list := []iana.ProtocolVersion{min(iana.TLS10, best)}
	for v := iana.TLS11; v <= min(best, iana.TLS12); v++ {
		list = append(list, v)
	}
	return list
}

// agrees reports whether the best version that the profile states is the message's.
func agrees(p *handset.Profile, h handset.Hello) bool {
	known := profileVersions(p)
	return len(known) > 0 && known[len(known)-1] == iana.ProtocolVersion(h.Version)
}

// listed are the versions in supported_versions that have a name, the oldest first;
// nil without that extension.
func listed(h handset.Hello) []iana.ProtocolVersion {
	var list []iana.ProtocolVersion
	for _, e := range h.Extensions {
		if iana.ExtensionType(e.Type) != iana.ExtensionSupportedVersions {
			continue
		}
		var pairs cryptobyte.String
		data := cryptobyte.String(e.Data)
		data.ReadUint8LengthPrefixed(&pairs)
		for v := uint16(0); pairs.ReadUint16(&v); {
			if version := iana.ProtocolVersion(v); version >= iana.SSL30 && version <= iana.TLS13 {
				list = append(list, version)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// emptyShares is key_share with values of zeros.
func emptyShares(list []handset.HelloShare) handshake.Extension {
	var shares []handshake.KeyShare
	for _, s := range list {
		shares = append(shares, handshake.KeyShare{Group: iana.NamedGroup(s.Group), Public: make([]byte, s.Length)})
	}
	return keyShare(shares)
}

// keyShare is the extension key_share of a ClientHello.
func keyShare(shares []handshake.KeyShare) handshake.Extension {
	var b cryptobyte.Builder
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, s := range shares {
			b.AddUint16(uint16(s.Group))
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(s.Public) })
		}
	})
	data, _ := b.Bytes() // nil for what handset.Hello.Check refuses
	return handshake.Extension{Type: iana.ExtensionKeyShare, Data: data, Value: shares}
}
