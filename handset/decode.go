package handset

import (
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/phonecert/phonecert/inspect/finding"
)

// group fills a struct from the keys of a mapping. A key without a field is
// an error: a misspelt fact must not be passed over in silence.
func (d *document) group(path string, m *ast.MappingNode, into reflect.Value) error {
	for _, pair := range m.Values {
		key := pair.Key.GetToken()
		field, value, ok := fieldFor(into, key.Value)
		if !ok {
			return d.unknownKey(key, path, keysOf(into.Type()))
		}
		err := d.field(join(path, key.Value), key, pair.Value, field, value.Addr().Interface())
		if err != nil {
			return err
		}
	}
	return nil
}

// field fills one field: a plain word, a fact, or a group of facts.
func (d *document) field(path string, key *token.Token, n ast.Node, field reflect.StructField, into any) error {
	switch into := into.(type) {
	case *string:
		d.values[path] = n.GetToken()
		word, err := text[string](d, path, n, field.Tag)
		*into = word
		return err
	case fact:
		s, err := d.statement(path, key, n)
		if err != nil {
			return err
		}
		return into.decode(d, s, field.Tag)
	}
	m, err := d.mapping(path, n)
	if err != nil {
		return err
	}
	return d.group(path, m, reflect.ValueOf(into).Elem())
}

// statement is a fact as it stands in the file. Value is nil when the fact is
// not known.
type statement struct {
	path                      string
	value                     ast.Node
	notKnown, source, because string
	basis                     finding.Basis
}

// statement reads the keys of a fact and demands what every fact must have.
func (d *document) statement(path string, key *token.Token, n ast.Node) (statement, error) {
	s := statement{path: path}
	m, err := d.mapping(path, n)
	if err != nil {
		return s, err
	}
	for _, pair := range m.Values {
		inner := pair.Key.GetToken()
		switch at := join(path, inner.Value); inner.Value {
		case "value":
			s.value = pair.Value
			d.values[path] = pair.Value.GetToken()
		case "not_known":
			s.notKnown, err = text[string](d, at, pair.Value, "")
		case "basis":
			s.basis, err = text[finding.Basis](d, at, pair.Value, `words:"documented|observed|derived|assumed"`)
		case "source":
			s.source, err = text[string](d, at, pair.Value, "")
		case "because":
			s.because, err = text[string](d, at, pair.Value, "")
		default:
			err = d.unknownKey(inner, path, []string{"value", "not_known", "basis", "source", "because"})
		}
		if err != nil {
			return s, err
		}
	}
	if problem := s.lacks(); problem != "" {
		return s, d.fault(key, path, "%s", problem)
	}
	return s, nil
}

// lacks says what a statement is short of, or "".
func (s *statement) lacks() string {
	switch {
	case s.value == nil && s.notKnown == "":
		return "neither value nor not_known is given"
	case s.value != nil && s.notKnown != "":
		return "value and not_known exclude each other"
	case s.source == "":
		return "source is missing: name the text that says it, or the texts that are silent"
	case s.value == nil && s.basis == "":
		return "" // Assumed is filled in: see Fact.Basis
	case s.value == nil && s.basis != finding.Assumed:
		return "basis stands beside not_known, but what is not known rests on nothing: leave it out"
	case s.basis == "":
		return "basis is missing: documented, observed, derived or assumed"
	case s.value != nil && s.because == "" && (s.basis == finding.Derived || s.basis == finding.Assumed):
		return "because is missing: a derived or assumed fact gives its argument"
	}
	return ""
}

func (f *Fact[T]) decode(d *document, s statement, tag reflect.StructTag) error {
	if s.value == nil {
		f.setGap(s.notKnown, s.source)
		f.Because = s.because
		return nil
	}
	f.Basis, f.Source, f.Because = s.basis, s.source, s.because
	return d.value(s.path, s.value, &f.Value, tag)
}

func (d *document) unknownKey(key *token.Token, path string, known []string) error {
	return d.fault(key, path, "unknown key %q; the keys here are %s", key.Value, strings.Join(known, ", "))
}

// fieldFor finds the field that a key of the file stands for.
func fieldFor(v reflect.Value, key string) (reflect.StructField, reflect.Value, bool) {
	t := v.Type()
	for i := range t.NumField() {
		if field := t.Field(i); field.Tag.Get("yaml") == key {
			return field, v.Field(i), true
		}
	}
	return reflect.StructField{}, reflect.Value{}, false
}

func keysOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i] = t.Field(i).Tag.Get("yaml")
	}
	return keys
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
