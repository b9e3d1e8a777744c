package visit

import (
	"cmp"
	"context"
	"fmt"
	"github.com/phonecert/phonecert/upload"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/rules"
)

// checked is what the check says of the files of an order on one handset.
type checked struct {
	verdicts []finding.Verdict
	findings [][]finding.Finding
	// max is how many certificates fit, 0 when that is not known for certain.
	max int
}

// handsets are the profiles that may be the phone's: the one that was named, or
// those that its own words match. Several when the firmware's generation is open.
func (v *visit) handsets(ctx context.Context) ([]*handset.Profile, error) {
	known, given := v.phone.Identity.Model, v.target.Handset
	if given == "" && known != "" {
		if list := handset.Matching(v.order.Profiles, known, string(v.phone.Dialect)); len(list) > 0 {
			return list, nil
		}
		// No profile speaks of this model: what the user takes for near enough
		// may stand in.
		known = ""
	}
	if given = cmp.Or(given, v.order.Handset); given == "" {
		return nil, nil
	}
	p, err := v.order.Profile(ctx, given)
	if err != nil {
		return nil, upload.NewProblem("upload.handset-not-known", err, "use one of the names of phonecert handset list", "the inventory's handset is not known: %v", err)
	}
	if known != "" && p.Models.Known() && len(handset.Matching([]*handset.Profile{p}, known, "")) == 0 {
		return nil, upload.NewProblem("upload.another-model", nil, "put the inventory right; nothing was changed on the phone",
			"the phone says that it is a %s, and not the %s that was expected there", known, given)
	}
	return []*handset.Profile{p}, nil
}

// examine runs the check for the phone's own model.
func (v *visit) examine(profiles []*handset.Profile) (checked, error) {
	all := checked{verdicts: make([]finding.Verdict, len(v.order.Files)), findings: make([][]finding.Finding, len(v.order.Files))}
	for place, p := range profiles {
		one, err := v.order.check(p)
		if err != nil {
			return all, err
		}
		if place == 0 {
			all = checked{slices.Clone(one.verdicts), one.findings, one.max}
			continue
		}
		for i, verdict := range one.verdicts {
			if verdict != all.verdicts[i] {
				// It depends on the firmware, which nobody knows here.
				all.verdicts[i] = finding.Unknown
			}
		}
		if one.max != all.max {
			all.max = 0
		}
	}
	return all, nil
}

// check answers for one handset, from memory where it was asked before.
func (o *Order) check(p *handset.Profile) (checked, error) {
	o.checks.mu.Lock()
	defer o.checks.mu.Unlock()
	if said, ok := o.checks.said[p.ID]; ok {
		return said, nil
	}
	desk, err := o.Desk(p, p.ID)
	if err != nil {
		return checked{}, upload.NewProblem("upload.no-check", err, "look at the profile with phonecert handset show", "the files cannot be checked for %s: %v", p.ID, err)
	}
	said := checked{}
	for _, f := range o.Files {
		findings := rules.Check(f.File, rules.Question{Phone: desk, Role: o.Role})
		said.findings = append(said.findings, findings)
		said.verdicts = append(said.verdicts, finding.Decide(findings, false))
	}
	if limit := p.FilesFor(o.Role).MaxFiles; limit.Known() && limit.Basis != finding.Assumed {
		said.max = limit.Value
	}
	if o.checks.said == nil {
		o.checks.said = map[string]checked{}
	}
	o.checks.said[p.ID] = said
	return said, nil
}

// refused is the problem of a file that the phone's model does not take.
func refused(f *Item, handset string, findings []finding.Finding) *upload.Problem {
	why := ""
	fix := fmt.Sprintf("phonecert check %s", f.Name)
	for _, each := range findings {
		if each.Severity == finding.Error && !each.Open() {
			why, fix = ": "+each.Message, strings.ReplaceAll(each.Fix, "{file}", f.File.Name)
			break
		}
	}
	p := upload.NewProblem("upload.check-refuses", nil, fix, "%s would refuse %s%s", handset, f.Name, why)
	p.Basis, p.Source = finding.Derived, "phonecert check"
	return p
}
