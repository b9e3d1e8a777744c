package rules

import (
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
)

// pbxOrder looks at the order in which the server would send its chain. Old
// libraries find their way through any order (the fact sheet on handsets, "How
// such a client builds the chain", 1), but the first must be the server's own.
func pbxOrder(s *subject) {
	if s.caFirst() {
		s.add("pbx.leaf-not-first", finding.Error, standard("RFC 5246, section 7.4.2"),
			"phonecert convert {file} --order chain -o {out}",
			"the chain begins with the CA %q; the server's own certificate must come first", certificate.ShortName(s.certs[0].Subject))
		return
	}
	path := s.sentPath()
	for _, c := range s.certs {
		if !slices.Contains(path, c) {
			s.add("pbx.unrelated", finding.Warning, standard("RFC 5246, section 7.4.2"), "take it out of the server's chain file",
				"certificate %q belongs to no step of the chain", certificate.ShortName(c.Subject))
		}
	}
	for i, c := range path {
		if i < len(s.certs) && s.certs[i] != c && len(path) == len(s.certs) {
			s.add("pbx.order", finding.Warning, standard("RFC 5246, section 7.4.2"),
				"phonecert convert {file} --order chain -o {out}",
				"the chain is out of order at certificate %d, %q: the phones manage, stricter clients do not", i+1, certificate.ShortName(s.certs[i].Subject))
			return
		}
	}
}

// caFirst reports whether the chain begins with a CA although there is a
// certificate that is none.
func (s *subject) caFirst() bool {
	isCA := func(c *certificate.Certificate) bool { return c.BasicConstraintsValid && c.IsCA }
	return len(s.certs) > 1 && isCA(s.certs[0]) && slices.ContainsFunc(s.certs, func(c *certificate.Certificate) bool { return !isCA(c) })
}

// sentPath follows the issuers through the certificates that the server sends.
func (s *subject) sentPath() []*certificate.Certificate {
	if len(s.certs) == 0 {
		return nil
	}
	return certificate.Path(s.leaf(), s.certs)
}

// judge asks the phone about the server that presents the file. What the phone
// would make of a chain that begins with the wrong certificate tells nothing.
func (s *subject) judge() {
	if s.Role != handset.PBX || len(s.certs) == 0 || s.caFirst() {
		return
	}
	v := s.Judge(s.server())
	s.verdict = &v
}

func (s *subject) server() phone.Server {
	return phone.Server{Sent: s.certs, Given: s.Given, Name: s.Server}
}

// pbxTrust tells what the phone makes of the chain and of the name.
func pbxTrust(s *subject) {
	if s.verdict != nil {
		s.findings = append(s.findings, s.Explain(s.server(), *s.verdict)...)
	}
}

// pbxSuites asks whether the server's key fits the phone's cipher suites.
func pbxSuites(s *subject) {
	if c := s.leaf(); c != nil {
		s.findings = append(s.findings, s.Suites(c)...)
	}
}

// pbxSettings says which trust settings the answer supposes.
func pbxSettings(s *subject) {
	if len(s.certs) > 0 {
		s.findings = append(s.findings, s.SettingsNotes()...)
	}
}

// pbxExtent says what this answer leaves out.
func pbxExtent(s *subject) {
	if s.verdict == nil {
		return
	}
	s.add("pbx.extent", finding.Note, standard("RFC 5280, section 6.3"), "try the running server with one phone before all phones depend on it",
		"whether the CA has revoked a certificate is not looked up, and what the phone's maker changed in the library is not known")
}
