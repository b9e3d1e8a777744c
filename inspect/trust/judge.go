package trust

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// judge answers without looking for changes.
func (j *judge) judge(q Question) (Verdict, []outcome) {
	v := Verdict{Path: []Step{}, Name: compareName(q), ErrorNumber: int(unspecified)}
	if len(q.Sent) == 0 {
		no := false
		v.Trusted, v.Code, v.Reason = &no, "", "the server sends no certificate"
		v.Connects = &no
		return v, nil
	}
	list := j.outcomes(q)
	shown := list[0]
	if i := slices.IndexFunc(list, func(o outcome) bool { return !o.trusted() }); i >= 0 {
		shown = list[i]
	}
	trusted, known := certain(list)
	v.Path, v.Reason = shown.steps(q), shown.reason()
	if known {
		v.Trusted = &trusted
	} else {
		v.Reason = doubt(q, list, shown)
	}
	v.ErrorNumber = int(shown.code)
	if shown.code == notComputable {
		v.ErrorNumber = int(unspecified)
	} else {
		v.Code, v.Alert = shown.code.Name(), shown.code.Alert()
	}
	v.Connects = connects(q.Settings, v)
	if v.Connects != nil && *v.Connects {
		v.Alert = ""
	}
	return v, list
}

// connects combines the path, the settings and the name. What the phone does
// about a name when it accepts any certificate is not documented.
func connects(s Settings, v Verdict) *bool {
	yes, no := true, false
	name := &yes
	if s.CNValidation != "off" {
		name = v.Name.Matches
		if name != nil && !*name && s.CNValidation == "" {
			name = nil
		}
	}
	path := v.Trusted
	switch {
	case s.OnlyTrusted == "off":
		if name == nil || !*name {
			return nil
		}
		return &yes
	case s.OnlyTrusted == "" && (path == nil || !*path):
		return nil
	case path != nil && !*path, name != nil && !*name && s.OnlyTrusted == "on":
		return &no
	case path == nil || name == nil || !*name:
		return nil
	}
	return &yes
}

// steps writes the path with the place where it failed.
func (o outcome) steps(q Question) []Step {
	steps := []Step{}
	for i, f := range o.walk.path {
		source := "sent"
		if i >= o.walk.untrusted {
			source = "builtin"
			if slices.ContainsFunc(q.Custom, func(c *certificate.Certificate) bool { return bytes.Equal(c.Raw, f.Raw) }) {
				source = "custom"
			}
		}
		steps = append(steps, Step{certificate.NameString(f.Subject), f.SHA256(), source, !o.trusted() && i == o.walk.at, f.Certificate})
	}
	return steps
}

// doubt says why the answer is not known.
func doubt(q Question, list []outcome, shown outcome) string {
	if shown.code == notComputable {
		return fmt.Sprintf("whether the signature on %q verifies cannot be computed here: its issuer's key is of a kind that only the phone's library knows", shown.failed())
	}
	first := list[0]
	for _, o := range list[1:] {
		if o.trusted() == first.trusted() {
			continue
		}
		switch {
		case o.release != first.release && !first.open && !o.open:
			return fmt.Sprintf("whether the phone trusts the chain hangs on its library: %s: %s; %s: %s", first.release.name, first.reason(), o.release.name, o.reason())
		case o.reversed != first.reversed:
			return fmt.Sprintf("whether the phone trusts the chain hangs on which of two certificates of the same name it asks first: %s; or %s", first.reason(), o.reason())
		case o.ca != first.ca:
			return fmt.Sprintf("whether the phone trusts the chain hangs on CA Certificates: %s: %s; %s: %s", first.ca, first.reason(), o.ca, o.reason())
		}
	}
	return "the phone probably does not trust the chain, because " + shown.reason() + ", but its list of built-in certificates is not known"
}

// failed names the certificate at which the walk ended.
func (o outcome) failed() string { return shortName(o.walk.path[o.walk.at]) }

func shortName(f *facts) string { return certificate.ShortName(f.Subject) }

// reason says in one sentence how the walk ended.
func (o outcome) reason() string {
	w := o.walk
	if o.trusted() {
		return fmt.Sprintf("the chain ends at %q, which the phone holds", shortName(w.last()))
	}
	f := w.path[w.at]
	issuer := certificate.ShortName(f.Issuer)
	switch o.code {
	case unableToGetIssuerLocally:
		if w.circles() {
			return fmt.Sprintf("what the server sends runs in a circle and to no root that the phone holds: the issuer of %q, %q, is in the path already", o.failed(), issuer)
		}
		return fmt.Sprintf("the issuer of %q, %q, is neither sent nor held by the phone", o.failed(), issuer)
	case unableToGetIssuer:
		return fmt.Sprintf("the phone holds %q, which is no root, and not its issuer %q", o.failed(), issuer)
	case selfSignedInChain:
		return fmt.Sprintf("the chain ends at the root %q, which the phone does not hold", o.failed())
	case depthZeroSelfSigned:
		return fmt.Sprintf("the server's certificate %q is self-signed, and the phone does not hold it", o.failed())
	case hasExpired:
		return fmt.Sprintf("%q expired on %s, and the phone's clock shows %s", o.failed(), day(f.NotAfter), day(w.clock))
	case notYetValid:
		return fmt.Sprintf("%q is valid from %s on, and the phone's clock shows %s", o.failed(), day(f.NotBefore), day(w.clock))
	case signatureFailure:
		if a := algorithmOf(f.SignatureOID); !w.supports(a) {
			return fmt.Sprintf("%q is signed with %s, which the phone's library does not know", o.failed(), f.SignatureAlgorithm().Name)
		}
		return fmt.Sprintf("the signature on %q is not that of %q", o.failed(), issuer)
	}
	return o.rarerReason()
}
