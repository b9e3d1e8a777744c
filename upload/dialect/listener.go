package dialect

import (
	"context"
	"crypto/rsa"
	"io"
	"net/http"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// listener is the web interface of V81 to V84, and with rsaOnly that of the T3x
// up to V86: the dialects listener and listener-rsa of the fact sheet on the web
// interface. Pages are /servlet?m=mod_data&p=PAGE&q=load.
type listener struct {
	client  *web.Client
	random  io.Reader
	rsaOnly bool
	scripts *scripts
	// key is that of the page last loaded that had one.
	key *rsa.PublicKey
	// logout is the link of the page last loaded that ends the session.
	logout string
}

func newListener(c *web.Client, random io.Reader, rsaOnly bool) Dialect {
	return &listener{client: c, random: random, rsaOnly: rsaOnly, scripts: newScripts(c)}
}

// The addresses of the fact sheet. That of the logout is not there; it is the
// login's with another verb, for pages that show no link.
const (
	listenerForm   = "/servlet?m=mod_listener&p=login&q=loginForm&jumpto=status"
	listenerEnter  = "/servlet?m=mod_listener&p=login&q=login"
	listenerReboot = "/servlet?m=mod_upgrade&q=reboot&forcereboot=true"
	listenerApply  = "/servlet?m=mod_data&q=applycacheconfig"
	listenerLogout = "/servlet?m=mod_listener&p=login&q=logout"
)

func listenerPage(name, call string) string { return "/servlet?m=mod_data&p=" + name + "&q=" + call }

func (l *listener) Name() Name {
	if l.rsaOnly {
		return ListenerRSA
	}
	return Listener
}

// Page is the address of a role's list.
func (l *listener) Page(role handset.Role) string {
	if name := certificatePage(role); name != "" {
		return listenerPage(name, "load")
	}
	return ""
}

// load asks for a page, and takes its token and its key.
func (l *listener) load(ctx context.Context, name string) (*live, error) {
	a, err := l.client.Get(ctx, listenerPage(name, "load"))
	if err != nil {
		return nil, err
	}
	// Without its cookie the phone knows no page (the fact sheet).
	if a.Status == http.StatusUnauthorized || a.Status == http.StatusNotFound && l.client.Cookie(sessionCookie) == "" {
		return nil, ErrLoggedOut
	}
	if a.Status >= 400 {
		return nil, &StatusError{a.Status}
	}
	p := page.Parse(a.Body)
	token := p.Variables["g_strToken"]
	if toLogin(a.URL.RequestURI()) || token == "" && isLogin(p) {
		return nil, ErrLoggedOut
	}
	at := newLive(p, a)
	if at.token = token; token != "" {
		l.client.Secret("token", token)
	}
	l.learn(p)
	l.logout = logoutLink(p, a)
	return at, nil
}

// loadRole asks for the page of a role's certificates.
func (l *listener) loadRole(ctx context.Context, role handset.Role) (*live, error) {
	name := certificatePage(role)
	if name == "" {
		return nil, ErrNoList
	}
	return l.load(ctx, name)
}

// Identity reads the status page.
func (l *listener) Identity(ctx context.Context) (Identity, error) {
	p, err := l.load(ctx, "status")
	if err != nil {
		return Identity{}, err
	}
	return identify(p.Page), nil
}

// Certificates reads the list of a role's page.
func (l *listener) Certificates(ctx context.Context, role handset.Role) (Listing, error) {
	p, err := l.loadRole(ctx, role)
	if err != nil {
		return Listing{}, err
	}
	return listing(p.Page)
}

// Talking is not shown on any page that is known.
func (l *listener) Talking(context.Context) (talking, known bool, err error) {
	return false, false, nil
}

// Reboot asks as the upgrade page does, with its token.
func (l *listener) Reboot(ctx context.Context) error {
	p, err := l.load(ctx, "settings-upgrade")
	if err != nil {
		return err
	}
	return rebooting(l.client.Send(ctx, p.submit(http.MethodPost, listenerReboot, p.signed(nil))))
}

// Logout opens the link of the page last loaded, or the usual one.
func (l *listener) Logout(ctx context.Context) error {
	if l.client.Cookie(sessionCookie) == "" {
		return nil
	}
	a, err := l.client.Send(ctx, web.Request{Ref: first(l.logout, listenerLogout)})
	if err == nil && a.Status >= 400 {
		return &StatusError{a.Status}
	}
	return err
}
