package rules

import (
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/trust"
)

// remark is what a rule finds against a certificate beside the verdict on the
// server that presents it. The verdict names the first cause alone; a remark
// must neither tell that again nor contradict it.
type remark struct {
	*subject
	about  *certificate.Certificate
	causes []string
	// profile: it rests on a fact of the profile, which outweighs what the
	// generation of the library lets expect.
	profile bool
}

// beside begins a remark about a certificate. causes are the errors by which a
// verdict tells the same. In roles without a verdict it is a finding like any.
func (s *subject) beside(c *certificate.Certificate, causes ...string) remark {
	return remark{subject: s, about: c, causes: causes}
}

// onProfile says that the remark rests on a fact of the profile.
func (r remark) onProfile() remark {
	r.profile = true
	return r
}

// add reports it, as heavy as it weighs. The server's own certificate stands in
// every path; whether another one does hangs on what the phone holds.
func (r remark) add(code string, severity finding.Severity, g ground, fix, format string, args ...any) {
	s := r.subject
	if s.Role == handset.PBX && s.verdict != nil {
		only := s.Settings.OnlyTrusted
		place := slices.IndexFunc(s.verdict.Path, func(step trust.Step) bool { return step.Certificate.Equal(r.about.Certificate) })
		switch {
		case place >= 0 && (s.trusted() && !r.profile || s.verdict.Path[place].Failed && slices.Contains(r.causes, s.verdict.Code)):
			return // the verdict says the same, or that it does no harm
		case only.Is("off") || r.about != s.leaf() && !(r.profile && place >= 0):
			severity = finding.Warning
		case !only.Certain():
			g = ground{finding.Assumed, only.Source}
		}
	}
	s.add(code, severity, g, fix, format, args...)
}

// trusted reports whether the phone trusts the chain for certain.
func (s *subject) trusted() bool {
	return s.verdict != nil && s.verdict.Trusted != nil && *s.verdict.Trusted
}

// signs reports whether the phone verifies a signature with a certificate's key.
func (s *subject) signs(c *certificate.Certificate) bool {
	if s.verdict == nil || s.Settings.OnlyTrusted.Is("off") || len(s.verdict.Path) == 0 {
		return false
	}
	for _, step := range s.verdict.Path[1:] {
		if step.Certificate.Equal(c.Certificate) {
			return true
		}
	}
	return false
}
