package phone

import (
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust"
)

// Server is a server as the phone meets it.
type Server struct {
	// Sent are its certificates in the order in which it sends them.
	Sent []*certificate.Certificate
	// Given are other certificates at hand, for instance those of --ca-dir;
	// they only serve to find out what would mend a failure.
	Given []*certificate.Certificate
	// Name is the name or address by which the phone calls the server; ""
	// when it was not given.
	Name string
}

// Judge verifies the server's certificates as the phone's library does. Facts
// of the profile that are only assumed count as not known.
func (p *Phone) Judge(s Server) trust.Verdict {
	var verdicts []trust.Verdict
	libraries := p.libraries()
	for _, library := range libraries {
		verdicts = append(verdicts, p.judgeAs(library, s))
	}
	return agreed(libraries, verdicts)
}

// judgeAs verifies as one generation of the library does; all of them for "".
func (p *Phone) judgeAs(library handset.Library, s Server) trust.Verdict {
	q := p.question(s)
	q.Library = library
	v := trust.Judge(q)
	switch {
	case v.Trusted == nil:
		p.settle(q, &v)
	case *v.Trusted:
		p.doubt(q, &v)
	}
	return v
}

func (p *Phone) question(s Server) trust.Question {
	q := trust.Question{
		Sent: s.Sent, Given: s.Given, Name: s.Name, Clock: p.Clock, Custom: p.Custom,
		Builtin: trust.Anchors{Listed: p.listCertain(), Certificates: p.Builtin.Certificates},
		Settings: trust.Settings{
			OnlyTrusted:  p.Settings.OnlyTrusted.certain(),
			CA:           p.Settings.CA.certain(),
			CNValidation: p.Settings.CNValidation.certain(),
		},
	}
	if year := p.Profile.GuideYear; firm(year) {
		q.GuideYear = year.Value
	}
	return q
}

// listCertain reports whether all that is built in is known for certain.
func (p *Phone) listCertain() bool {
	count := p.Profile.Builtin.RootCount
	return p.Builtin.Certain() || firm(count) && count.Value == 0 && len(p.Builtin.Certificates) == 0
}

// doubt takes a yes back that rests on a list of built-in certificates which
// is only assumed.
func (p *Phone) doubt(q trust.Question, v *trust.Verdict) {
	if q.Builtin.Listed || len(q.Builtin.Certificates) == 0 {
		return
	}
	anchor := v.Path[len(v.Path)-1]
	q.Builtin.Certificates = nil
	q.Given = append(slices.Clip(q.Given), anchor.Certificate)
	without := trust.Judge(q)
	if without.Trusted != nil && *without.Trusted {
		return
	}
	v.Trusted = nil
	if q.Settings.OnlyTrusted != "off" && v.Connects != nil && *v.Connects {
		v.Connects = nil
	}
	v.Code, v.ErrorNumber, v.Alert, v.Changes = without.Code, without.ErrorNumber, without.Alert, without.Changes
	v.Reason = "the phone probably trusts the chain, because the list of its built-in certificates as far as it is known holds " +
		quoted(anchor.Certificate) + ", but that list is not certain"
}

// settle finds a no where an unknown list seems to leave the answer open.
func (p *Phone) settle(q trust.Question, v *trust.Verdict) {
	if len(v.Path) == 0 {
		return
	}
	// A private CA is on no list: what is known of the list is all that counts.
	q.Builtin.Listed = q.Builtin.Listed || private(q.Sent)
	// A root at hand that cannot be on the list is sent along, which adds no
	// trust, and the walk ends at it.
	last := v.Path[len(v.Path)-1].Certificate
	for _, c := range slices.Concat(q.Custom, q.Given) {
		if c.SelfIssued() && c.Issued(last) && !c.Equal(last.Certificate) {
			q.Sent = append(slices.Clip(q.Sent), c)
		}
	}
	settled := trust.Judge(q)
	if settled.Trusted == nil || *settled.Trusted {
		return
	}
	v.Trusted, v.Reason = settled.Trusted, settled.Reason
	if q.Settings.OnlyTrusted == "on" {
		v.Connects = settled.Trusted
	}
}

// quoted names a certificate in a sentence.
func quoted(c *certificate.Certificate) string { return `"` + certificate.ShortName(c.Subject) + `"` }
