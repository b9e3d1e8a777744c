package offer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Likeness is how near a ClientHello comes to a profile's.
type Likeness string

// The degrees of likeness. Exact means that nothing differs of what the
// profile knows, Near that most cipher suites are the same.
const (
	Exact   Likeness = "exact"
	Near    Likeness = "near"
	Unknown Likeness = "unknown"
)

// nearShare is the share of cipher suites that two offers have in common when
// they count as near. The lists of the T2xP and of the releases after it, which
// add a suite or two, lie above it; those of other libraries far below.
const nearShare = 0.75

// Match is a handset and how near the message comes to its own.
type Match struct {
	Handset  string   `json:"handset"`
	Likeness Likeness `json:"likeness"`
	// Differences are told in words, none for Exact.
	Differences []string `json:"differences"`
	// NotCompared names what the profile does not know or the message cannot
	// show.
	NotCompared []string `json:"not_compared,omitempty"`

	share float64
}

// Find compares a ClientHello with what the profiles would send, the nearest
// first; those that are equally near stay in their order. A profile whose
// cipher suites are not known is left out: nothing could be compared.
func Find(hello *handshake.ClientHello, profiles []*handset.Profile) []Match {
	var list []Match
	for _, p := range profiles {
		if p.TLS.CipherSuites.Known() || p.TLS.ClientHello.Known() {
			list = append(list, compare(hello, p))
		}
	}
	slices.SortStableFunc(list, func(a, b Match) int {
		return cmp.Or(cmp.Compare(rank(a.Likeness), rank(b.Likeness)),
			cmp.Compare(b.share, a.share), cmp.Compare(len(a.Differences), len(b.Differences)))
	})
	return list
}

func rank(l Likeness) int { return slices.Index([]Likeness{Exact, Near, Unknown}, l) }

func compare(hello *handshake.ClientHello, p *handset.Profile) Match {
	m := Match{Handset: p.ID, Likeness: Unknown, Differences: []string{}}
	if p.TLS.ClientHello.Known() {
		m.compareLearned(hello, p)
	} else {
		m.compareVersions(hello, p)
		m.compareSuites(hello, p)
		m.compareServerName(hello, p)
		m.compareExtensions(hello, p)
	}
	switch {
	case len(m.Differences) == 0:
		m.Likeness = Exact
	case m.share >= nearShare:
		m.Likeness = Near
	}
	return m
}

func (m *Match) differs(format string, args ...any) {
	m.Differences = append(m.Differences, fmt.Sprintf(format, args...))
}

func (m *Match) compareVersions(hello *handshake.ClientHello, p *handset.Profile) {
	known := Versions(p)
	if len(known) == 0 {
		m.NotCompared = append(m.NotCompared, "versions")
		return
	}
	versions := slices.DeleteFunc(slices.Clone(hello.Versions()), iana.GREASE[iana.ProtocolVersion])
	if own, offered := slices.Max(known), slices.Max(append(versions, 0)); own != offered {
		m.differs("offers %s at best, the handset %s", offered, own)
	}
}

// compareSuites leaves out values that are no suites: GREASE (RFC 8701) and the
// signals of RFC 5746 and RFC 7507, which a list of suites does not name.
func (m *Match) compareSuites(hello *handshake.ClientHello, p *handset.Profile) {
	own := CipherSuites(p)
	var offered []iana.CipherSuite
	for _, s := range hello.CipherSuites {
		switch {
		case s == iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV, s == iana.TLS_FALLBACK_SCSV:
			m.NotCompared = append(m.NotCompared, s.String())
		case !iana.GREASE(s):
			offered = append(offered, s)
		}
	}
	missing, added := without(own, offered), without(offered, own)
	common := len(own) - len(missing)
	m.share = float64(common) / float64(max(len(own)+len(added), 1))
	if len(missing) > 0 {
		m.differs("lacks %s", names(missing))
	}
	if len(added) > 0 {
		m.differs("adds %s", names(added))
	}
	if len(missing)+len(added) == 0 && !slices.Equal(own, offered) {
		m.differs("has the same cipher suites in another order")
	}
}

func without(list, other []iana.CipherSuite) []iana.CipherSuite {
	return slices.DeleteFunc(slices.Clone(list), func(s iana.CipherSuite) bool { return slices.Contains(other, s) })
}

// names writes the first few of a list.
func names[T fmt.Stringer](list []T) string {
	const most = 4
	var words []string
	for _, v := range list[:min(len(list), most)] {
		words = append(words, v.String())
	}
	if len(list) > most {
		words = append(words, fmt.Sprintf("and %d more", len(list)-most))
	}
	return strings.Join(words, ", ")
}

func (m *Match) compareServerName(hello *handshake.ClientHello, p *handset.Profile) {
	sent := hello.Extensions.Find(iana.ExtensionServerName) != nil
	switch fact := p.TLS.SNI; {
	case !fact.Known() || fact.Basis == "assumed":
		m.NotCompared = append(m.NotCompared, iana.ExtensionServerName.String())
	case sent && !fact.Value:
		m.differs("sends the server's name, the handset does not")
	case !sent && fact.Value:
		// To an address no name is sent, and the message does not say what
		// was called.
		m.NotCompared = append(m.NotCompared, iana.ExtensionServerName.String())
	}
}

func (m *Match) compareExtensions(hello *handshake.ClientHello, p *handset.Profile) {
	if !p.TLS.Extensions.Known() {
		m.NotCompared = append(m.NotCompared, "extensions")
		return
	}
	var offered []string
	for _, e := range hello.Extensions {
		if e.Type != iana.ExtensionServerName && !iana.GREASE(e.Type) {
			offered = append(offered, e.Type.String())
		}
	}
	if own := p.TLS.Extensions.Value; !slices.Equal(own, offered) {
		m.differs("sends the extensions %s, the handset %s", said(offered), said(own))
	}
}

func said(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// Named says whose ClientHello it is, from matches as Find sorts them: phones
// of one family send the same. At most so many of them are named. "" where
// nothing was compared.
func Named(list []Match, most int) string {
	if len(list) == 0 {
		return ""
	}
	best := list[0]
	if best.Likeness == Unknown {
		return "no handset that is known"
	}
	var names []string
	for _, m := range list {
		if m.Likeness == best.Likeness && m.share == best.share && len(m.Differences) == len(best.Differences) {
			names = append(names, m.Handset)
		}
	}
	if more := len(names) - most; more > 0 {
		names = append(names[:most], fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("%s (%s)", strings.Join(names, ", "), best.Likeness)
}
