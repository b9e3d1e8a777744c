package settings

import (
	"slices"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// all are those that the page has.
func (c Choices) all() []*page.Field {
	return slices.DeleteFunc([]*page.Field{c.onlyTrusted, c.ca, c.cnValidation, c.deviceCert}, func(f *page.Field) bool { return f == nil })
}

// Names are the names under which those are sent that the page has.
func (c Choices) Names() []string {
	names := []string{}
	for _, f := range c.all() {
		names = append(names, Key(*f))
	}
	return names
}

// Mark marks the options that the phone has chosen by its values, where the page
// leaves that to a script. What is not known has no mark.
func (c Choices) Mark(value func(name string) (value string, known bool)) {
	for _, f := range c.all() {
		chosen, known := value(Key(*f))
		// The options are the page's own; what is marked is for this reading.
		f.Options = slices.Clone(f.Options)
		for i := range f.Options {
			f.Options[i].Selected = known && f.Options[i].Value == chosen
		}
	}
}

// Split gives those of the wanted settings that a page shows, and the rest.
func (c Choices) Split(wanted dialect.Settings) (here, rest dialect.Settings) {
	part := func(f *page.Field, want string) (string, string) {
		if f != nil {
			return want, ""
		}
		return "", want
	}
	here.OnlyTrusted, rest.OnlyTrusted = part(c.onlyTrusted, wanted.OnlyTrusted)
	here.CA, rest.CA = part(c.ca, wanted.CA)
	here.CNValidation, rest.CNValidation = part(c.cnValidation, wanted.CNValidation)
	here.DeviceCert, rest.DeviceCert = part(c.deviceCert, wanted.DeviceCert)
	return here, rest
}

// Changed leaves out the fields that have their value already.
func (c Choices) Changed(fields []web.Pair) []web.Pair {
	return slices.DeleteFunc(fields, func(pair web.Pair) bool {
		for _, f := range c.all() {
			if Key(*f) == pair.Name {
				return slices.ContainsFunc(f.Options, func(o page.Option) bool { return o.Selected && o.Value == pair.Value })
			}
		}
		return false
	})
}
