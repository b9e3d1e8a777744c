package handset

import (
	"embed"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// shippedFiles are read one at a time and only when asked for: the tool starts
// with no work done here.
//
//go:embed models/*.yaml
var shippedFiles embed.FS

// NotStated is the reason for a gap where neither a profile nor its base says
// anything at all about a fact.
const NotStated = "the profile does not state it"

// maxID is the longest id of a profile, in bytes.
const maxID = 64

// Find returns the file of a profile: its name for messages and its text. It
// reports false when no profile has the id.
type Find func(id string) (name string, text []byte, ok bool)

// Shipped lists the ids of the profiles that come with phonecert, in
// alphabetical order.
func Shipped() []string {
	entries, err := shippedFiles.ReadDir("models")
	if err != nil {
		return nil // cannot be: the folder is part of the binary
	}
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return ids
}

// FindShipped is the Find of the profiles that come with phonecert.
func FindShipped(id string) (name string, text []byte, ok bool) {
	name = id + ".yaml"
	text, err := shippedFiles.ReadFile("models/" + name)
	return name, text, err == nil
}

// Load reads a shipped profile. The error is an *UnknownError when there is
// none of that id.
func Load(id string) (*Profile, error) {
	name, text, ok := FindShipped(id)
	if !ok {
		return nil, Unknown(id, Shipped())
	}
	return Parse(name, text)
}

// Parse reads a user's own profile, whose base may be a shipped one. name is
// the file's name for messages. Faults in the file are of type *Error.
func Parse(name string, text []byte) (*Profile, error) {
	return ParseWith(name, text, FindShipped)
}

// ParseWith is Parse with bases from elsewhere, for instance from the user's
// folder of profiles.
func ParseWith(name string, text []byte, find Find) (*Profile, error) {
	return resolve(name, text, find, nil)
}

// resolve reads a profile and takes from its base, fact by fact, what it does
// not state itself. above are the ids that are being resolved.
func resolve(name string, text []byte, find Find, above []string) (*Profile, error) {
	d, err := open(name, text)
	if err != nil {
		return nil, err
	}
	p := new(Profile)
	if err := d.group("", d.root, reflect.ValueOf(p).Elem()); err != nil {
		return nil, err
	}
	if p.ID == "" || p.Summary == "" {
		return nil, d.fault(nil, "", "id and summary are needed, each one line of text")
	}
	if p.Base == "" {
		for _, l := range Leaves(p) {
			if f := l.Fact.(fact); !f.stated() {
				f.setGap(NotStated, name)
			}
		}
		return p, d.compare(p)
	}
	if len(above) == 0 || above[len(above)-1] != p.ID {
		above = append(above, p.ID)
	}
	base, err := d.base(p, find, above)
	if err != nil {
		return nil, err
	}
	from := Leaves(base)
	for i, l := range Leaves(p) {
		if f := l.Fact.(fact); !f.stated() {
			f.inherit(from[i].Fact.(fact))
		}
	}
	return p, d.compare(p)
}

// base finds and reads the profile that p builds on.
func (d *document) base(p *Profile, find Find, above []string) (*Profile, error) {
	if slices.Contains(above, p.Base) {
		return nil, d.fault(d.values["base"], "base", "the bases run in a circle: %s", strings.Join(append(above, p.Base), " -> "))
	}
	name, text, ok := find(p.Base)
	if !ok {
		return nil, d.fault(d.values["base"], "base", "%v", Unknown(p.Base, Shipped()))
	}
	// The name under which it was found counts as well: a file may hold another
	// profile than it is named for.
	base, err := resolve(name, text, find, append(above, p.Base))
	if err != nil {
		return nil, err
	}
	if base.ID != p.Base {
		return nil, d.fault(d.values["base"], "base", "%s holds the profile %q, not %q", name, base.ID, p.Base)
	}
	return base, nil
}

// compare looks for facts that contradict each other.
func (d *document) compare(p *Profile) error {
	for _, s := range []struct {
		path string
		Setting
	}{
		{"settings.only_trusted", p.Settings.OnlyTrusted},
		{"settings.ca", p.Settings.CA},
		{"settings.cn_validation", p.Settings.CNValidation},
		{"settings.device_cert", p.Settings.DeviceCert},
	} {
		for _, v := range []struct {
			key, name string
			Fact[string]
		}{{"factory", "factory value", s.Factory}, {"in_force", "value in force", s.InForce}} {
			if v.Known() && s.Values.Known() && !slices.Contains(s.Values.Value, v.Value) {
				path := join(s.path, v.key)
				return d.fault(d.values[path], path, "the %s %q is not among the permitted values %s",
					v.name, v.Value, strings.Join(s.Values.Value, ", "))
			}
		}
	}
	return nil
}

// UnknownError says that no profile has an id.
type UnknownError struct {
	// ID is what was asked for.
	ID string
	// Known are all ids, Near those that may have been meant, the nearest
	// first.
	Known, Near []string
}

// Unknown makes the error for an id that is none of the known ones.
func Unknown(id string, known []string) *UnknownError {
	return &UnknownError{ID: id, Known: known, Near: near(id, known)}
}

// Error names the id and the nearest one.
func (e *UnknownError) Error() string {
	if len(e.Near) == 0 {
		return fmt.Sprintf("no handset profile is named %q", e.ID)
	}
	return fmt.Sprintf("no handset profile is named %q; did you mean %s?", e.ID, strings.Join(e.Near, " or "))
}
