package learn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/compare"
	"github.com/phonecert/phonecert/handset/offer"
)

// Base finds the profile whose facts are most likely to hold for this phone, nil
// where none stands out, and says why in words. A phone that names its model has
// that model's profile or none; a phone that does not is judged by its
// ClientHello, which is worth something only where one profile is nearest.
func Base(o Observation, profiles []*handset.Profile) (*handset.Profile, string) {
	o = o.alone()
	named, model, firmware := o.callsItself()
	// Another learned phone is a base only for whoever says so.
	fit := slices.DeleteFunc(slices.Clone(profiles), func(p *handset.Profile) bool { return p.TLS.ClientHello.Known() })
	if named != "" {
		fit = handset.Matching(fit, model, o.dialect())
		fit = slices.DeleteFunc(fit, func(p *handset.Profile) bool { return !compare.Covers(p.Firmware, firmware) })
		if len(fit) == 0 {
			return nil, fmt.Sprintf("no profile speaks of %s", named)
		}
	}
	var matches []offer.Match
	if hello := parse(o.Hello); hello != nil {
		matches = offer.Find(hello, fit)
	}
	if named == "" {
		return alike(matches, fit)
	}
	if len(fit) > 1 {
		if p, why := alike(matches, fit); p != nil {
			return p, "the model is " + named + ", and " + why
		}
		return nil, fmt.Sprintf("several profiles speak of %s: %s", named, ids(fit))
	}
	return fit[0], "the phone says that it is " + named
}

// callsItself is what the phone calls itself: in words, its model and its firmware.
func (o *Observation) callsItself() (words, model, firmware string) {
	if a, ok := ParseAgent(o.UserAgent); ok {
		return strings.TrimSpace(a.Model + " " + a.Firmware), a.Model, a.Firmware
	}
	if o.Web != nil && o.Web.Model != "" {
		model, firmware = clean(o.Web.Model), clean(o.Web.Firmware)
		return strings.TrimSpace(model + " " + firmware), model, firmware
	}
	return "", "", ""
}

func (o *Observation) dialect() string {
	if o.Web == nil {
		return ""
	}
	return o.Web.Dialect
}

// alike is the profile with the most similar ClientHello, if it is one alone.
func alike(matches []offer.Match, profiles []*handset.Profile) (*handset.Profile, string) {
	if len(matches) == 0 {
		return nil, "neither model nor ClientHello can be compared with a profile"
	}
	best := matches[0]
	if best.Likeness == offer.Unknown {
		return nil, "its ClientHello is that of no profile"
	}
	if len(matches) > 1 && matches[1].Likeness == best.Likeness && len(matches[1].Differences) == len(best.Differences) {
		return nil, "several profiles have this ClientHello: " + offer.Named(matches, 5)
	}
	i := slices.IndexFunc(profiles, func(p *handset.Profile) bool { return p.ID == best.Handset })
	return profiles[i], "its ClientHello is that of " + best.Handset + " (" + string(best.Likeness) + ")"
}

func ids(list []*handset.Profile) string {
	var names []string
	for _, p := range list {
		names = append(names, p.ID)
	}
	return strings.Join(names, ", ")
}
