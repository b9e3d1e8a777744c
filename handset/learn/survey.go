package learn

import (
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/listen/measure"
)

// survey takes what was measured with chains that are wrong in one way each.
func (l *learner) survey() {
	if l.seen.Survey == nil {
		return
	}
	leaves := handset.Leaves(l.profile)
	for _, s := range l.seen.Survey.Settings() {
		i := slices.IndexFunc(leaves, func(f handset.Leaf) bool { return f.Path == s.Path })
		if i < 0 {
			l.note("%s (%s), for which a profile has no place", s, s.Because)
			continue
		}
		switch into := leaves[i].Fact.(type) {
		case *handset.Fact[string]:
			state(l, into, s.Value)
			into.Because = s.Because
		case *handset.Fact[bool]:
			state(l, into, s.Value == "true")
			into.Because = s.Because
		case *handset.Fact[[]string]:
			l.item(s, into)
		}
	}
}

// item adds one thing to a list of the base, or takes it out. The rest of the
// list stands as firmly as the base says: what was measured is one item. Without
// a list to change there is only a note, for a list of one would deny the others.
func (l *learner) item(s measure.Setting, into *handset.Fact[[]string]) {
	has := "has"
	if s.Lacks {
		has = "lacks"
	}
	known := l.known(s.Path)
	if into.Known() { // an earlier item of this survey
		known = into
	}
	if known == nil {
		l.note("%s (%s); the rest of the list is not known, so it is left out", s, s.Because)
		return
	}
	if slices.Contains(known.Value, s.Value) == !s.Lacks {
		return // as the base says
	}
	list := slices.DeleteFunc(slices.Clone(known.Value), func(v string) bool { return v == s.Value })
	if !s.Lacks {
		list = append(list, s.Value)
	}
	because := "it " + has + " " + s.Value + " (" + s.Because + ")"
	if known == into {
		because = into.Because + "; " + because
	} else {
		because += "; the rest is what " + l.base.ID + " says"
	}
	basis := known.Basis
	if basis == finding.Documented {
		basis = finding.Derived
	}
	*into = handset.Fact[[]string]{Value: list, Basis: basis, Source: l.source, Because: because}
	l.found = true
}

// known is a list that the base knows; nil where it does not.
func (l *learner) known(path string) *handset.Fact[[]string] {
	if l.base == nil {
		return nil
	}
	for _, leaf := range handset.Leaves(l.base) {
		if fact, ok := leaf.Fact.(*handset.Fact[[]string]); ok && leaf.Path == path && fact.Known() {
			return fact
		}
	}
	return nil
}
