package measure

import (
	"slices"

	"github.com/phonecert/phonecert/inspect/listen/chain"
)

// Table is a survey of one phone, in the order of chain.Variants; those that
// were not tried are missing.
type Table struct {
	// Phone is the address of the client.
	Phone  string  `json:"phone"`
	Trials []Trial `json:"trials"`
}

// Add takes a trial up. Of several with the same chain the newest stays, but for
// one that shows nothing where the one before did; one of no known variant is
// left out.
func (t *Table) Add(trial Trial) {
	order := slices.Index(chain.Variants(), trial.Variant)
	if order < 0 {
		return
	}
	at, found := slices.BinarySearchFunc(t.Trials, order, func(have Trial, order int) int {
		return slices.Index(chain.Variants(), have.Variant) - order
	})
	switch {
	case !found:
		t.Trials = slices.Insert(t.Trials, at, trial)
	case !trial.shows() && t.Trials[at].shows():
	case !trial.At.Before(t.Trials[at].At):
		t.Trials[at] = trial
	}
}

// callers are the phones that the trials name: several share an address.
func (t Table) callers() (list []string) {
	for _, trial := range t.Trials {
		if trial.Caller != "" && !slices.Contains(list, trial.Caller) {
			list = append(list, trial.Caller)
		}
	}
	return list
}

// Missing lists the variants that were not tried.
func (t Table) Missing() []chain.Variant {
	return slices.DeleteFunc(chain.Variants(), func(v chain.Variant) bool { return t.of(v) != nil })
}

// of finds the trial of a variant, nil where there was none.
func (t Table) of(v chain.Variant) *Trial {
	i := slices.IndexFunc(t.Trials, func(have Trial) bool { return have.Variant == v })
	if i < 0 {
		return nil
	}
	return &t.Trials[i]
}

func (t Table) takes(v chain.Variant) bool {
	trial := t.of(v)
	return trial != nil && trial.takes()
}

// refuses also knows a phone that hangs up after the handshake without a word,
// where it goes on with the good chain: the chain is all that differs.
func (t Table) refuses(v chain.Variant) bool {
	trial := t.of(v)
	return trial != nil && (trial.refuses() || t.falls(v))
}

// falls reports whether a phone that takes the good chain fell silent.
func (t Table) falls(v chain.Variant) bool {
	trial := t.of(v)
	return trial != nil && trial.Mute && t.takes(chain.Good)
}

// refusal says in words how it refuses a chain.
func (t Table) refusal(v chain.Variant) string {
	if t.falls(v) {
		return "it takes good, and hangs up right after the handshake with " + string(v)
	}
	return "it takes good and refuses " + string(v)
}
