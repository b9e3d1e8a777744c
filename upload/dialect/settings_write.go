package dialect

import (
	"context"
	"errors"
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// loader loads the page of a role's certificates.
type loader func(context.Context, handset.Role) (*live, error)

// settingsRoles are the pages on which the settings may stand, in the order in
// which they are looked at: the second only for what the first does not show.
func settingsRoles() []handset.Role { return []handset.Role{handset.Trusted, handset.Server} }

// absent says whether an error means no more than that a page is not there.
func absent(err error) bool {
	var status *StatusError
	return errors.As(err, &status) && status.Status < 500 || errors.Is(err, ErrNoList)
}

// readSettings gathers the settings of both pages.
func readSettings(ctx context.Context, load loader) (Settings, error) {
	all := Settings{}
	for _, role := range settingsRoles() {
		p, err := load(ctx, role)
		if err != nil && (!absent(err) || role == handset.Trusted) {
			return Settings{}, err
		}
		if err != nil {
			break
		}
		all = all.or(findChoices(p.Page).read())
		if all.OnlyTrusted != "" && all.CA != "" && all.CNValidation != "" && all.DeviceCert != "" {
			break
		}
	}
	return all, nil
}

// or fills what is empty from other settings.
func (s Settings) or(o Settings) Settings {
	return Settings{first(s.OnlyTrusted, o.OnlyTrusted), first(s.CA, o.CA), first(s.CNValidation, o.CNValidation), first(s.DeviceCert, o.DeviceCert)}
}

// split gives those of the wanted settings that a page shows, and the rest.
func (c choices) split(wanted Settings) (here, rest Settings) {
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

// writer makes the request that writes values on a page.
type writer func(*live, []web.Pair) (web.Request, error)

// writeSettings writes each setting on the page that shows it. Nothing is
// written unless all of them can be. Of several answers the first that is no
// success counts.
func writeSettings(ctx context.Context, c *web.Client, wanted Settings, load loader, write writer) (Answer, error) {
	requests, shown := []web.Request{}, [][]string{}
	for _, role := range settingsRoles() {
		if wanted == (Settings{}) {
			break
		}
		p, err := load(ctx, role)
		if err != nil && absent(err) && role != handset.Trusted {
			break
		}
		if err != nil {
			return Answer{}, err
		}
		choices, here := findChoices(p.Page), Settings{}
		if here, wanted = choices.split(wanted); here == (Settings{}) {
			continue
		}
		pairs, err := choices.write(here)
		if err != nil {
			return Answer{}, err
		}
		r, err := write(p, pairs)
		if err != nil {
			return Answer{}, err
		}
		requests, shown = append(requests, r), append(shown, p.shown)
	}
	// What is left is on no page, which is what the empty choices say.
	if _, err := (choices{}).write(wanted); err != nil {
		return Answer{}, err
	}
	all := Answer{Class: Silent}
	for i, r := range requests {
		answer, err := change(ctx, c, r, shown[i])
		if err != nil {
			return Answer{}, err
		}
		answer.Reboot = answer.Reboot || all.Reboot
		all = answer
		if all.Class != Success && all.Class != Silent && all.Class != Dropped {
			break
		}
	}
	return all, nil
}

// formOfSettings sends the form in which the settings stand, with all its
// fields, as the page's button does.
func formOfSettings(p *live, values []web.Pair) (web.Request, error) {
	form, ok := formWith(p.Page, values[0].Name)
	if !ok || !isTarget(form.Action) || holdsFile(form) {
		return web.Request{}, ErrNoForm
	}
	for _, v := range values {
		if other, _ := formWith(p.Page, v.Name); other.Action != form.Action || other.ID != form.ID {
			return web.Request{}, ErrNoForm
		}
	}
	if unmarked(form, values) {
		return web.Request{}, ErrNoForm
	}
	ref, err := resolve(p.at, form.Action)
	if err != nil {
		return web.Request{}, err
	}
	return p.submit(form.Method, ref, p.signed(overlay(sent(form), values...))), nil
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
