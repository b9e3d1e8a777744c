// Package servlet speaks the dialects plain and session of the fact sheet on the
// web interface, which differ in the login alone.
package servlet

import (
	"context"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/entry"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// servlet is the web interface of V71 to V80: the dialects plain and session,
// which differ in the login alone. Pages are /servlet?p=PAGE&q=load.
type servlet struct {
	name   dialect.Name
	client *web.Client
	// post sends the login form, once.
	post func(ctx context.Context, at *live.Page, form page.Form, user, password string) (*web.Answer, error)
	// logout is the link of the page last loaded that ends the session.
	logout string
}

func address(name string) string { return "/servlet?p=" + name + "&q=load" }

func (s *servlet) Name() dialect.Name { return s.name }

// Page is the address of a role's list.
func (s *servlet) Page(role handset.Role) string {
	if name := live.CertificatePage(role); name != "" {
		return address(name)
	}
	return ""
}

// load asks for a page and takes its token.
func (s *servlet) load(ctx context.Context, name string) (*live.Page, error) {
	p, logout, err := live.Load(ctx, s.client, address(name))
	if err == nil {
		s.logout = logout
	}
	return p, err
}

// loadRole asks for the page of a role's certificates.
func (s *servlet) loadRole(ctx context.Context, role handset.Role) (*live.Page, error) {
	name := live.CertificatePage(role)
	if name == "" {
		return nil, dialect.ErrNoList
	}
	return s.load(ctx, name)
}

// Identity reads the status page.
func (s *servlet) Identity(ctx context.Context) (dialect.Identity, error) {
	p, err := s.load(ctx, "status")
	if err != nil {
		return dialect.Identity{}, err
	}
	return p.Identity(), nil
}

// Certificates reads the list of a role's page.
func (s *servlet) Certificates(ctx context.Context, role handset.Role) (dialect.Listing, error) {
	p, err := s.loadRole(ctx, role)
	if err != nil {
		return dialect.Listing{}, err
	}
	return p.Listing()
}

// Plan reads the upload form of a role's page.
func (s *servlet) Plan(ctx context.Context, role handset.Role) (*dialect.Post, error) {
	p, err := s.loadRole(ctx, role)
	if err != nil {
		return nil, live.NoForm(err)
	}
	return p.Plan(role, s.client.Cookie(live.SessionCookie))
}

// Upload posts a file as multipart/form-data, as planned.
func (s *servlet) Upload(ctx context.Context, plan *dialect.Post, file dialect.File) (dialect.Answer, error) {
	return live.Upload(ctx, s.client, plan, file)
}

// Delete loads the page anew, for a token and to see that the certificate still
// stands where it stood.
func (s *servlet) Delete(ctx context.Context, role handset.Role, c page.Certificate) (dialect.Answer, error) {
	p, err := s.loadRole(ctx, role)
	if err != nil {
		return dialect.Answer{}, live.NoForm(err)
	}
	return p.Delete(ctx, s.client, c)
}

// Settings reads them from both pages of certificates.
func (s *servlet) Settings(ctx context.Context) (dialect.Settings, error) {
	return live.ReadSettings(ctx, s.loadRole)
}

// Set posts the form around the settings with all its fields.
func (s *servlet) Set(ctx context.Context, wanted dialect.Settings) (dialect.Answer, error) {
	return live.WriteSettings(ctx, s.client, wanted, s.loadRole, (*live.Page).SettingsForm)
}

// Import is not attested before V81.
func (s *servlet) Import(context.Context, dialect.File) (dialect.Answer, error) {
	return dialect.Answer{}, dialect.ErrNoImport
}

// Talking is not shown on any page that is known.
func (s *servlet) Talking(context.Context) (talking, known bool, err error) { return false, false, nil }

// Reboot presses the button of the upgrade page.
func (s *servlet) Reboot(ctx context.Context) error {
	p, err := s.load(ctx, "settings-upgrade")
	if err != nil {
		return err
	}
	r, err := p.Restart()
	if err != nil {
		return err
	}
	return live.Restarted(s.client.Send(ctx, r))
}

// loginPage is where somebody without a session is sent.
const loginPage = "/servlet?p=login&q=loginForm&jumpto=status"

// Login loads the form and sends it once.
func (s *servlet) Login(ctx context.Context, user, password string) error {
	s.client.Secret("password", password)
	a, err := s.client.Get(ctx, loginPage)
	if err != nil {
		return err
	}
	if a.Status >= 400 {
		return &dialect.StatusError{Status: a.Status}
	}
	p := live.Read(a)
	form, ok := entry.Form(p.Page)
	if !ok {
		return &dialect.LoginError{Outcome: dialect.Strange, Text: "no login form where these phones have one"}
	}
	answer, err := s.post(ctx, p, form, user, password)
	if err != nil {
		return err
	}
	if session := s.client.Cookie(live.SessionCookie); session != "" {
		s.client.Secret(live.SessionCookie, session)
	}
	return entry.Entered(p.Text, answer, password, s.client.Cookie(live.SessionCookie))
}

// Logout opens the link of the page last loaded, or the usual one.
func (s *servlet) Logout(ctx context.Context) error {
	if s.client.Cookie(live.SessionCookie) == "" {
		return nil
	}
	ref := s.logout
	if ref == "" {
		ref = "/servlet?p=login&q=logout"
	}
	a, err := s.client.Send(ctx, web.Request{Ref: ref})
	if err != nil {
		return err
	}
	if a.Status >= 400 {
		return &dialect.StatusError{Status: a.Status}
	}
	s.client.SetCookie(live.SessionCookie, "")
	return nil
}
