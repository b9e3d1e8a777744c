package live

import (
	"cmp"
	"context"
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/settings"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// Loader loads the page of a role's certificates.
type Loader func(context.Context, handset.Role) (*Page, error)

// settingsRoles are the pages on which the settings may stand, in the order in
// which they are looked at: the second only for what the first does not show.
func settingsRoles() []handset.Role { return []handset.Role{handset.Trusted, handset.Server} }

// ReadSettings gathers the settings of both pages.
func ReadSettings(ctx context.Context, load Loader) (dialect.Settings, error) {
	all := dialect.Settings{}
	for _, role := range settingsRoles() {
		p, err := load(ctx, role)
		if err != nil && (!Absent(err) || role == handset.Trusted) {
			return dialect.Settings{}, err
		}
		if err != nil {
			break
		}
		all = or(all, settings.Find(p.Page).Read())
		if all.OnlyTrusted != "" && all.CA != "" && all.CNValidation != "" && all.DeviceCert != "" {
			break
		}
	}
	return all, nil
}

// or fills what is empty from other settings.
func or(s, o dialect.Settings) dialect.Settings {
	return dialect.Settings{
		OnlyTrusted: cmp.Or(s.OnlyTrusted, o.OnlyTrusted), CA: cmp.Or(s.CA, o.CA),
		CNValidation: cmp.Or(s.CNValidation, o.CNValidation), DeviceCert: cmp.Or(s.DeviceCert, o.DeviceCert),
	}
}

// Staged is what is to be written on one page.
type Staged struct {
	Page    *Page
	Role    handset.Role
	Choices settings.Choices
	Fields  []web.Pair
}

// Stage finds on which page each of the wanted settings stands, and hands over
// page by page what is to be written there. The error is that of the last call,
// or ErrNoSetting or ErrNoChoice: write nothing before it is known to be nil.
func Stage(ctx context.Context, wanted dialect.Settings, load Loader, found func(Staged) error) error {
	for _, role := range settingsRoles() {
		if wanted == (dialect.Settings{}) {
			break
		}
		p, err := load(ctx, role)
		if err != nil && Absent(err) && role != handset.Trusted {
			break
		}
		if err != nil {
			return err
		}
		choices, here := settings.Find(p.Page), dialect.Settings{}
		if here, wanted = choices.Split(wanted); here == (dialect.Settings{}) {
			continue
		}
		fields, err := choices.Write(here)
		if err != nil {
			return err
		}
		if err := found(Staged{p, role, choices, fields}); err != nil {
			return err
		}
	}
	// What is left is on no page, which is what the empty choices say.
	_, err := settings.Choices{}.Write(wanted)
	return err
}

// WriteSettings writes each setting on the page that shows it, by the request
// that request makes of the page and its fields. Nothing is written unless all
// of them can be. Of several answers the first that is no success counts.
func WriteSettings(ctx context.Context, c *web.Client, wanted dialect.Settings, load Loader, request func(*Page, []web.Pair) (web.Request, error)) (dialect.Answer, error) {
	requests, shown := []web.Request{}, [][]string{}
	err := Stage(ctx, wanted, load, func(s Staged) error {
		r, err := request(s.Page, s.Fields)
		requests, shown = append(requests, r), append(shown, s.Page.shown)
		return err
	})
	if err != nil {
		return dialect.Answer{}, err
	}
	all := dialect.Answer{Class: dialect.Silent}
	for i, r := range requests {
		answer, err := change(ctx, c, r, shown[i])
		if err != nil {
			return dialect.Answer{}, err
		}
		answer.Reboot = answer.Reboot || all.Reboot
		all = answer
		if all.Class != dialect.Success && all.Class != dialect.Silent && all.Class != dialect.Dropped {
			break
		}
	}
	return all, nil
}

// SettingsForm sends the form in which the settings stand, with all its fields,
// as the page's button does.
func (p *Page) SettingsForm(values []web.Pair) (web.Request, error) {
	form, ok := p.FormWith(values[0].Name)
	if !ok || !IsTarget(form.Action) || holdsFile(form) {
		return web.Request{}, dialect.ErrNoForm
	}
	for _, v := range values {
		if other, _ := p.FormWith(v.Name); other.Action != form.Action || other.ID != form.ID {
			return web.Request{}, dialect.ErrNoForm
		}
	}
	if unmarked(form, values) {
		return web.Request{}, dialect.ErrNoForm
	}
	ref, err := p.Resolve(form.Action)
	if err != nil {
		return web.Request{}, err
	}
	return p.Submit(form.Method, ref, p.Signed(Sent(form, values...))), nil
}

// unmarked reports whether the form has a drop-down beside the written ones of
// which the page does not show the present choice. To send the form would
// change that setting too.
func unmarked(form page.Form, written []web.Pair) bool {
	return slices.ContainsFunc(form.Fields, func(f page.Field) bool {
		_, disabled := f.Attributes["disabled"]
		return f.Kind == "select" && f.Name != "" && !disabled &&
			!slices.ContainsFunc(f.Options, func(o page.Option) bool { return o.Selected }) &&
			!slices.ContainsFunc(written, func(w web.Pair) bool { return w.Name == f.Name })
	})
}
