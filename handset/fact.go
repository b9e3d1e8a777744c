package handset

import (
	"reflect"

	"github.com/phonecert/phonecert/inspect/finding"
)

// Fact is one thing that is, or is not, known about a handset.
type Fact[T any] struct {
	// Value is meaningful only when the fact is Known.
	Value T
	// NotKnown says why the value is not known; empty when it is known.
	NotKnown string
	// Basis says how the value is known. It is Assumed when the value is not
	// known, so that nothing certain can be built on the gap.
	Basis finding.Basis
	// Source names the text that says it, on which the argument builds, or
	// which is silent about it.
	Source string
	// Because is the argument of a derived fact, or the reason for an assumption.
	Because string
}

// Known reports whether the profile states a value.
func (f Fact[T]) Known() bool { return f.NotKnown == "" && f.Basis != "" }

// fact is a *Fact of any type.
type fact interface {
	// decode fills the fact from its statement in a file.
	decode(d *document, s statement, tag reflect.StructTag) error
	// stated reports whether a file says anything at all about the fact.
	stated() bool
	// inherit takes over the whole fact of a base.
	inherit(base fact)
	// setGap records that the value is not known, and why.
	setGap(why, source string)
	// line writes the fact for people.
	line() FactLine
	// write writes it as decode reads it.
	write(w *writer, indent string)
}

func (f *Fact[T]) stated() bool { return f.NotKnown != "" || f.Basis != "" }

// inherit relies on both profiles having the same fields, so the types agree.
func (f *Fact[T]) inherit(base fact) { *f = *base.(*Fact[T]) }

func (f *Fact[T]) setGap(why, source string) {
	*f = Fact[T]{NotKnown: why, Basis: finding.Assumed, Source: source}
}
