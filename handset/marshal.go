package handset

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Marshal writes a profile as the YAML that Parse reads: what it states, in the
// profile's order. Facts that are not stated are left to the base. Texts lose what
// cannot be seen. The error says what Parse would not take: a fact without a
// source, a word outside its closed set, more than MaxProfileBytes.
func Marshal(p *Profile) ([]byte, error) {
	w := new(writer)
	w.group("", reflect.ValueOf(p).Elem())
	// Whoever made the profile may have got it wrong, and a file that cannot be
	// read is worth nothing. The base is not at hand and not needed for this.
	text := []byte(w.String())
	d, err := open(p.ID+".yaml", text)
	if err != nil {
		return nil, err
	}
	again := new(Profile)
	if err := d.group("", d.root, reflect.ValueOf(again).Elem()); err != nil {
		return nil, err
	}
	if again.ID == "" || again.Summary == "" {
		return nil, d.fault(nil, "", "id and summary are needed, each one line of text")
	}
	if err := d.compare(again); err != nil {
		return nil, err
	}
	return text, nil
}

// writer gathers the lines of a profile.
type writer struct{ strings.Builder }

// step is by how much each level is indented.
const step = "  "

func (w *writer) line(indent, format string, args ...any) {
	fmt.Fprintf(w, indent+format+"\n", args...)
}

// group writes the fields of a struct that state something.
func (w *writer) group(indent string, v reflect.Value) {
	for i := range v.NumField() {
		key := v.Type().Field(i).Tag.Get("yaml")
		switch field := v.Field(i).Addr().Interface().(type) {
		case *string:
			if *field != "" {
				w.text(indent, key, *field)
			}
		case fact:
			if field.stated() {
				w.heading(indent, key)
				field.write(w, indent+step)
			}
		default:
			if states(v.Field(i)) {
				w.heading(indent, key)
				w.group(indent+step, v.Field(i))
			}
		}
	}
}

// heading begins a fact or a group. What stands at the margin is set off.
func (w *writer) heading(indent, key string) {
	if indent == "" {
		w.WriteString("\n")
	}
	w.line(indent, "%s:", key)
}

// states reports whether a group has a fact that is stated.
func states(group reflect.Value) bool {
	for _, l := range appendLeaves(nil, "", "", group) {
		if l.Fact.(fact).stated() {
			return true
		}
	}
	return false
}

func (f *Fact[T]) write(w *writer, indent string) {
	if f.NotKnown != "" {
		w.text(indent, "not_known", f.NotKnown)
	} else {
		w.value(indent, f.Value)
		w.text(indent, "basis", string(f.Basis))
	}
	for _, t := range []struct{ key, text string }{{"source", f.Source}, {"because", f.Because}} {
		if t.text != "" {
			w.text(indent, t.key, t.text)
		}
	}
}

// value writes what document.value reads.
func (w *writer) value(indent string, value any) {
	switch v := value.(type) {
	case string:
		w.text(indent, "value", v)
	case Library:
		w.text(indent, "value", string(v))
	case []string:
		w.list(indent, "value", each(v, word))
	case []Encoding:
		w.list(indent, "value", each(v, func(e Encoding) string { return word(string(e)) }))
	case []uint16:
		w.list(indent, "value", each(v, digits))
	case Hello:
		w.line(indent, "value:")
		w.hello(indent+step, v)
	default: // truth and numbers
		w.line(indent, "value: %v", v)
	}
}

// hello writes what document.hello reads.
func (w *writer) hello(indent string, h Hello) {
	if h.SSLv2 {
		w.helloSSLv2(indent, h)
		return
	}
	w.line(indent, "record_version: %v", iana.ProtocolVersion(h.RecordVersion))
	w.line(indent, "version: %v", iana.ProtocolVersion(h.Version))
	w.line(indent, "session_id: %d", h.SessionIDLength)
	w.list(indent, "cipher_suites", each(h.CipherSuites, digits))
	w.list(indent, "compression_methods", each(h.CompressionMethods, func(m uint8) string { return strconv.Itoa(int(m)) }))
	switch {
	case h.NoExtensions:
	case len(h.Extensions) == 0:
		w.line(indent, "extensions: []")
	default:
		w.line(indent, "extensions:")
		for _, e := range h.Extensions {
			w.helloExtension(indent+step, e)
		}
	}
}

func (w *writer) helloExtension(indent string, e HelloExtension) {
	key, name := "name", e.String()
	if name == digits(e.Type) {
		key = "id"
	}
	w.line(indent, "- %s: %s", key, name)
	indent += step
	if len(e.Data) > 0 {
		w.line(indent, `data: "%x"`, e.Data)
	}
	if e.Addresses {
		w.line(indent, "addresses: true")
	}
	if len(e.Shares) > 0 {
		w.line(indent, "shares:")
	}
	for _, s := range e.Shares {
		w.line(indent+step, "- {group: %v, length: %d}", iana.NamedGroup(s.Group), s.Length)
	}
}

func digits(v uint16) string { return fmt.Sprintf("0x%04X", v) }

func each[T any](list []T, word func(T) string) []string {
	words := make([]string, len(list))
	for i, item := range list {
		words[i] = word(item)
	}
	return words
}
