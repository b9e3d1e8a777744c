// Package compare says where two profiles of handsets differ, and where a
// ClientHello departs from a profile. Nothing here does I/O.
package compare

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Kind says how two profiles differ in a fact.
type Kind string

// The kinds. Contradicts: both know it, and they say different things. The other
// two: one knows it, and the other does not.
const (
	Contradicts Kind = "contradicts"
	OnlyA       Kind = "only-a"
	OnlyB       Kind = "only-b"
)

// Difference is one fact in which two profiles, A and B, differ.
type Difference struct {
	// Path is the place in the YAML file, Label says the same in words.
	Path  string `json:"path"`
	Label string `json:"label"`
	Kind  Kind   `json:"kind"`
	// A and B are the fact in either profile.
	A handset.FactLine `json:"a"`
	B handset.FactLine `json:"b"`
	// Details say of lists and of the ClientHello what is different: each is a
	// part of a sentence whose subject is B.
	Details []string `json:"details,omitempty"`
}

// Profiles lists the facts in which B differs from A, in the order of a profile.
// A fact that neither knows is no difference, nor is another basis, nor a model
// or firmware that lies in the range of the other profile.
func Profiles(a, b *handset.Profile) []Difference {
	var list []Difference
	leavesA, leavesB := handset.Leaves(a), handset.Leaves(b)
	linesA, linesB := handset.Facts(a), handset.Facts(b)
	for i := range leavesA {
		d := Difference{Path: linesA[i].Path, Label: linesA[i].Label, A: linesA[i], B: linesB[i]}
		switch {
		case d.A.Known && d.B.Known:
			d.Kind = Contradicts
		case d.A.Known:
			d.Kind = OnlyA
		case d.B.Known:
			d.Kind = OnlyB
		default:
			continue
		}
		if d.Path == "tls.client_hello" {
			d.hellos(a, b)
		} else if d.Kind == Contradicts && (within(d.Path, a, b) || within(d.Path, b, a) || d.same(leavesA[i].Fact, leavesB[i].Fact)) {
			continue
		}
		if d.Kind != "" {
			list = append(list, d)
		}
	}
	return list
}

// within reports whether what A says of models or firmware is part of what B
// says.
func within(path string, a, b *handset.Profile) bool {
	switch path {
	case "firmware":
		_, exact := releaseOf(a.Firmware.Value)
		return exact && Covers(b.Firmware, a.Firmware.Value)
	case "models":
		return !slices.ContainsFunc(a.Models.Value, func(model string) bool {
			return len(handset.Matching([]*handset.Profile{b}, model, "")) == 0
		})
	}
	return false
}

// same compares two values, and tells the difference of lists.
func (d *Difference) same(a, b any) bool {
	switch a := a.(type) {
	case *handset.Fact[[]string]:
		d.list(a.Value, b.(*handset.Fact[[]string]).Value, d.Path == "tls.extensions")
	case *handset.Fact[[]handset.Encoding]:
		d.list(spelled(a.Value), spelled(b.(*handset.Fact[[]handset.Encoding]).Value), false)
	case *handset.Fact[[]uint16]:
		d.list(suites(a.Value), suites(b.(*handset.Fact[[]uint16]).Value), true)
	default:
		return reflect.DeepEqual(valueOf(a), valueOf(b))
	}
	return len(d.Details) == 0
}

// valueOf is the value of a *handset.Fact of any type.
func valueOf(fact any) any { return reflect.ValueOf(fact).Elem().FieldByName("Value").Interface() }

// list compares two lists; their order counts where it is on the wire.
func (d *Difference) list(a, b []string, ordered bool) {
	added, missing := without(b, a), without(a, b)
	if len(added) > 0 {
		d.told("adds %d: %s", len(added), strings.Join(added, ", "))
	}
	if len(missing) > 0 {
		d.told("lacks %d: %s", len(missing), strings.Join(missing, ", "))
	}
	if ordered && !slices.Equal(without(a, missing), without(b, added)) {
		d.told("has them in another order")
	}
}

func (d *Difference) told(format string, args ...any) {
	d.Details = append(d.Details, fmt.Sprintf(format, args...))
}

func without[T comparable](list, other []T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(v T) bool { return slices.Contains(other, v) })
}

func spelled[T ~string](list []T) []string {
	var words []string
	for _, v := range list {
		words = append(words, strings.ToUpper(string(v)))
	}
	return words
}

func suites(list []uint16) []string {
	var names []string
	for _, id := range list {
		names = append(names, named(iana.CipherSuite(id)))
	}
	return names
}

// named is the name of a number. A client picks its GREASE values anew for each
// connection (RFC 8701, section 3), so they count as one.
func named[T interface {
	~uint16
	fmt.Stringer
}](v T) string {
	if iana.GREASE(v) {
		return "GREASE"
	}
	return v.String()
}
