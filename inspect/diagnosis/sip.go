package diagnosis

import (
	"fmt"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// unanswered tells why there is no SIP answer over a TLS that is fine (rows 20
// and 22 of the fact sheet on field failures).
func unanswered(s *subject) {
	if s.SIP == nil || s.SIP.Error == "" || s.Outcome.Ending != Completed || s.listening() {
		return
	}
	// A server need not answer OPTIONS from strangers; REGISTER it must.
	g, probably := witnessed("RFC 3261, section 10.3"), ""
	if s.SIP.Method != "REGISTER" {
		g, probably = guessed("a server may ignore OPTIONS from those whom it does not know"), "probably "
	}
	m := s.SIP.Method
	switch s.SIP.Error {
	case "not SIP":
		s.add("sip.not-sip", finding.Error, witnessed("RFC 3261, section 7.2"), "give the server's port for SIP over TLS, usually 5061; HTTPS is at 443",
			"TLS is fine, but what answers %s at port %d is not SIP", m, s.port())
	case "timeout":
		s.add("sip.timeout", finding.Error, g, "ask with --register user@domain, and look at the server's log: the domain in the request must be one that it serves",
			"%sthe server does not serve this domain: TLS is fine, but %s is not answered%s", probably, m, within(s.SIP.Duration))
	case "closed", "reset":
		if s.explained { // by the lack of a client certificate
			return
		}
		s.add("sip.closed", finding.Error, g, "look at the server's log: it ends connections of clients that it does not know, or that showed no certificate",
			"%sthe server turns the phone away: TLS is fine, but it ends the connection instead of answering %s (%s)", probably, m, s.SIP.Error)
	case "challenge not understood":
		s.add("sip.challenge", finding.Error, guessed("the phone may know the algorithm"), "let the server ask for a digest with MD5", "%s is answered with a challenge that the tool does not understand (algorithm %q)", m, s.SIP.Algorithm)
	case "cancelled":
		s.add("sip.cancelled", finding.Error, guessed("the question was cut short"), "ask again", "%s was not answered before the question was cancelled", m)
	default:
		s.add("sip.failed", finding.Error, g, "look at the server's log", "%sthe server does not serve the phone: TLS is fine, but %s fails: %s", probably, m, s.SIP.Error)
	}
}

func (s *subject) versionIs(v iana.ProtocolVersion) bool {
	n := s.negotiated()
	return n != nil && n.Version == v
}

// answer is a SIP answer in words: "403 Forbidden".
func (s *subject) answer() string {
	if s.SIP.Reason == "" {
		return fmt.Sprint(s.SIP.Status)
	}
	return fmt.Sprintf("%d %s", s.SIP.Status, s.SIP.Reason)
}

// optionsAnswer explains the answer to OPTIONS. Whatever it is, it shows that
// the server speaks SIP (RFC 3261, section 11.2).
func optionsAnswer(s *subject) {
	if s.SIP == nil || s.SIP.Method == "REGISTER" || s.SIP.Status == 0 || s.SIP.Error != "" || s.listening() {
		return
	}
	g, note, warning := witnessed("RFC 3261, sections 11.2 and 21"), finding.Note, finding.Warning
	switch status := s.SIP.Status; {
	case status < 300:
	case status < 400:
		s.add("options.redirected", warning, g, "enter the other server on the phone", "the server answers OPTIONS with %s%s", s.answer(), s.elsewhere())
	case status == 401, status == 407:
		s.add("options.challenge", note, g, "ask with --register user@domain to try the account's password", "the server asks for a password (%s), which is usual", s.answer())
	case status == 403:
		s.add("options.forbidden", warning, g, "look at the server's access lists, and try --register user@domain", "the server speaks SIP and forbids OPTIONS (%s): it may refuse this address or this domain", s.answer())
	case status == 404, status == 604:
		s.add("options.not-found", warning, g, "use the domain that the server serves, and try --register user@domain", "the server speaks SIP and does not know whom OPTIONS asks for (%s): often the domain %q is not one of its own", s.answer(), s.Target.Host)
	case status == 405, status == 501:
		s.add("options.not-implemented", note, g, "ask with --register user@domain", "the server speaks SIP and does not serve OPTIONS (%s)", s.answer())
	case status == 408:
		s.add("options.request-timeout", warning, g, "look at the server behind the proxy", "the server answers, but what stands behind it does not (%s)", s.answer())
	case status == 416:
		s.add("options.scheme", warning, g, "let the phone use sip: with the transport TLS", "the server does not take addresses with sips: (%s)", s.answer())
	case status == 480:
		s.add("options.unavailable", note, g, "ask with --register user@domain", "nobody is registered under the address that OPTIONS asks for (%s)", s.answer())
	case status >= 500 && status < 600:
		s.add("options.server-error", warning, g, "look at the server's log", "the server speaks SIP and has trouble of its own (%s)", s.answer())
	default:
		s.add("options.other", note, g, "ask with --register user@domain", "the server speaks SIP and answers OPTIONS with %s", s.answer())
	}
}

// elsewhere tells where a redirection points.
func (s *subject) elsewhere() string {
	if s.SIP.Location == "" {
		return ""
	}
	return " and sends the phone to " + s.SIP.Location
}

// registerAnswer explains the answer to REGISTER, which is always asked with a
// password.
func registerAnswer(s *subject) {
	if s.SIP == nil || s.SIP.Method != "REGISTER" || s.SIP.Status == 0 || s.SIP.Error != "" || s.listening() {
		return
	}
	g := witnessed("RFC 3261, sections 10.3 and 21")
	refuse := func(code, fix, format string, args ...any) { s.add(code, finding.Error, g, fix, format, args...) }
	switch status := s.SIP.Status; {
	case status < 300:
		if s.Live && !s.SIP.Removed {
			s.add("register.left", finding.Warning, g, "wait until it expires, or remove it at the server", "the registration that was made to try it was not taken back and lasts %d s", s.SIP.Expires)
		}
	case status < 400:
		refuse("register.redirected", "enter the other server on the phone", "the server answers REGISTER with %s%s", s.answer(), s.elsewhere())
	case status == 401, status == 407:
		refuse("register.password", "compare user name and password with the server's; the realm is part of a stored digest", "the server does not take the password (%s, realm %q)", s.answer(), s.SIP.Realm)
	case status == 403:
		refuse("register.forbidden", "look at the account at the server: user name, password, domain, permitted addresses and transports", "the server knows the account and forbids the registration, or the domain is not its own (%s)", s.answer())
	case status == 404, status == 604:
		refuse("register.not-found", "use the domain and user name that the server has", "the server knows no account %q at %q (%s)", s.Target.User, s.Target.Host, s.answer())
	case status == 405, status == 501:
		refuse("register.not-implemented", "register at the registrar and not at this server", "the server takes no registrations (%s)", s.answer())
	case status == 408, status == 480, status == 504:
		refuse("register.unavailable", "look at the registrar behind the proxy", "the registrar behind the server does not answer (%s)", s.answer())
	case status == 416:
		refuse("register.scheme", "let the phone use sip: with the transport TLS", "the server takes no registration for a sips: address (%s)", s.answer())
	case status == 423:
		refuse("register.interval", "let the phone ask for a longer time", "the server finds the time too short for which registration was asked (%s)", s.answer())
	case status >= 500 && status < 600:
		refuse("register.server-error", "look at the server's log", "the server has trouble of its own with the registration (%s)", s.answer())
	default:
		refuse("register.other", "look at the server's log", "the server answers REGISTER with %s", s.answer())
	}
}
