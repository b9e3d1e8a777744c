package trust

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust/errcode"
	"github.com/phonecert/phonecert/inspect/trust/walk"
)

// judge answers without looking for changes.
func (j *judge) judge(q Question) (Verdict, []outcome) {
	v := Verdict{Path: []Step{}, Name: compareName(q), ErrorNumber: int(errcode.Unspecified)}
	if len(q.Sent) == 0 {
		no := false
		v.Trusted, v.Code, v.Reason = &no, "", "the server sends no certificate"
		v.Connects = &no
		return v, nil
	}
	list := j.outcomes(q)
	shown := shown(list)
	trusted, known := certain(list)
	v.Path, v.Reason, v.UnknownSignature = shown.steps(q), shown.walk.Reason(), shown.walk.UnknownSignature()
	if known {
		v.Trusted = &trusted
	} else {
		v.Reason = doubt(q, list, shown)
	}
	v.ErrorNumber = int(shown.walk.Code)
	if shown.walk.Code == walk.NotComputable {
		v.ErrorNumber = int(errcode.Unspecified)
	} else {
		v.Code, v.Alert = shown.walk.Code.Name(), shown.walk.Code.Alert()
	}
	v.Connects = connects(q.Settings, v)
	if v.Connects != nil && *v.Connects {
		v.Alert = ""
	}
	return v, list
}

// shown is the outcome that is told: a refusal where there is one, for the reason
// that most of the possible worlds share, and of those in the likeliest.
func shown(list []outcome) outcome {
	count := map[errcode.Code]int{}
	for _, o := range list {
		if !o.trusted() {
			count[o.walk.Code]++
		}
	}
	best := list[0]
	for _, o := range list {
		if !o.trusted() && (best.trusted() || count[o.walk.Code] > count[best.walk.Code]) {
			best = o
		}
	}
	return best
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
	for i, f := range o.walk.Path {
		source := "sent"
		if i >= o.walk.Untrusted {
			source = "builtin"
			if slices.ContainsFunc(q.Custom, func(c *certificate.Certificate) bool { return bytes.Equal(c.Raw, f.Raw) }) {
				source = "custom"
			}
		}
		steps = append(steps, Step{certificate.NameString(f.Subject), f.SHA256(), source, !o.trusted() && i == o.walk.At, f.Certificate})
	}
	return steps
}

// doubt says why the answer is not known.
func doubt(q Question, list []outcome, shown outcome) string {
	if shown.walk.Code == walk.NotComputable {
		return fmt.Sprintf("whether the signature on %q verifies cannot be computed here: its issuer's key is of a kind that only the phone's library knows", shown.walk.Failed())
	}
	first := list[0]
	for _, o := range list[1:] {
		if o.trusted() == first.trusted() {
			continue
		}
		switch {
		case o.release != first.release && !first.open && !o.open:
			return fmt.Sprintf("whether the phone trusts the chain hangs on its library: %s: %s; %s: %s", first.release.Name, first.walk.Reason(), o.release.Name, o.walk.Reason())
		case o.reversed != first.reversed:
			return fmt.Sprintf("whether the phone trusts the chain hangs on which of two certificates of the same name it asks first: %s; or %s", first.walk.Reason(), o.walk.Reason())
		case o.ca != first.ca:
			return fmt.Sprintf("whether the phone trusts the chain hangs on CA Certificates: %s: %s; %s: %s", first.ca, first.walk.Reason(), o.ca, o.walk.Reason())
		}
	}
	return "the phone probably does not trust the chain, because " + shown.walk.Reason() + ", but its list of built-in certificates is not known"
}
