package learn

import (
	"slices"
	"strings"
)

// maxOthers is how many phones behind one address are told of.
const maxOthers = 5

// meet keeps the name of another phone at the same address.
func (o *Observation) meet(other string) {
	if !slices.Contains(o.Others, other) && len(o.Others) < maxOthers {
		o.Others = append(o.Others, other)
	}
}

// otherPhone is the name of the second phone, "" where both may be the same.
func otherPhone(first, second string) string {
	a, okA := ParseAgent(first)
	b, okB := ParseAgent(second)
	upgraded := a.Firmware != "" && b.Firmware != "" && a.Firmware != b.Firmware
	if !okA || !okB || a.Maker == b.Maker && a.Model == b.Model && !upgraded {
		return ""
	}
	return strings.TrimSpace(b.Maker + " " + b.Model + " " + b.Firmware)
}

// alone is what is known to be of one phone: where several share an address, only
// what connections show that name the first. A survey counts the others in.
func (o Observation) alone() Observation {
	if len(o.Others) == 0 {
		return o
	}
	only := Observation{}
	if o.named != nil {
		only = *o.named
	}
	only.Others, only.Survey = o.Others, nil
	return only
}
