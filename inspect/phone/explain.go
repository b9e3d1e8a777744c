package phone

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/trust"
)

// explainer puts one verdict into findings.
type explainer struct {
	*Phone
	server  Server
	verdict trust.Verdict
	notes
}

// Explain puts a verdict of Judge into findings, each with its fix. Taken
// together they say what the verdict's Connects says: a certain error for a no,
// an open one where it is not known, else none.
func (p *Phone) Explain(s Server, v trust.Verdict) []finding.Finding {
	e := &explainer{Phone: p, server: s, verdict: v}
	e.path()
	if len(s.Sent) > 0 {
		e.name()
	}
	return e.notes
}

// path explains what becomes of the chain.
func (e *explainer) path() {
	only := e.onlyTrusted()
	trusted := e.verdict.Trusted
	switch {
	case len(e.server.Sent) == 0:
		e.add("trust.no-certificate", finding.Error, e.library(), "configure certificate and key at the server",
			"the server sends no certificate, and the phone's cipher suites all need one")
	case only.Is("off"):
		e.add("trust.accepts-anything", finding.Note, only.ground(), "set "+only.label+" to on",
			"%s is off: the phone connects to any server, this one included%s", only.label, e.otherwise())
	case trusted != nil && *trusted:
		e.crossSignInUse()
	default:
		e.refusal()
		if !only.Certain() {
			e.add("trust.only-trusted-not-known", finding.Error, ground{finding.Assumed, only.Source},
				"look at "+only.label+" on the phone and give its value with --only-trusted",
				"whether the phone connects all the same hangs on %s, whose factory value is not certain: off: yes, on: no", only.label)
		}
	}
}

// otherwise tells what the setting hides.
func (e *explainer) otherwise() string {
	if t := e.verdict.Trusted; t != nil && *t {
		return ""
	}
	return "; were it on, it would matter that " + e.verdict.Reason
}

// crossSignInUse warns of a path that stands and falls with another CA's root.
func (e *explainer) crossSignInUse() {
	for i, step := range e.verdict.Path {
		if i == 0 || step.Source != "sent" || e.rootOf(step.Certificate) == nil {
			continue
		}
		end := e.verdict.Path[len(e.verdict.Path)-1].Certificate
		e.add("trust.cross-sign-in-use", finding.Warning, e.library(), dropped(step.Certificate),
			"the chain goes over %s, cross-signed by %q, to %s: once that expires, on %s, the phone refuses, although it holds the root %s itself",
			quoted(step.Certificate), certificate.ShortName(step.Certificate.Issuer), quoted(end), day(end.NotAfter), quoted(step.Certificate))
		return
	}
}

// rootOf finds the root of the same name and key as a certificate that another
// CA has signed, among those that the phone holds.
func (e *explainer) rootOf(c *certificate.Certificate) *certificate.Certificate {
	if c.SelfIssued() {
		return nil
	}
	for _, root := range slices.Concat(e.Custom, e.Builtin.Certificates) {
		if root.SelfIssued() && bytes.Equal(root.RawSubject, c.RawSubject) &&
			bytes.Equal(root.RawSubjectPublicKeyInfo, c.RawSubjectPublicKeyInfo) {
			return root
		}
	}
	return nil
}

// dropped is the fix for a cross-sign: row 1 of the fact sheet on field failures.
func dropped(c *certificate.Certificate) string {
	return fmt.Sprintf("take %s, issued by %q, out of what the server sends; with certbot and acme.sh: --preferred-chain %s",
		quoted(c), certificate.ShortName(c.Issuer), quoted(c))
}

// change finds a change that was tried and makes the path pass.
func (e *explainer) change(kind trust.Kind) *trust.Change {
	for i, c := range e.verdict.Changes {
		if c.Kind == kind && c.Tried {
			return &e.verdict.Changes[i]
		}
	}
	return nil
}

// mostChanges is how many ways to mend it stand in a fix.
const mostChanges = 3

// fix writes the changes that were tried, the simplest first, else what the
// caller knows.
func (e *explainer) fix(otherwise string) string {
	var sending, tried []string
	for _, c := range e.verdict.Changes {
		switch {
		case c.Kind == trust.UseName || !c.Tried:
		case c.Kind == trust.SendIntermediate:
			sending = append(sending, c.Message) // all of them together
		case c.Kind == trust.DropCertificate && e.rootOf(c.Certificate) != nil:
			tried = append(tried, dropped(c.Certificate))
		default:
			tried = append(tried, c.Message)
		}
	}
	if len(sending) > 0 {
		tried = append([]string{strings.Join(sending, " and ")}, tried...)
	}
	if len(tried) == 0 {
		return otherwise
	}
	return strings.Join(tried[:min(len(tried), mostChanges)], "; or ")
}
