package rules

import (
	"bytes"
	"fmt"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
)

// pbxAnchor asks whether the chain ends at a root that the phone holds.
func pbxAnchor(s *subject) {
	path := s.sentPath()
	if len(path) == 0 {
		return
	}
	only := s.settings()[0]
	if only.choice.is("off") {
		s.add("pbx.trusts-anything", finding.Note, only.ground(), "set "+only.label+" to on",
			"%s is off: the phone connects to any server, this one included", only.label)
		return
	}
	verdicts := map[string]bool{}
	values := s.caValues()
	for _, value := range values {
		verdicts[value] = s.anchorFor(path, value) != nil
	}
	held := 0
	for _, found := range verdicts {
		if found {
			held++
		}
	}
	switch {
	case held == len(verdicts):
		s.anchorDates(s.anchorFor(path, values[0]))
	case held > 0:
		s.add("pbx.ca-setting-not-known", finding.Error, ground{finding.Assumed, s.Trust.CA.Source}, "look at CA Certificates on the phone and give its value with --ca",
			"whether the phone trusts the chain hangs on CA Certificates, whose factory value is not certain: %s", describe(values, verdicts))
	case !only.choice.certain():
		s.add("pbx.only-trusted-not-known", finding.Error, ground{finding.Assumed, only.choice.Source},
			"look at "+only.label+" on the phone and give its value with --only-trusted",
			"whether the phone connects hangs on %s, whose factory value is not certain: off: yes, on: no", only.label)
	default:
		s.noAnchor(path[len(path)-1], values)
	}
}

// caValues are the values that CA Certificates may have: the one in force, or
// all that the page permits when that is not certain.
func (s *subject) caValues() []string {
	if s.Trust.CA.certain() {
		return []string{s.Trust.CA.Value}
	}
	if values := s.Profile.Settings.CA.Values; values.Known() && len(values.Value) > 0 {
		return values.Value
	}
	return []string{"default", "custom", "all"}
}

func describe(values []string, verdicts map[string]bool) string {
	text := ""
	for i, value := range values {
		if i > 0 {
			text += ", "
		}
		answer := "no"
		if verdicts[value] {
			answer = "yes"
		}
		text += fmt.Sprintf("%s: %s", value, answer)
	}
	return text
}

// store is what the phone trusts under a value of CA Certificates.
func (s *subject) store(value string) []*certificate.Certificate {
	switch value {
	case "default":
		return s.Builtin.Certificates
	case "custom":
		return s.Trust.Custom
	}
	return append(append([]*certificate.Certificate{}, s.Trust.Custom...), s.Builtin.Certificates...)
}

// anchorFor finds the root in the store at which the path ends. Libraries that
// look in the store first stop at any step that the store can end (OpenSSL
// 1.1.0 and later); older ones follow what the server sent to its end.
func (s *subject) anchorFor(path []*certificate.Certificate, value string) *certificate.Certificate {
	store := s.store(value)
	steps := path[len(path)-1:]
	if s.trustedFirst() {
		steps = path
	}
	for _, step := range steps {
		for _, root := range store {
			if !root.SelfIssued() {
				continue
			}
			if step.SelfIssued() && root.Equal(step.Certificate) || !step.SelfIssued() && root.Issued(step) {
				return root
			}
		}
	}
	return nil
}

// trustedFirst reports whether the phone's library prefers its own store to
// what the server sent.
func (s *subject) trustedFirst() bool {
	library := s.Profile.Crypto.Library
	return library.Known() && (library.Value == handset.OpenSSL11 || library.Value == handset.OpenSSL3)
}

// anchorDates checks the dates of a root that the server need not send.
func (s *subject) anchorDates(root *certificate.Certificate) {
	for _, sent := range s.certs {
		if sent.Equal(root.Certificate) {
			return // validity has looked at it
		}
	}
	if s.Now.After(root.NotAfter) {
		s.add("pbx.root-expired", finding.Error, s.library(), "have the server present a chain to a root that is valid",
			"the chain ends at %q, which the phone holds and which expired on %s", certificate.ShortName(root.Subject), day(root.NotAfter))
	}
}

// noAnchor explains why the phone does not know the end of the chain.
func (s *subject) noAnchor(end *certificate.Certificate, values []string) {
	issuer := certificate.ShortName(end.Issuer)
	upload := fmt.Sprintf("upload the self-signed root %q as trusted certificate and set CA Certificates to Custom or All", issuer)
	onlyCustom := len(values) == 1 && values[0] == "custom"
	count := s.Profile.Builtin.RootCount
	switch {
	case onlyCustom:
		s.add("pbx.not-custom", finding.Error, s.library(), upload,
			"the chain ends at %q, which is not among the custom certificates given, and CA Certificates is custom", issuer)
	case count.Known() && count.Value == 0:
		s.add("pbx.no-builtin", finding.Error, weakest(on(count), s.library()), upload,
			"the chain ends at %q; %s has no built-in certificates, and none given holds it", issuer, s.Profile.ID)
	case s.Builtin.Listed && s.Builtin.Basis != finding.Assumed:
		s.add("pbx.not-listed", finding.Error, ground{s.Builtin.Basis, s.Builtin.Source}, upload,
			"the chain ends at %q, which is not in the list of built-in certificates given", issuer)
	case !end.SelfIssued():
		s.add("pbx.issuer-not-sent", finding.Error, ground{finding.Assumed, s.Builtin.Source},
			"configure the full chain at the server; "+upload,
			"%q is not sent along, and the phone probably does not hold it, because the list of its built-in certificates as far as it is known lacks it", issuer)
	case s.youngerThanGuide(end):
		guide := s.Profile.GuideYear
		s.add("pbx.root-too-young", finding.Error, on(guide), upload,
			"the chain ends at %q of %d; %s's list of built-in certificates is from %d at the latest",
			issuer, end.NotBefore.Year(), s.Profile.ID, guide.Value)
	default:
		s.add("pbx.root-not-known", finding.Error, ground{finding.Assumed, s.Builtin.Source}, upload,
			"the chain ends at %q; the phone probably does not trust it, because the list of its built-in certificates as far as it is known lacks it, but the list is not certain", issuer)
	}
}

// youngerThanGuide: a root created after the vendor's guide cannot be built in.
func (s *subject) youngerThanGuide(root *certificate.Certificate) bool {
	year := s.Profile.GuideYear
	return year.Known() && root.NotBefore.Year() > year.Value
}

// pbxCrossSign finds a sent certificate that another CA has signed although
// the phone holds the same CA as a root of its own. Old libraries follow the
// cross-sign and never try the root (row 1 of the fact sheet on field
// failures, the DST Root CA X3 case).
func pbxCrossSign(s *subject) {
	if s.trustedFirst() || s.settings()[0].choice.is("off") {
		return
	}
	path := s.sentPath()
	for i, c := range path {
		if i == 0 || c.SelfIssued() {
			continue
		}
		for _, root := range s.store("all") {
			if root.SelfIssued() && bytes.Equal(root.RawSubject, c.RawSubject) &&
				bytes.Equal(root.RawSubjectPublicKeyInfo, c.RawSubjectPublicKeyInfo) {
				s.add("pbx.cross-sign", finding.Warning, s.library(),
					"take it out of the chain that the server sends, with certbot: --preferred-chain "+`"`+certificate.ShortName(c.Subject)+`"`,
					"the server sends %q cross-signed by %q; the phone holds the root %q itself, and its library never tries it once a cross-sign is sent",
					certificate.ShortName(c.Subject), certificate.ShortName(c.Issuer), certificate.ShortName(root.Subject))
				return
			}
		}
	}
}
