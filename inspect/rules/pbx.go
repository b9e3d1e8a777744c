package rules

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
)

// pbxOrder looks at the order in which the server would send its chain. Old
// libraries find their way through any order (the fact sheet on handsets, "How
// such a client builds the chain", 1), but the first must be the server's own.
func pbxOrder(s *subject) {
	if len(s.certs) < 2 {
		return
	}
	first := s.certs[0]
	if first.BasicConstraintsValid && first.IsCA {
		for _, c := range s.certs[1:] {
			if !c.BasicConstraintsValid || !c.IsCA {
				s.add("pbx.leaf-not-first", finding.Error, standard("RFC 5246, section 7.4.2"),
					"phonecert convert {file} --order chain -o {out}",
					"the chain begins with the CA %q; the server's own certificate must come first", certificate.ShortName(first.Subject))
				return
			}
		}
	}
	path := s.sentPath()
	onPath := map[*certificate.Certificate]bool{}
	for _, c := range path {
		onPath[c] = true
	}
	for _, c := range s.certs {
		if !onPath[c] {
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

// sentPath follows the issuers through the certificates that the server sends.
func (s *subject) sentPath() []*certificate.Certificate {
	if len(s.certs) == 0 {
		return nil
	}
	return certificate.Path(s.leaf(), s.certs)
}

// pbxSettings says which trust settings the answer supposes, and what follows
// from those that decide nothing by themselves.
func pbxSettings(s *subject) {
	var used []string
	for _, setting := range s.settings() {
		used = append(used, setting.String())
	}
	s.add("pbx.settings", finding.Note, s.settings()[0].ground(), "set them as on the phone with --only-trusted, --ca, --cn-validation, --device-cert",
		"the answer supposes %s", strings.Join(used, ", "))
	for _, setting := range s.settings() {
		if reboot := s.Profile.Settings.NeedReboot; !setting.choice.Factory && reboot.Known() && reboot.Value {
			s.add("pbx.reboot", finding.Note, on(reboot), "reboot the phone after the change",
				"settings other than the factory's take effect when the phone restarts")
			break
		}
	}
	s.clientCertificate()
}

// clientCertificate says what the phone shows to a server that asks (row 14 of
// the fact sheet on field failures).
func (s *subject) clientCertificate() {
	own := s.Profile.Builtin.DeviceCertificates
	if !own.Known() {
		return
	}
	switch {
	case s.Trust.DeviceCert.Value == "custom":
		s.add("pbx.client-certificate-custom", finding.Note, on(own), "give the server the CA of the uploaded certificate",
			"a server that asks for a client certificate gets the one uploaded to the phone")
	case len(own.Value) > 0:
		s.add("pbx.client-certificate", finding.Note, on(own), "give the server the vendor's CA, or upload a certificate and set Device Certificates to Custom",
			"a server that asks for a client certificate gets the phone's built-in one (%s)", strings.Join(own.Value, ", "))
	}
}

// namedChoice is a trust setting with its name on the phone's page.
type namedChoice struct {
	label  string
	choice Choice
}

func (n namedChoice) String() string {
	switch {
	case n.choice.Value == "":
		return n.label + " not known"
	case n.choice.Factory:
		return fmt.Sprintf("%s %s (factory value)", n.label, n.choice.Value)
	}
	return n.label + " " + n.choice.Value
}

func (n namedChoice) ground() ground { return ground{n.choice.Basis, n.choice.Source} }

func (s *subject) settings() []namedChoice {
	p, t := s.Profile.Settings, s.Trust
	label := func(known, fallback string) string {
		if known != "" {
			return known
		}
		return fallback
	}
	return []namedChoice{
		{label(p.OnlyTrusted.Label.Value, "Only Accept Trusted Certificates"), t.OnlyTrusted},
		{label(p.CA.Label.Value, "CA Certificates"), t.CA},
		{label(p.CNValidation.Label.Value, "Common Name Validation"), t.CNValidation},
		{label(p.DeviceCert.Label.Value, "Device Certificates"), t.DeviceCert},
	}
}

// pbxName compares the name by which the phone calls the server with those in
// its certificate, when the phone does so.
func pbxName(s *subject) {
	c := s.leaf()
	if c == nil {
		return
	}
	setting := s.settings()[2]
	names := listed(presentedNames(c))
	fit := noMatch
	if s.Server != "" {
		fit = matchName(c, s.Server)
	}
	switch {
	case s.Server == "" && !setting.choice.is("off"):
		s.add("name.server-not-given", finding.Error, ground{finding.Assumed, "no --name"}, "run the check again with --name and the server's name as the phone has it",
			"whether the name fits is not known: --name was not given; the certificate is for %s", names)
	case s.Server == "" || fit == exactMatch:
	case fit == noMatch && setting.choice.is("off"):
		s.add("name.mismatch-not-checked", finding.Note, setting.ground(), "issue it with a subjectAltName for "+s.Server,
			"the certificate is for %s and not for %q; %s is off, so the phone does not mind", names, s.Server, setting.label)
	case fit == noMatch && !setting.choice.certain():
		s.add("name.check-not-known", finding.Error, ground{finding.Assumed, setting.choice.Source},
			"look at "+setting.label+" on the phone and give its value with --cn-validation",
			"the certificate is for %s and not for %q; whether the phone minds hangs on %s, whose factory value is not certain", names, s.Server, setting.label)
	case fit == noMatch:
		s.add("name.mismatch", finding.Error, setting.ground(), "use a name from the certificate on the phone, or issue it with a subjectAltName for "+s.Server,
			"the certificate is for %s and not for %q, and %s compares them", names, s.Server, setting.label)
	case setting.choice.is("off"):
	case fit == wildcardMatch:
		s.add("name.wildcard", finding.Error, ground{finding.Assumed, setting.choice.Source}, "issue it with the exact name, or switch "+setting.label+" off",
			"%q fits only by a wildcard; the phone probably takes that, because RFC 2818 does, but phones were seen to refuse it", s.Server)
	case fit == addressInCommonName:
		s.add("name.address-in-cn", finding.Error, ground{finding.Assumed, setting.choice.Source}, "issue it with an iPAddress in the subjectAltName",
			"%q stands only in the common name; the phone probably takes that, because it looks there for names, but RFC 2818 wants addresses in the subjectAltName", s.Server)
	}
}

// pbxExtent says what this answer leaves out.
func pbxExtent(s *subject) {
	if len(s.certs) == 0 {
		return
	}
	s.add("pbx.extent", finding.Note, standard("RFC 5280, section 6"), "try the running server with a phone before all phones depend on it",
		"the answer goes by names, key identifiers, dates and algorithms; signatures and path lengths are not verified")
}
