package diagnosis

import (
	"fmt"
	"slices"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/suite"
)

// gaps tells what was offered in the place of what the profile does not know.
// Where such a fact may decide, a success is only probable.
func gaps(s *subject) {
	const fix = "capture a real phone while it registers, and compare its ClientHello: phonecert trace phone.pcap"
	const message = "the phone probably agrees with the server on version and cipher suite, because the handshake went through with a stand-in for %s: %s"
	completed := s.Live && s.Outcome.Ending == Completed
	for _, g := range s.Gaps {
		if g.Decides && completed {
			s.add("offer.supposed", finding.Error, guessed(g.Because), fix, message, g.Fact, g.Sent)
			return // one of them is as good as all
		}
	}
	for _, g := range s.Gaps {
		s.add("offer.gap", finding.Note, guessed(g.Because), fix, "the profile is not certain of %s; in its place: %s", g.Fact, g.Sent)
	}
	if completed && s.Phone != nil && (s.versionGround().basis == finding.Assumed || s.suiteGround().basis == finding.Assumed) {
		s.add("offer.assumed", finding.Error, weakest(s.versionGround(), s.suiteGround()), fix,
			"the phone probably agrees with the server on version and cipher suite, because the handshake went through with what it is assumed to offer")
	}
}

// comparison is the client's offer beside what the server takes.
type comparison struct {
	versions       []iana.ProtocolVersion // the client's
	offered        []iana.CipherSuite
	commonVersions []iana.ProtocolVersion
	common         []iana.CipherSuite
	// key is the algorithm of the server's key, "" if it is not known;
	// keyFits says that a suite of the client goes with it.
	key     string
	keyFits bool
}

func (s *subject) compare() comparison {
	c := comparison{versions: s.versions(), offered: suite.Suites(s.hello.CipherSuites), key: s.serverKey(), keyFits: true}
	for _, v := range c.versions {
		if slices.Contains(s.Survey.Versions, v) {
			c.commonVersions = append(c.commonVersions, v)
		}
	}
	c.common = suite.Common(c.offered, s.Survey.CipherSuites)
	if c.key != "" {
		c.keyFits = slices.ContainsFunc(c.offered, func(o iana.CipherSuite) bool { return suite.Fits(o, c.key) })
	}
	return c
}

// versions are those that the client speaks, the oldest first.
func (s *subject) versions() []iana.ProtocolVersion {
	var list []iana.ProtocolVersion
	if s.Live && s.Phone != nil {
		if list = offer.Versions(s.Phone.Profile); len(list) > 0 {
			return list
		}
	}
	offered := s.hello.Versions()
	for v := iana.SSL30; v <= iana.TLS13; v++ {
		// Without supported_versions every older version may be chosen, but SSL
		// 3.0 is offered by its own number alone.
		if slices.Contains(offered, v) || len(offered) == 1 && v < offered[0] && v > iana.SSL30 {
			list = append(list, v)
		}
	}
	return list
}

// serverKey is the algorithm of the key in the server's certificate; "" when it
// is not known, or when the server has several, of which it shows each client
// the one that fits.
func (s *subject) serverKey() string {
	leaf := s.leaf()
	if leaf == nil {
		return ""
	}
	key := leaf.KeyAlgorithm()
	if s.Survey != nil && slices.ContainsFunc(s.Survey.CipherSuites, func(o iana.CipherSuite) bool { return !suite.Fits(o, key) }) {
		return ""
	}
	return key
}

// leaf is the server's certificate as far as anybody saw it.
func (s *subject) leaf() *certificate.Certificate {
	if len(s.Sent) > 0 {
		return s.Sent[0]
	}
	if s.Survey != nil {
		return s.Survey.Leaf
	}
	return nil
}

// versionGround and suiteGround are how well the offer is known: what a client
// in a capture sends is seen, what a phone sends stands in its profile.
func (s *subject) versionGround() ground {
	if !s.Live || s.Phone == nil {
		return witnessed("RFC 5246, appendix E.1")
	}
	if hello := s.Phone.Profile.TLS.ClientHello; hello.Known() && s.bestTaken() {
		return weakest(on(hello), witnessed("RFC 5246, appendix E.1"))
	}
	return weakest(s.gapGround("tls.versions", on(s.Phone.Profile.TLS.Versions)), witnessed("RFC 5246, appendix E.1"))
}

func (s *subject) suiteGround() ground {
	if !s.Live || s.Phone == nil {
		return witnessed("RFC 5246, section 7.4.1.3")
	}
	if hello := s.Phone.Profile.TLS.ClientHello; hello.Known() {
		return weakest(on(hello), witnessed("RFC 5246, section 7.4.1.3"))
	}
	return weakest(s.gapGround("tls.cipher_suites", on(s.Phone.Profile.TLS.CipherSuites)), witnessed("RFC 5246, section 7.4.1.3"))
}

// gapGround is guessed where a stand-in was sent for a fact.
func (s *subject) gapGround(fact string, known ground) ground {
	for _, g := range s.Gaps {
		if g.Fact == fact {
			return guessed(g.Because)
		}
	}
	return known
}

// probably begins a sentence that rests on no more than an assumption.
func probably(g ground, sentence string) string {
	if g.basis == finding.Assumed {
		return "probably " + sentence
	}
	return sentence
}

// offerRefused tells why the server does not answer the ClientHello with its
// choice, from both sides.
func offerRefused(s *subject) {
	switch {
	case !s.failedAtHello() || s.explained:
	case s.Survey == nil:
	case len(s.Survey.Versions) == 0:
		s.end("offer.all-refused", guessed("no other offer was taken either"), "look at the server's log: it has no usable certificate, or serves only certain clients",
			"the phone is probably refused for a cause at the server, because it refuses every ClientHello that was tried (%s)", count(s.Survey.Connections, "connection"))
	default:
		c := s.compare()
		s.namedVersion(c)
		s.namedKey(c)
		s.namedSuites(c)
		if !s.explained {
			s.otherCauses(c)
		}
	}
}

func (s *subject) namedVersion(c comparison) {
	if len(c.commonVersions) > 0 || len(c.versions) == 0 {
		return
	}
	newest := c.versions[len(c.versions)-1]
	s.need.Version = newest
	s.log = "unsupported protocol"
	if s.Outcome.Ending == AlertReceived && s.Outcome.Alert == iana.AlertInternalError {
		// OpenSSL 3 above security level 0 takes TLS 1.0 and then has no digest
		// left that it may sign with.
		s.log = "no suitable signature algorithm"
	}
	fix := fmt.Sprintf("let the server take %s, best on a second listener for old phones", newest)
	if family := suite.Family(s.Survey.CipherSuites); family != "" && len(c.common) == 0 && c.keyFits {
		g := weakest(s.versionGround(), s.suiteGround())
		s.needSuites(c, newest)
		s.end("version.and-suites", g, s.fix(fix+", and enable "+s.enabled()),
			"%s", probably(g, fmt.Sprintf("the server accepts %s with %s suites only; %s, which speaks %s with %s, has neither",
				series(s.Survey.Versions), family, s.client(), series(c.versions), count(len(c.offered), "suite"))))
		return
	}
	g := s.versionGround()
	s.end("version.none-common", g, s.fix(fix),
		"%s", probably(g, fmt.Sprintf("the server accepts %s only, and %s speaks %s", series(s.Survey.Versions), s.client(), series(c.versions))))
}

func (s *subject) namedKey(c comparison) {
	if c.keyFits {
		return
	}
	s.need.RSA, s.need.Name = true, s.Target.Host
	s.logged("no shared cipher")
	if s.Live && s.Phone != nil {
		if list := s.Phone.Suites(s.leaf()); finding.Decide(list, false) != finding.Accepted {
			s.findings, s.explained = append(s.findings, list...), true
			return
		}
	}
	g := s.suiteGround()
	s.end("key.no-suite", g, s.fix("give the server a certificate with an RSA key of 2048 bits: certbot --key-type rsa, acme.sh --keylength 2048"),
		"%s", probably(g, fmt.Sprintf("the server's certificate has a key of the kind %s (%d bits), which none of the %s that %s offers can use",
			c.key, s.leaf().KeyBits(), count(len(c.offered), "suite"), s.client())))
}

func (s *subject) namedSuites(c comparison) {
	if len(c.common) > 0 || !c.keyFits || len(s.need.Suites) > 0 || len(s.Survey.CipherSuites) == 0 {
		return
	}
	version := s.agreeable(c)
	s.needSuites(c, version)
	s.logged("no shared cipher")
	g := s.suiteGround()
	s.end("cipher.none-common", g, s.fix("enable "+s.enabled()+" on the server"),
		"%s", probably(g, fmt.Sprintf("%s offers %s, the server takes %d%s, common: none%s",
			s.client(), count(len(c.offered), "suite"), len(s.Survey.CipherSuites), s.familyWords(), s.mends())))
	s.warnWeak(c, version)
}

// agreeable is the newest version in common, or else of the client.
func (s *subject) agreeable(c comparison) iana.ProtocolVersion {
	if n := len(c.commonVersions); n > 0 {
		return c.commonVersions[n-1]
	}
	if n := len(c.versions); n > 0 {
		return c.versions[n-1]
	}
	return iana.TLS10
}

func (s *subject) familyWords() string {
	if family := suite.Family(s.Survey.CipherSuites); family != "" {
		return " (" + family + " only)"
	}
	return ""
}

// otherCauses is for an offer of which nothing seems to be missing.
func (s *subject) otherCauses(c comparison) {
	switch {
	case s.Survey.InTLSFormat != nil && *s.Survey.InTLSFormat:
		s.end("offer.sslv2-format", witnessed("RFC 5246, appendix E.2"), "let a server that takes that format answer this phone, as those with OpenSSL or GnuTLS do; or switch off SSL 2.0 in the phone, where its settings or a later firmware can",
			"the server refuses %s because its ClientHello has the format of SSL 2.0: the same offer in the format of TLS it answers", s.client())
	case s.Survey.WithServerName != nil && *s.Survey.WithServerName:
		g := witnessed("RFC 6066, section 3")
		if s.Live && s.Phone != nil {
			g = weakest(on(s.Phone.Profile.TLS.SNI), g)
		}
		s.need.DefaultName = true
		s.end("sni.required", g, s.fix("give the server a default certificate for clients that send no name"),
			"%s", probably(g, fmt.Sprintf("the server refuses %s because it sends no server name (SNI): with %q in the same ClientHello it answers", s.client(), s.Target.Host)))
	case s.Survey.WithExtensions != nil && *s.Survey.WithExtensions:
		g := witnessed("RFC 5246, section 7.4.1.4")
		if s.Live && s.Phone != nil {
			g = weakest(on(s.Phone.Profile.TLS.Extensions), g)
		}
		s.end("extensions.required", g, "switch off at the server what demands secure renegotiation, extended master secret or a list of signature algorithms",
			"%s", probably(g, fmt.Sprintf("the server refuses %s because its ClientHello lacks extensions of later clients: with them it answers", s.client())))
	case len(c.common) > 0 && len(c.commonVersions) > 0:
		s.end("offer.unexplained", guessed("not every combination was tried"), "look at the server's log at this time",
			"the server probably refuses %s, because it refused the offer, although it takes %s and %s from others", s.client(), series(c.commonVersions), c.common[0])
	}
}
