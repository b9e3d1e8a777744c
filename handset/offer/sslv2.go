package offer

import (
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// learnedSSLv2 is learned for a ClientHello in the format of SSL 2.0 (RFC 5246,
// appendix E.2). The random value is a challenge, behind zeros where it is shorter.
func (b *builder) learnedSSLv2(h handset.Hello) *handshake.ClientHello {
	m := &handshake.ClientHello{
		SSLv2: true, NoExtensions: true, Version: iana.ProtocolVersion(h.Version),
		SessionID: b.sessionID(h), Random: make(handshake.Hex, 32), ChallengeLength: h.ChallengeLength,
	}
	first := max(0, 32-h.ChallengeLength)
	copy(m.Random[first:], b.options.Random[min(first, len(b.options.Random)):])
	for _, c := range h.CipherSpecs {
		m.CipherSpecs = append(m.CipherSpecs, handshake.CipherSpec(c))
	}
	for _, s := range h.CipherSuites {
		m.CipherSuites = append(m.CipherSuites, iana.CipherSuite(s))
	}
	b.learnedVersions(h)
	b.withoutExtensions()
	return decoded(m)
}

// withoutExtensions tells what would be sent if the format had a place for it, and
// whether the phone is known to send no name: one that does begins in the format
// of TLS then.
func (b *builder) withoutExtensions() {
	for _, e := range append(b.serverName(), b.options.Added...) {
		b.gap("tls.client_hello", "no "+e.Type.String(), "the phone's ClientHello has the format of SSL 2.0, which has no place for extensions", false)
	}
}

// compareFormat compares what the format of SSL 2.0 alone has.
func (m *Match) compareFormat(seen, own handset.Hello) {
	switch {
	case seen.SSLv2 != own.SSLv2:
		m.differs("has the format of %s, the handset that of %s", format(seen), format(own))
	case !slices.Equal(seen.CipherSpecs, own.CipherSpecs) && slices.Equal(seen.CipherSuites, own.CipherSuites):
		m.differs("has other ciphers of SSL 2.0 among the same cipher suites")
	case seen.ChallengeLength != own.ChallengeLength:
		m.differs("has a challenge of %d bytes, the handset of %d", seen.ChallengeLength, own.ChallengeLength)
	}
}

func format(h handset.Hello) string {
	if h.SSLv2 {
		return "SSL 2.0"
	}
	return "TLS"
}
