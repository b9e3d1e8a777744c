package diagnosis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/suite"
	"github.com/phonecert/phonecert/inspect/listen/chain"
)

// Listener is what the tool knows of a connection in which it was the server
// itself: what it did was its own choice, and only what the phone did is news.
type Listener struct {
	// Asks says that it asks for a client certificate.
	Asks bool
	// Chain is the variant that was shown, "" for a certificate of the caller's.
	Chain chain.Variant
	// Root is the file with the root to upload, "" where there is none; Phone the
	// address that the call came from, "" where the phone cannot be reached at it.
	Root, Phone string
	// Limit names the cap that ended the connection, "" for none.
	Limit string
	// Requests are those of the phone, with the answers.
	Requests []ListenerRequest
	// Client is the phone's own certificate, nil when it sent none.
	Client *ListenerClient
}

// ListenerRequest is a request of the phone: Method, whom or which file it is
// About, and the Status of the answer.
type ListenerRequest struct {
	Method, About string
	Status        int
}

// ListenerClient is what the listener makes of the phone's own certificate.
type ListenerClient struct {
	// Kind is "unique", "generic" or "uploaded", "" where it does not tell.
	Kind string
	// MAC is the address in it, "" for none; Subject and Issuer are short names.
	MAC, Subject, Issuer string
	// Trusted says whether the CAs that the listener was given trust it, nil
	// without them; Reason says why not.
	Trusted *bool
	Reason  string
	// Proved says that the phone proved to have the key.
	Proved bool
}

// listening reports whether the tool was the server.
func (s *subject) listening() bool { return s.Listener != nil }

// listened says what a phone did that called the tool itself.
func listened(s *subject) {
	if !s.listening() {
		return
	}
	s.oldHello()
	s.offered()
	s.weakHere()
	s.own()
	s.limited()
	s.hungUp()
	s.refusedHere()
	s.answeredHere()
}

// oldHello tells of hellos that the servers of today do not take. The listener
// answers them all the same where it has a version and a suite for them.
func (s *subject) oldHello() {
	if s.hello == nil {
		return
	}
	const fix = "see which versions the phone's settings allow; its firmware may be older than TLS"
	grave, answer := finding.Warning, "answers it, and the servers of today do not"
	if s.serverHello == nil {
		grave, answer = finding.Error, "does not answer it, like the servers of today"
	}
	switch {
	case s.hello.SSLv2:
		s.add("listener.sslv2-hello", grave, witnessed("RFC 5246, appendix E.2"), fix,
			"the phone begins with a hello in the format of SSL 2.0 and offers up to %s with %s of TLS and %s of SSL 2.0; this listener %s",
			s.hello.Version, count(len(s.hello.CipherSuites), "suite"), count(len(s.hello.CipherSpecs)-len(s.hello.CipherSuites), "cipher"), answer)
	case slices.Max(append(s.hello.Versions(), s.hello.Version)) <= iana.SSL30:
		s.add("listener.sslv3", grave, witnessed("RFC 7568"), fix,
			"the phone offers no more than SSL 3.0, with %s; this listener %s", count(len(s.hello.CipherSuites), "suite"), answer)
	default:
		return
	}
	s.explained = s.explained || s.serverHello == nil
}

// offered compares the ClientHello with what the handset's profile lists.
func (s *subject) offered() {
	if s.hello == nil || s.Phone == nil || s.Phone.Profile == nil {
		return
	}
	p, g := s.Phone.Profile, witnessed("RFC 5246, section 7.4.1.2")
	const fix = "keep what this phone really sends as a profile of its own: phonecert listen --learn FILE"
	if !p.TLS.CipherSuites.Known() {
		s.add("listener.offer-not-known", finding.Note, on(p.TLS.CipherSuites), fix, "the phone offers %s; which ones %s has is not known, so nothing can be compared", count(len(s.hello.CipherSuites), "suite"), s.handset())
		return
	}
	var words []string
	listed := offer.CipherSuites(p)
	if more := beyond(s.hello.CipherSuites, listed); len(more) > 0 {
		words = append(words, fmt.Sprintf("offers %s that %s does not list: %s", count(len(more), "suite"), s.handset(), some(more)))
	}
	if less := beyond(listed, s.hello.CipherSuites); len(less) > 0 {
		words = append(words, fmt.Sprintf("lacks %s that %s lists: %s", count(len(less), "suite"), s.handset(), some(less)))
	}
	if m := s.match(); m != nil {
		for _, d := range m.Differences {
			if !strings.HasPrefix(d, "lacks ") && !strings.HasPrefix(d, "adds ") {
				words = append(words, d)
			}
		}
	}
	if len(words) == 0 {
		s.add("listener.offer-same", finding.Note, g, "nothing here", "the phone offers what %s lists, %s", s.handset(), count(len(listed), "suite"))
		return
	}
	s.add("listener.offer-differs", finding.Warning, g, fix, "the phone %s", strings.Join(words, "; "))
}

// weakHere tells where the phone has nothing better in common with the listener.
func (s *subject) weakHere() {
	if s.serverHello == nil {
		return
	}
	if why := suite.Weakness(s.serverHello.CipherSuite); why != "" {
		s.add("listener.weak-suite", finding.Note, witnessed("RFC 9325, sections 3.1 and 4.1"), "ask the server that the phone is meant for with phonecert probe: it may have a better one",
			"the best that the phone and this listener have in common is %s, and %s", s.serverHello.CipherSuite, why)
	}
}

// beyond are the suites of a list that another lacks, without GREASE (RFC 8701)
// and signals, which no profile lists.
func beyond(list, other []iana.CipherSuite) []iana.CipherSuite {
	return slices.DeleteFunc(slices.Clone(list), func(c iana.CipherSuite) bool {
		return slices.Contains(other, c) || iana.GREASE(c) || c == iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV || c == iana.TLS_FALLBACK_SCSV
	})
}

// some writes the first few of a list.
func some(list []iana.CipherSuite) string {
	const most = 6
	if len(list) <= most {
		return series(list)
	}
	var words []string
	for _, c := range list[:most] {
		words = append(words, c.String())
	}
	return enumerate(append(words, fmt.Sprintf("%d more", len(list)-most)))
}
