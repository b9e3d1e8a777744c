package offer

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// compareLearned compares with a ClientHello that was seen of the phone: all that a
// phone sends alike each time.
func (m *Match) compareLearned(hello *handshake.ClientHello, p *handset.Profile) {
	seen, _, err := dataOf(hello)
	if err != nil {
		m.differs("sends a ClientHello that cannot be compared with the handset's")
		return
	}
	seen, own := steady(seen), steady(p.TLS.ClientHello.Value)
	m.compareSuites(hello, p)
	if seen.Version != own.Version || !slices.Equal(listed(seen), listed(own)) {
		m.differs("offers %s at best, the handset %s", best(seen), best(own))
	}
	if !slices.Equal(seen.CipherSuites, own.CipherSuites) && len(m.Differences) == 0 {
		m.differs("has other signals among the same cipher suites")
	}
	m.NotCompared = nil // signals are, here
	m.compareFormat(seen, own)
	if seen.SSLv2 == own.SSLv2 && !bytes.Equal(seen.CompressionMethods, own.CompressionMethods) {
		m.differs("has the compression methods % x, the handset % x", seen.CompressionMethods, own.CompressionMethods)
	}
	if seen.SessionIDLength != own.SessionIDLength {
		if slices.Contains(listed(own), iana.TLS13) {
			m.differs("has a session id of %d bytes, the handset of %d", seen.SessionIDLength, own.SessionIDLength)
		} else { // RFC 5246, section 7.4.1.2: it tells whether there was a session before
			m.NotCompared = append(m.NotCompared, "session id")
		}
	}
	m.compareContents(seen, own)
}

// compareContents compares the extensions, name by name and byte by byte. Whether
// there is a server's name hangs on what the phone calls.
func (m *Match) compareContents(seen, own handset.Hello) {
	name := func(h handset.Hello) bool { return slices.ContainsFunc(h.Extensions, isServerName) }
	if name(seen) != name(own) {
		m.NotCompared = append(m.NotCompared, iana.ExtensionServerName.String())
		for _, h := range []*handset.Hello{&seen, &own} {
			h.Extensions = slices.DeleteFunc(h.Extensions, isServerName)
		}
	}
	if a, b := words(seen), words(own); !slices.Equal(a, b) || seen.NoExtensions != own.NoExtensions && name(seen) == name(own) {
		m.differs("sends the extensions %s, the handset %s", said(a), said(b))
		return
	}
	for i, e := range seen.Extensions {
		if o := own.Extensions[i]; !bytes.Equal(e.Data, o.Data) || !slices.Equal(e.Shares, o.Shares) {
			m.differs("has other content in %s", e)
		}
	}
}

func words(h handset.Hello) []string {
	var list []string
	for _, e := range h.Extensions {
		list = append(list, e.String())
	}
	return list
}

func best(h handset.Hello) iana.ProtocolVersion {
	if list := listed(h); len(list) > 0 {
		return list[len(list)-1]
	}
	return iana.ProtocolVersion(h.Version)
}

// steady is a ClientHello without what changes from one to the next: which values
// of GREASE stand there (RFC 8701, section 3), how long the padding is, what stands
// in an encrypted ClientHello, what belongs to a session.
func steady(h handset.Hello) handset.Hello {
	h.CipherSuites = ungreased(h.CipherSuites)
	list := h.Extensions
	h.Extensions = nil
	for _, e := range list {
		e, stays, _ := current(e)
		if !stays {
			continue
		}
		if iana.GREASE(e.Type) {
			e.Type = grease
		}
		switch iana.ExtensionType(e.Type) {
		case iana.ExtensionPadding, iana.ExtensionEncryptedClientHello:
			e.Data = nil
		case iana.ExtensionSupportedGroups:
			e.Data = ungreasedList(e.Data, 2)
		case iana.ExtensionSupportedVersions:
			e.Data = ungreasedList(e.Data, 1)
		case iana.ExtensionKeyShare:
			e.Shares = slices.Clone(e.Shares)
			for i, s := range e.Shares {
				if iana.GREASE(s.Group) {
					e.Shares[i].Group = grease
				}
			}
		}
		h.Extensions = append(h.Extensions, e)
	}
	return h
}

// grease stands for all of its values.
const grease = 0x0A0A

func ungreased(list []uint16) []uint16 {
	list = slices.Clone(list)
	for i, v := range list {
		if iana.GREASE(v) {
			list[i] = grease
		}
	}
	return list
}

// ungreasedList does the same to numbers of two bytes behind a length.
func ungreasedList(b []byte, length int) []byte {
	b = slices.Clone(b)
	for i := length; i+1 < len(b); i += 2 {
		if iana.GREASE(binary.BigEndian.Uint16(b[i:])) {
			binary.BigEndian.PutUint16(b[i:], grease)
		}
	}
	return b
}
