package diagnosis

import (
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis/remedy"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/suite"
)

// needSuites finds the suites to enable.
func (s *subject) needSuites(c comparison, version iana.ProtocolVersion) {
	for _, choice := range suite.Suggest(c.offered, version, c.key) {
		s.need.Suites = append(s.need.Suites, choice.OpenSSL)
	}
	// Nothing before TLS 1.2 is spoken above security level 0, whatever the
	// protocols say: the line needs the version, too.
	if len(s.need.Suites) > 0 && version < iana.TLS12 && s.need.Version == 0 {
		s.need.Version = version
	}
}

// enabled are the suites to enable, in words.
func (s *subject) enabled() string {
	if len(s.need.Suites) == 0 {
		return "a suite that the phone offers"
	}
	return strings.Join(s.need.Suites, ":")
}

// mends goes on with a sentence: what one suite would change.
func (s *subject) mends() string {
	list := suite.Suggest(s.hello.CipherSuites, s.agreeable(s.compare()), s.serverKey())
	if len(list) == 0 {
		return ""
	}
	return "; enabling " + list[0].String() + " on the server mends it"
}

// warnWeak tells what is wrong with a suggestion for want of a better one.
func (s *subject) warnWeak(c comparison, version iana.ProtocolVersion) {
	for _, choice := range suite.Suggest(c.offered, version, c.key) {
		if why := suite.Weakness(choice.Suite); why != "" {
			s.add("cipher.weak-only", finding.Warning, standard("RFC 9325, section 4.1"), "replace the phone, or keep it in a network of its own",
				"the phone has nothing better than %s, and %s", choice, why)
		}
	}
}

// fix ends a fix with the line for the program that the server says it is.
func (s *subject) fix(text string) string {
	for _, r := range remedy.Of(s.need, s.program()) {
		text += "; " + r.Text()
	}
	return text
}

// program is what the server says it is; "" when it did not.
func (s *subject) program() string {
	if s.SIP != nil && s.SIP.Server != "" {
		return s.SIP.Server
	}
	if s.HTTP != nil {
		return s.HTTP.Server
	}
	return ""
}

// logged keeps the first thing that the server would log.
func (s *subject) logged(text string) {
	if s.log == "" {
		s.log = text
	}
}
