package trace

import (
	"encoding/binary"
	"sync"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/handshake"
)

// maxKnown bounds how many different offers are remembered.
const maxKnown = 4096

// maxFingerprint is how long an offer may be, in bytes, to be remembered: those
// of phones are far shorter, and strangers need not fill the memory.
const maxFingerprint = 1024

// matcher finds the handset that a ClientHello belongs to. Phones of one kind
// all send the same, so an answer is remembered.
type matcher struct {
	mutex    sync.Mutex
	profiles []*handset.Profile
	known    map[string][]offer.Match
}

func newMatcher(profiles []*handset.Profile) *matcher {
	return &matcher{profiles: profiles, known: map[string][]offer.Match{}}
}

func (m *matcher) find(hello *handshake.ClientHello) []offer.Match {
	if len(m.profiles) == 0 {
		return nil
	}
	key := fingerprint(hello)
	if len(key) > maxFingerprint {
		return offer.Find(hello, m.profiles)
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if list, ok := m.known[key]; ok {
		return list
	}
	list := offer.Find(hello, m.profiles)
	if len(m.known) < maxKnown {
		m.known[key] = list
	}
	return list
}

// fingerprint is what of a ClientHello decides on the match: all but random,
// session and the contents of extensions. Those of the versions count, too.
func fingerprint(hello *handshake.ClientHello) string {
	b := binary.BigEndian.AppendUint16(nil, uint16(hello.Version))
	for _, v := range hello.Versions() {
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	b = append(b, '|')
	for _, s := range hello.CipherSuites {
		b = binary.BigEndian.AppendUint16(b, uint16(s))
	}
	b = append(b, '|')
	for _, e := range hello.Extensions {
		b = binary.BigEndian.AppendUint16(b, uint16(e.Type))
	}
	return string(b)
}
