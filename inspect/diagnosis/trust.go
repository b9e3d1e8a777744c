package diagnosis

import (
	"fmt"
	"slices"

	"github.com/phonecert/phonecert/inspect"
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
	decided := finding.Decide(list, false)
	switch {
	case s.believesWire():
		list = demoted(list)
	case s.otherwise():
		list = doubted(list)
	// A verdict is never better than the one on the certificates.
	case s.Trust.Connects == nil && decided == finding.Accepted:
		s.add("trust.open", finding.Error, guessed("settings or built-in certificates that are not known"), "give what is known of the phone with --only-trusted, --ca, --cn-validation and --builtin",
			"whether the phone accepts the server's certificates is not known: %s", s.Trust.Reason)
	case s.distrusted() && decided != finding.Rejected:
		s.add("trust.refused", finding.Error, on(s.Phone.Profile.Crypto.Library), "upload the root of the server's CA to the phone: phonecert upload FILE --as trusted --phone URL", "the phone refuses the server's certificates: %s", s.Trust.Reason)
	}
	s.findings = append(s.findings, list...)
}

// rootAtHand tells how to get the file that is to be uploaded, where the missing
// root was sent or is among the certificates at hand.
func rootAtHand(s *subject) {
	if !s.Live || s.Phone == nil || s.Trust == nil {
		return
	}
	for _, c := range s.Trust.Changes {
		if c.Kind == trust.AddRoot && c.Tried && c.Certificate != nil {
			s.add("trust.root-at-hand", finding.Note, witnessed("RFC 5280, section 6.1"),
				fmt.Sprintf("phonecert probe %s --handset %s --save-root root.pem", inspect.ShellQuote(s.Target.Text), inspect.ShellQuote(s.handset())),
				"the root %q that the phone lacks is at hand and can be saved for the upload", certificate.ShortName(c.Certificate.Subject))
			return
		}
	}
}

// distrusted reports whether the phone certainly refuses the server's certificates.
func (s *subject) distrusted() bool {
	return s.Trust != nil && s.Trust.Connects != nil && !*s.Trust.Connects
}

// otherwise reports whether the phone would accept the server if it called it
// with its name, or without, of which only one is supposed.
func (s *subject) otherwise() bool {
	a := s.Alternative
	return a != nil && a.Taken && a.Trust != nil && (a.Trust.Connects == nil || *a.Trust.Connects)
}

// doubted leaves errors open that hang on an assumption.
func doubted(list []finding.Finding) []finding.Finding {
	list = slices.Clone(list)
	for i := range list {
		if list[i].Severity == finding.Error {
			list[i].Basis = finding.Assumed
		}
	}
	return list
}

// serverName tells where the answer hangs on whether the phone sends the
// server's name: the server presents other certificates then, or none.
func serverName(s *subject) {
	a := s.Alternative
	if a == nil || s.Phone == nil || s.Trust == nil || a.Taken && a.Trust == nil || s.distrusted() && !s.otherwise() {
		return
	}
	sent, other := "without the server's name", fmt.Sprintf("with the server's name %q in it", a.ServerName)
	if a.ServerName == "" {
		sent, other = other, sent
	}
	g := guessed(s.Phone.Profile.TLS.SNI.Because)
	const fix = "give the server one certificate for all, or say with --sni whether the phone sends its name"
	accepted := !s.distrusted()
	switch {
	case accepted && !a.Taken:
		s.add("sni.refused", finding.Error, g, fix, "the phone is probably served, because it is taken to send its ClientHello %s; %s the server refuses it", sent, other)
	case accepted && !s.otherwise():
		s.add("sni.other-chain", finding.Error, g, fix, "the phone probably accepts the server, because it is taken to send its ClientHello %s; %s the server presents certificates that the phone refuses: %s", sent, other, a.Trust.Reason)
	case !accepted:
		s.add("sni.better-chain", finding.Error, g, fix, "the phone probably refuses the server, because it is taken to send its ClientHello %s; %s the server presents certificates that the phone accepts", sent, other)
	}
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
