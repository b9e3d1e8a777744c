package api

import (
	"context"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/settings"
)

// choices are the settings' drop-downs as the page has them, with the values
// that the phone has now.
func (d *api) choices(ctx context.Context) (settings.Choices, error) {
	app, err := d.load(ctx)
	if err != nil {
		return settings.Choices{}, err
	}
	c := settings.Find(app.Page)
	names := c.Names()
	if len(names) == 0 {
		return c, nil
	}
	answer, err := d.read(ctx, handset.Trusted, names)
	if err != nil {
		return settings.Choices{}, err
	}
	c.Mark(func(name string) (string, bool) {
		value, known := find(answer.Data, name)
		return textOf(value), known
	})
	return c, nil
}

// Settings reads the values of the settings whose drop-downs the page has.
func (d *api) Settings(ctx context.Context) (dialect.Settings, error) {
	c, err := d.choices(ctx)
	return c.Read(), err
}

// Set writes the fields that change.
func (d *api) Set(ctx context.Context, wanted dialect.Settings) (dialect.Answer, error) {
	c, err := d.choices(ctx)
	if err != nil {
		return dialect.Answer{}, err
	}
	fields, err := c.Write(wanted)
	if err != nil {
		return dialect.Answer{}, err
	}
	values := map[string]string{}
	for _, f := range c.Changed(fields) {
		values[f.Name] = f.Value
	}
	if len(values) == 0 {
		return dialect.Answer{Class: dialect.Silent}, nil
	}
	r, err := jsonRequest(writeConfig+"?p="+certificatePage(handset.Trusted), map[string]any{formData: values})
	if err != nil {
		return dialect.Answer{}, err
	}
	answer, told, err := d.change(ctx, r)
	if err != nil || answer.Class != dialect.Success || told.Data != "change" {
		return answer, err
	}
	if d.scripts.AskReboot(ctx, d.app, writeConfig) {
		answer.Reboot = true
	}
	return answer, nil
}
