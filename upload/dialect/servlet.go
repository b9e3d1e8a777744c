package dialect

import (
	"context"
	"net/http"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// sessionCookie names the cookie that is the session.
const sessionCookie = "JSESSIONID"

// servlet is the web interface of V71 to V80: the dialects plain and session,
// which differ in the login alone. Pages are /servlet?p=PAGE&q=load.
type servlet struct {
	name   Name
	client *web.Client
	// post sends the login form, once.
	post func(ctx context.Context, at *live, form page.Form, user, password string) (*web.Answer, error)
	// logout is the link of the page last loaded that ends the session.
	logout string
}

func servletPage(name string) string { return "/servlet?p=" + name + "&q=load" }

func (s *servlet) Name() Name { return s.name }

// Page is the address of a role's list.
func (s *servlet) Page(role handset.Role) string {
	if name := certificatePage(role); name != "" {
		return servletPage(name)
	}
	return ""
}

// certificatePage is the name of a role's page, from V71 on.
func certificatePage(role handset.Role) string {
	return map[handset.Role]string{handset.Trusted: "trusted-cert", handset.Server: "server-cert"}[role]
}

// load asks for a page and takes its token.
func (s *servlet) load(ctx context.Context, name string) (*live, error) {
	a, err := s.client.Get(ctx, servletPage(name))
	if err != nil {
		return nil, err
	}
	// Without its cookie the phone knows no page (the fact sheet).
	if a.Status == http.StatusUnauthorized || a.Status == http.StatusNotFound && s.client.Cookie(sessionCookie) == "" {
		return nil, ErrLoggedOut
	}
	if a.Status >= 400 {
		return nil, &StatusError{a.Status}
	}
	p := page.Parse(a.Body)
	if toLogin(a.URL.RequestURI()) || isLogin(p) {
		return nil, ErrLoggedOut
	}
	l := newLive(p, a)
	l.token = p.Variables["g_strToken"]
	if l.token != "" {
		s.client.Secret("token", l.token)
	}
	s.logout = logoutLink(p, a)
	return l, nil
}

// loadRole asks for the page of a role's certificates.
func (s *servlet) loadRole(ctx context.Context, role handset.Role) (*live, error) {
	name := certificatePage(role)
	if name == "" {
		return nil, ErrNoList
	}
	return s.load(ctx, name)
}

// Identity reads the status page.
func (s *servlet) Identity(ctx context.Context) (Identity, error) {
	p, err := s.load(ctx, "status")
	if err != nil {
		return Identity{}, err
	}
	return identify(p.Page), nil
}

// Certificates reads the list of a role's page.
func (s *servlet) Certificates(ctx context.Context, role handset.Role) (Listing, error) {
	p, err := s.loadRole(ctx, role)
	if err != nil {
		return Listing{}, err
	}
	return listing(p.Page)
}

// Plan reads the upload form of a role's page.
func (s *servlet) Plan(ctx context.Context, role handset.Role) (*Post, error) {
	p, err := s.loadRole(ctx, role)
	if err != nil {
		return nil, noForm(err)
	}
	return planUpload(p, role, s.client.Cookie(sessionCookie))
}

// Upload posts a file as multipart/form-data, as planned.
func (s *servlet) Upload(ctx context.Context, plan *Post, file File) (Answer, error) {
	return uploadPlanned(ctx, s.client, plan, file)
}

// Delete loads the page anew, for a token and to see that the certificate still
// stands where it stood.
func (s *servlet) Delete(ctx context.Context, role handset.Role, c page.Certificate) (Answer, error) {
	p, err := s.loadRole(ctx, role)
	if err != nil {
		return Answer{}, noForm(err)
	}
	return deleteRow(ctx, s.client, p, c)
}

// Settings reads them from both pages of certificates.
func (s *servlet) Settings(ctx context.Context) (Settings, error) {
	return readSettings(ctx, s.loadRole)
}

// Set posts the form around the settings with all its fields.
func (s *servlet) Set(ctx context.Context, wanted Settings) (Answer, error) {
	return writeSettings(ctx, s.client, wanted, s.loadRole, formOfSettings)
}

// Import is not attested before V81.
func (s *servlet) Import(context.Context, File) (Answer, error) { return Answer{}, ErrNoImport }

// Talking is not shown on any page that is known.
func (s *servlet) Talking(context.Context) (talking, known bool, err error) { return false, false, nil }

// Reboot presses the button of the upgrade page.
func (s *servlet) Reboot(ctx context.Context) error {
	p, err := s.load(ctx, "settings-upgrade")
	if err != nil {
		return err
	}
	form, ok := rebootForm(p.Page)
	if !ok {
		return ErrNoForm
	}
	ref, err := resolve(p.at, form.Action)
	if err != nil {
		return err
	}
	return rebooting(s.client.Send(ctx, p.submit(form.Method, ref, p.signed(sent(form)))))
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
		return &StatusError{a.Status}
	}
	p := page.Parse(a.Body)
	form, ok := loginForm(p)
	if !ok {
		return &LoginError{Outcome: Strange, Text: "no login form where these phones have one"}
	}
	answer, err := s.post(ctx, newLive(p, a), form, user, password)
	if err != nil {
		return err
	}
	if session := s.client.Cookie(sessionCookie); session != "" {
		s.client.Secret(sessionCookie, session)
	}
	return masked(entered(p.Text, answer), password, s.client.Cookie(sessionCookie))
}

// Logout opens the link of the page last loaded, or the usual one.
func (s *servlet) Logout(ctx context.Context) error {
	if s.client.Cookie(sessionCookie) == "" {
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
		return &StatusError{a.Status}
	}
	s.client.SetCookie(sessionCookie, "")
	return nil
}
