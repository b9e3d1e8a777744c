package phone

import (
	"fmt"
	"time"

	"github.com/phonecert/phonecert/inspect/finding"
)

// refusal explains why the phone does not trust the chain.
func (e *explainer) refusal() {
	switch {
	case e.verdict.Trusted != nil:
		cause{e, e.certainty(e.library())}.find()
	case e.probablyHeld():
		end := e.verdict.Path[len(e.verdict.Path)-1].Certificate
		e.add("trust.root-probably-held", finding.Error, ground{finding.Assumed, e.Builtin.Source},
			"look for it on the phone's web page, or give the phone's list with --builtin; or "+e.fix("upload the root as trusted certificate"),
			"the phone probably trusts the chain, because the list of its built-in certificates as far as it is known holds %s, but that list is not certain", quoted(end))
	case e.hangsOnCA():
	case e.hangsOnLibrary():
	case e.verdict.Code == "":
		e.add("trust.not-computable", finding.Error, ground{finding.Assumed, "no library at hand computes with such a key"},
			"try it on one phone, or have the chain issued with RSA keys",
			"whether the phone trusts the chain cannot be computed here: %s", e.verdict.Reason)
	case e.twins():
		e.add("trust.same-subject", finding.Error, ground{finding.Assumed, "which of the two its library asks first is not known"},
			"delete the old one of the two from the phone",
			"two certificates on the phone have one subject and different keys: %s", e.verdict.Reason)
	case !e.listCertain():
		cause{e, ground{finding.Assumed, e.Builtin.Source}}.find()
	default:
		e.add("trust.release-not-known", finding.Error, ground{finding.Assumed, "the profile names the generation of the library and not its release"},
			"try it on one phone, or "+e.fix("have the chain issued anew"),
			"the releases of the phone's library do not agree: %s", e.verdict.Reason)
	}
}

// certainty is the ground of a refusal. It hangs on Only Accept Trusted
// Certificates before all else.
func (e *explainer) certainty(g ground) ground {
	if only := e.onlyTrusted(); !only.Certain() {
		return ground{finding.Assumed, only.Source}
	}
	return g
}

// probablyHeld reports whether Judge has taken back a yes: the path ends well.
func (e *explainer) probablyHeld() bool {
	for _, step := range e.verdict.Path {
		if step.Failed {
			return false
		}
	}
	return len(e.verdict.Path) > 0 && e.verdict.Path[len(e.verdict.Path)-1].Source == "builtin"
}

// with answers for a phone that differs in one thing.
func (e *explainer) with(change func(*Phone)) *bool {
	other := *e.Phone
	change(&other)
	return other.Judge(e.server).Trusted
}

// hangsOnCA tells whether some values of CA Certificates would settle it.
func (e *explainer) hangsOnCA() bool {
	if e.Settings.CA.Certain() {
		return false
	}
	text, passes := "", false
	for _, value := range e.caValues() {
		trusted := e.with(func(p *Phone) { p.Settings.CA = Choice{Value: value, Basis: finding.Documented} })
		passes = passes || trusted != nil && *trusted
		text += fmt.Sprintf(", %s: %s", value, answer(trusted))
	}
	if !passes {
		return false
	}
	label := e.ca().label
	e.add("trust.ca-setting-not-known", finding.Error, ground{finding.Assumed, e.Settings.CA.Source},
		"look at "+label+" on the phone and give its value with --ca",
		"whether the phone trusts the chain hangs on %s, whose factory value is not certain: %s", label, text[2:])
	return true
}

func answer(trusted *bool) string {
	switch {
	case trusted == nil:
		return "not known"
	case *trusted:
		return "yes"
	}
	return "no"
}

// day writes a moment as people say it.
func day(t time.Time) string { return t.UTC().Format("2006-01-02") }

// cause finds the one cause for which the walk ended, and reports it on a
// ground that makes it certain or leaves it open.
type cause struct {
	*explainer
	ground
}

// add reports the cause with what the library and the server's log call it.
func (c cause) add(code string, severity finding.Severity, g ground, fix, format string, args ...any) {
	message, v := fmt.Sprintf(format, args...), c.verdict
	inLog, _ := AlertInLog(v.Alert)
	if g.basis == finding.Assumed {
		message = "the phone probably refuses the server, because " + message
	}
	c.notes.add(code, severity, g, fix, "%s (%s %d, alert %s, in the server's log %q)",
		message, v.Code, v.ErrorNumber, v.Alert, inLog)
}
