// Package basic speaks the dialect basic of the fact sheet on the web interface.
package basic

import (
	"context"
	"encoding/base64"
	"net/http"
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/entry"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/dialect/settings"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

const (
	// path is that of all pages; they are told apart by number.
	path   = "/cgi-bin/ConfigManApp.com"
	status = path + "?Id=1"
	reboot = path + "?key=Reboot"
	// thorn leads every value of a write.
	thorn = "þ"
	// pageID and configData are the fields of a write, in this order.
	pageID     = "PAGEID"
	configData = "CONFIG_DATA"
)

// basic is the web interface up to V70: HTTP Basic, pages by number, neither
// session nor token.
type basic struct {
	client *web.Client
	// pages are the addresses of the roles' pages, once found.
	pages map[handset.Role]string
}

// New speaks basic.
func New(c *web.Client) dialect.Dialect { return &basic{c, map[handset.Role]string{}} }

func (b *basic) Name() dialect.Name { return dialect.Basic }

// Page is the address of a role's page once it was found.
func (b *basic) Page(role handset.Role) string { return b.pages[role] }

// Login asks for one page with name and password. They are forgotten when the
// phone does not take them, so that nothing tries them again.
func (b *basic) Login(ctx context.Context, user, password string) error {
	credentials := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	b.client.Secret("password", password)
	b.client.Secret("credentials", credentials)
	b.client.SetHeader("Authorization", "Basic "+credentials)
	a, err := b.client.Send(ctx, web.Request{Ref: status, Changes: true})
	if err == nil && a.Status < 400 {
		return nil
	}
	b.client.SetHeader("Authorization", "")
	switch {
	case err != nil:
		return err
	case a.Status == http.StatusUnauthorized:
		return entry.Refusal("", page.Parse(a.Body).Text, password, credentials)
	}
	return &dialect.StatusError{Status: a.Status}
}

// Logout forgets name and password; the phone knows of no session.
func (b *basic) Logout(context.Context) error {
	b.client.SetHeader("Authorization", "")
	return nil
}

// open loads a page.
func (b *basic) open(ctx context.Context, ref string) (*live.Page, []page.Link, error) {
	a, err := b.client.Get(ctx, ref)
	switch {
	case err != nil:
		return nil, nil, err
	case a.Status == http.StatusUnauthorized:
		return nil, nil, dialect.ErrLoggedOut
	case a.Status >= 400:
		return nil, nil, &dialect.StatusError{Status: a.Status}
	}
	p := live.Read(a)
	return p, p.Links, nil
}

// Identity reads the status page.
func (b *basic) Identity(ctx context.Context) (dialect.Identity, error) {
	p, _, err := b.open(ctx, status)
	if err != nil {
		return dialect.Identity{}, err
	}
	return p.Identity(), nil
}

// load finds a role's page and loads it.
func (b *basic) load(ctx context.Context, role handset.Role) (*live.Page, error) {
	if ref := b.pages[role]; ref != "" {
		p, _, err := b.open(ctx, ref)
		return p, err
	}
	return b.find(ctx, role)
}

// Certificates reads the list of a role's page.
func (b *basic) Certificates(ctx context.Context, role handset.Role) (dialect.Listing, error) {
	p, err := b.load(ctx, role)
	if err != nil {
		return dialect.Listing{}, err
	}
	return p.Listing()
}

// Plan reads the upload form of a role's page.
func (b *basic) Plan(ctx context.Context, role handset.Role) (*dialect.Post, error) {
	p, err := b.load(ctx, role)
	if err != nil {
		return nil, live.NoForm(err)
	}
	return p.Plan(role, "")
}

// Upload posts a file as multipart/form-data, as planned.
func (b *basic) Upload(ctx context.Context, plan *dialect.Post, file dialect.File) (dialect.Answer, error) {
	return live.Upload(ctx, b.client, plan, file)
}

// Delete loads the page anew and does what the certificate's row shows.
func (b *basic) Delete(ctx context.Context, role handset.Role, c page.Certificate) (dialect.Answer, error) {
	p, err := b.load(ctx, role)
	if err != nil {
		return dialect.Answer{}, live.NoForm(err)
	}
	return p.Delete(ctx, b.client, c)
}

// Settings reads them from both pages of certificates.
func (b *basic) Settings(ctx context.Context) (dialect.Settings, error) {
	return live.ReadSettings(ctx, b.load)
}

// Set writes all values of the settings' form, for they go by their order.
func (b *basic) Set(ctx context.Context, wanted dialect.Settings) (dialect.Answer, error) {
	return live.WriteSettings(ctx, b.client, wanted, b.load, joined)
}

// joined makes the request that writes a form's values in the order of the
// page: PAGEID=N&CONFIG_DATA=þvalueþvalue.
func joined(p *live.Page, values []web.Pair) (web.Request, error) {
	form, ok := p.FormWith(values[0].Name)
	if !ok || !live.IsTarget(form.Action) {
		return web.Request{}, dialect.ErrNoForm
	}
	id, data, given := "", "", 0
	for _, f := range form.Fields {
		value := f.Value
		switch f.Kind {
		case "hidden":
			if f.Name == pageID {
				id = f.Value
			}
			continue
		case "submit", "button", "reset", "image":
			continue
		case "select", "text", "password", "textarea", "":
		default:
			// How the page's script writes a box or a file is not known.
			return web.Request{}, dialect.ErrNoForm
		}
		if at := slices.IndexFunc(values, func(v web.Pair) bool { return v.Name == settings.Key(f) }); at >= 0 {
			value = values[at].Value
			given++
		} else if at := slices.IndexFunc(f.Options, func(o page.Option) bool { return o.Selected }); at >= 0 {
			value = f.Options[at].Value
		} else if f.Kind == "select" {
			return web.Request{}, dialect.ErrNoForm
		}
		data += thorn + value
	}
	if id == "" || given != len(values) {
		return web.Request{}, dialect.ErrNoForm
	}
	ref, err := p.Resolve(form.Action)
	if err != nil {
		return web.Request{}, err
	}
	return p.Submit(http.MethodPost, ref, []web.Pair{{Name: pageID, Value: id}, {Name: configData, Value: data}}), nil
}

// Import is not attested for these phones.
func (b *basic) Import(context.Context, dialect.File) (dialect.Answer, error) {
	return dialect.Answer{}, dialect.ErrNoImport
}

// Talking is not shown on any page that is known.
func (b *basic) Talking(context.Context) (talking, known bool, err error) { return false, false, nil }

// Reboot asks for the page that restarts.
func (b *basic) Reboot(ctx context.Context) error {
	return live.Restarted(b.client.Send(ctx, web.Request{Ref: reboot, Changes: true}))
}
