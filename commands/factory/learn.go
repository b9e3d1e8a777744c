package factory

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/learn"
	"github.com/phonecert/phonecert/inspect/finding"
)

// LearnFlags are the flags that say what a learned profile is called and what
// it builds on.
type LearnFlags struct{ id, base, summary string }

// Add gives the flags to a command.
func (l *LearnFlags) Add(flags *pflag.FlagSet) {
	flags.StringVar(&l.id, "id", "", "the new profile's `id`; made from the model where it is not given")
	flags.StringVar(&l.base, "base", "", "take what was not seen from this `profile`, or from \"none\"; the one that fits best where it is not given")
	flags.StringVar(&l.summary, "summary", "", "the new profile's `line` in lists")
}

// Learned is a profile that was made of what was seen.
type Learned struct {
	// Profile is as it is read from Text, with the facts of its base.
	Profile *handset.Profile
	// Text is the file that holds it.
	Text []byte
	// Notes say what was left out and why.
	Notes []string
}

// Learn makes the profile and reads it back. The error is learn.ErrNothing where
// nothing was seen.
func (l *LearnFlags) Learn(ctx context.Context, f *Factory, o learn.Observation) (Learned, error) {
	base, why, err := l.baseFor(ctx, f, o)
	if err != nil {
		return Learned{}, err
	}
	p, notes, err := learn.Profile(o, learn.Options{ID: l.id, Summary: l.summary, Base: base})
	if err != nil { // learn.ErrNothing; the notes say why
		return Learned{Notes: notes}, err
	}
	if base != nil && base.ID == p.ID {
		return Learned{}, WithHint(fmt.Errorf("%q would be its own base", p.ID), "give the new profile another name with --id")
	}
	text, err := handset.Marshal(p)
	if err != nil {
		return Learned{}, badName(err)
	}
	text = append([]byte(heading(base)), text...)
	whole, err := f.ParseProfile(ctx, p.ID+".yaml", text)
	if err != nil {
		return Learned{}, err
	}
	if why != "" {
		notes = append([]string{why}, notes...)
	}
	return Learned{Profile: whole, Text: text, Notes: notes}, nil
}

// heading is the comment with which the file begins.
func heading(base *handset.Profile) string {
	if base == nil {
		return "# What was seen of one phone. Nothing is known of what is not stated here.\n"
	}
	return "# What was seen of one phone. What is not stated here is taken from " + base.ID + ".\n"
}

// baseFor is the profile to build on, nil for none, and why it is that.
func (l *LearnFlags) baseFor(ctx context.Context, f *Factory, o learn.Observation) (base *handset.Profile, why string, err error) {
	switch l.base {
	case "none":
		return nil, "", nil
	case "":
	default:
		if base, err = f.Profile(ctx, l.base); err != nil {
			return nil, "", err
		}
		if again, err := f.Profile(ctx, base.ID); err != nil || again.ID != base.ID {
			return nil, "", WithHint(fmt.Errorf("the profile %q in %q cannot be a base, for it is not found by its id", base.ID, l.base),
				"put it among your own profiles: ~/.config/phonecert/handsets/"+base.ID+".yaml", "or name one of \"phonecert handset list\"")
		}
		return base, "", nil
	}
	var profiles []*handset.Profile
	for _, id := range f.HandsetIDs() {
		p, err := f.Profile(ctx, id)
		if err != nil {
			return nil, "", err
		}
		if p.ID != l.id {
			profiles = append(profiles, p)
		}
	}
	base, why = learn.Base(o, profiles)
	if base == nil {
		return nil, "no base: " + why + "; --base ID names one", nil
	}
	return base, "the base is " + base.ID + ": " + why, nil
}

// Check refuses a base that is none, and a name that no profile can have, before
// anything is seen.
func (l *LearnFlags) Check(ctx context.Context, f *Factory) error {
	if l.base != "" {
		if _, _, err := l.baseFor(ctx, f, learn.Observation{}); err != nil {
			return err
		}
	}
	if l.id == "" && l.summary == "" {
		return nil
	}
	p := &handset.Profile{ID: "learned", Summary: "a phone"}
	if l.id != "" {
		p.ID = l.id
	}
	if l.summary != "" {
		p.Summary = l.summary
	}
	p.TLS.SNI = handset.Fact[bool]{Basis: finding.Observed, Source: "a trial"}
	_, err := handset.Marshal(p)
	return badName(err)
}

// badName is what to do about an id or a summary that a profile cannot have.
func badName(err error) error {
	if err == nil {
		return nil
	}
	return WithHint(err, "an id is made of a-z, 0-9, '-', '.' and '_'; look at --id and --summary")
}

// Base is what --base names, "" where it is not given.
func (l *LearnFlags) Base() string { return l.base }
