package handset

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
)

// Leaf is one fact of a profile and the place where it belongs.
type Leaf struct {
	// Path is the place in the YAML file, for instance "trusted_files.max_bytes".
	Path string
	// Label says the same in words.
	Label string
	// Fact points into the profile: it is a *Fact of the fact's type.
	Fact any
}

// Leaves lists all facts of a profile in the profile's order.
func Leaves(p *Profile) []Leaf {
	return appendLeaves(nil, "", "", reflect.ValueOf(p).Elem())
}

func appendLeaves(list []Leaf, path, label string, group reflect.Value) []Leaf {
	t := group.Type()
	for i := range t.NumField() {
		field := t.Field(i)
		at, words := join(path, field.Tag.Get("yaml")), field.Tag.Get("label")
		if label != "" {
			words = label + ", " + words
		}
		switch into := group.Field(i).Addr().Interface().(type) {
		case *string: // ID, Base and Summary name the profile, they are no facts
		case fact:
			list = append(list, Leaf{at, words, into})
		default:
			list = appendLeaves(list, at, words, group.Field(i))
		}
	}
	return list
}

// FactLine is one fact in words.
type FactLine struct {
	// Path is the place in the YAML file.
	Path string `json:"path"`
	// Label says in words what the fact is about.
	Label string `json:"label"`
	// Value is the value in words, "not known" where it is not.
	Value string `json:"value"`
	// Known says whether there is a value.
	Known bool `json:"known"`
	// Basis and Source say how the fact is known and where it stands.
	Basis  finding.Basis `json:"basis"`
	Source string        `json:"source"`
	// Because is the argument, or the reason why the value is not known.
	Because string `json:"because,omitempty"`
}

// Facts writes every fact of a profile, in the profile's order.
func Facts(p *Profile) []FactLine {
	leaves := Leaves(p)
	lines := make([]FactLine, len(leaves))
	for i, l := range leaves {
		lines[i] = l.Fact.(fact).line()
		lines[i].Path, lines[i].Label = l.Path, l.Label
	}
	return lines
}

func (f *Fact[T]) line() FactLine {
	l := FactLine{Known: f.Known(), Basis: f.Basis, Source: f.Source, Because: f.Because, Value: "not known"}
	if f.Known() {
		l.Value = words(f.Value)
		return l
	}
	if l.Because = f.NotKnown; f.Because != "" {
		l.Because += "; " + f.Because
	}
	return l
}

// words writes a value for people. The type tells what a number counts: int64
// bytes, uint16 a cipher suite.
func words(value any) string {
	switch v := value.(type) {
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case int64:
		return size(v)
	case []string:
		return series(v, func(s string) string { return s })
	case []Encoding:
		return series(v, func(e Encoding) string { return strings.ToUpper(string(e)) })
	case []uint16:
		return series(v, func(id uint16) string { return CipherSuiteByID(id).String() })
	}
	return fmt.Sprint(value)
}

func series[T any](list []T, word func(T) string) string {
	if len(list) == 0 {
		return "none"
	}
	parts := make([]string, len(list))
	for i, item := range list {
		parts[i] = word(item)
	}
	return strings.Join(parts, ", ")
}

// size writes bytes in the unit of the guides, where 1 MB is 1024 x 1024 bytes.
func size(n int64) string {
	switch {
	case n > 0 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MB (%d bytes)", n>>20, n)
	case n > 0 && n%(1<<10) == 0:
		return fmt.Sprintf("%d kB (%d bytes)", n>>10, n)
	}
	return fmt.Sprintf("%d bytes", n)
}
