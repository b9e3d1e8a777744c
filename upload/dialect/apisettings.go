package dialect

import (
	"context"
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/page"
)

// choices are the settings' drop-downs as the page has them, with the values
// that the phone has now.
func (d *api) choices(ctx context.Context) (choices, error) {
	app, err := d.load(ctx)
	if err != nil {
		return choices{}, err
	}
	c := findChoices(app.Page)
	names := []string{}
	for _, f := range c.all() {
		names = append(names, key(*f))
	}
	if len(names) == 0 {
		return c, nil
	}
	answer, err := d.read(ctx, handset.Trusted, names)
	if err != nil {
		return choices{}, err
	}
	for _, f := range c.all() {
		value, known := find(answer.Data, key(*f))
		// The options are the page's own; what is marked is for this reading.
		f.Options = slices.Clone(f.Options)
		for i := range f.Options {
			f.Options[i].Selected = known && f.Options[i].Value == textOf(value)
		}
	}
	return c, nil
}

// all are those that the page has.
func (c choices) all() []*page.Field {
	return slices.DeleteFunc([]*page.Field{c.onlyTrusted, c.ca, c.cnValidation, c.deviceCert}, func(f *page.Field) bool { return f == nil })
}

// Settings reads the values of the settings whose drop-downs the page has.
func (d *api) Settings(ctx context.Context) (Settings, error) {
	c, err := d.choices(ctx)
	return c.read(), err
}

// Set writes the fields that change.
func (d *api) Set(ctx context.Context, wanted Settings) (Answer, error) {
	c, err := d.choices(ctx)
	if err != nil {
		return Answer{}, err
	}
	fields, err := c.write(wanted)
	if err != nil {
		return Answer{}, err
	}
	values := map[string]string{}
	for _, f := range c.changed(fields) {
		values[f.Name] = f.Value
	}
	if len(values) == 0 {
		return Answer{Class: Silent}, nil
	}
	r, err := apiRequest(writeConfig+"?p="+apiPage(handset.Trusted), map[string]any{formData: values})
	if err != nil {
		return Answer{}, err
	}
	answer, told, err := d.change(ctx, r)
	if err != nil || answer.Class != Success || told.Data != "change" {
		return answer, err
	}
	all, err := d.scripts.with(ctx, d.app, writeConfig)
	if err == nil && asksReboot(all, writeConfig) {
		answer.Reboot = true
	}
	return answer, nil
}
