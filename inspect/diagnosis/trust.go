package diagnosis

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/trust"
)

// trusted takes over what the phone makes of the server's certificates.
func trusted(s *subject) {
	if s.Phone == nil || s.Trust == nil {
		return
	}
	list := s.Phone.Explain(phone.Server{Sent: s.Sent, Name: s.Target.Host}, *s.Trust)
	s.needTrust(*s.Trust)
	if s.believesWire() {
		list = demoted(list)
	}
	s.findings = append(s.findings, list...)
	// A verdict is never better than the one on the certificates.
	if decided := finding.Decide(list, false); s.Trust.Connects == nil && decided == finding.Accepted && !s.believesWire() {
		s.add("trust.open", finding.Error, guessed("settings or built-in certificates that are not known"), "give what is known of the phone with --only-trusted, --ca, --cn-validation and --builtin",
			"whether the phone accepts the server's certificates is not known: %s", s.Trust.Reason)
	} else if s.Trust.Connects != nil && !*s.Trust.Connects && decided != finding.Rejected && !s.believesWire() {
		s.add("trust.refused", finding.Error, on(s.Phone.Profile.Crypto.Library), "upload the root of the server's CA to the phone", "the phone refuses the server's certificates: %s", s.Trust.Reason)
	}
}

// refused reports whether the phone refuses the server's certificates.
func (s *subject) distrusted() bool {
	return s.Trust != nil && s.Trust.Connects != nil && !*s.Trust.Connects
}

// demoted makes warnings of errors: what the wire shows weighs more than what
// the model expects.
func demoted(list []finding.Finding) []finding.Finding {
	list = slices.Clone(list)
	for i := range list {
		if list[i].Severity == finding.Error {
			list[i].Severity = finding.Warning
		}
	}
	return list
}

// needTrust finds what a change at the server would mend.
func (s *subject) needTrust(v trust.Verdict) {
	for _, c := range v.Changes {
		switch c.Kind {
		case trust.SendIntermediate:
			s.need.FullChain = true
		case trust.DropCertificate:
			// A cross-sign carries the name of the root that replaces it.
			if c.Tried && c.Certificate != nil && !c.Certificate.SelfIssued() {
				s.need.PreferredChain, s.need.Name = certificate.ShortName(c.Certificate.Subject), s.Target.Host
			}
		}
	}
}
