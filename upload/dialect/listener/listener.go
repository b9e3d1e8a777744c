// Package listener speaks the dialects listener and listener-rsa of the fact
// sheet on the web interface, which differ in what is sealed and how.
package listener

import (
	"cmp"
	"context"
	"crypto/rsa"
	"io"
	"net/http"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/web"
)

// listener is the web interface of V81 to V84, and with rsaOnly that of the T3x
// up to V86: the dialects listener and listener-rsa of the fact sheet on the web
// interface. Pages are /servlet?m=mod_data&p=PAGE&q=load.
type listener struct {
	client  *web.Client
	random  io.Reader
	rsaOnly bool
	scripts *live.Scripts
	// key is that of the page last loaded that had one.
	key *rsa.PublicKey
	// logout is the link of the page last loaded that ends the session.
	logout string
}

// New speaks listener, or with rsaOnly listener-rsa. random seals the password.
func New(c *web.Client, random io.Reader, rsaOnly bool) dialect.Dialect {
	return &listener{client: c, random: random, rsaOnly: rsaOnly, scripts: live.NewScripts(c)}
}

// The addresses of the fact sheet. That of the logout is not there; it is the
// login's with another verb, for pages that show no link.
const (
	loginForm     = "/servlet?m=mod_listener&p=login&q=loginForm&jumpto=status"
	loginAddress  = "/servlet?m=mod_listener&p=login&q=login"
	rebootAddress = "/servlet?m=mod_upgrade&q=reboot&forcereboot=true"
	applyAddress  = "/servlet?m=mod_data&q=applycacheconfig"
	logoutAddress = "/servlet?m=mod_listener&p=login&q=logout"
)

func address(name, call string) string { return "/servlet?m=mod_data&p=" + name + "&q=" + call }

func (l *listener) Name() dialect.Name {
	if l.rsaOnly {
		return dialect.ListenerRSA
	}
	return dialect.Listener
}

// Page is the address of a role's list.
func (l *listener) Page(role handset.Role) string {
	if name := live.CertificatePage(role); name != "" {
		return address(name, "load")
	}
	return ""
}

// load asks for a page, and takes its token and its key.
func (l *listener) load(ctx context.Context, name string) (*live.Page, error) {
	p, logout, err := live.Load(ctx, l.client, address(name, "load"))
	if err != nil {
		return nil, err
	}
	l.learn(p.Page)
	l.logout = logout
	return p, nil
}

// loadRole asks for the page of a role's certificates.
func (l *listener) loadRole(ctx context.Context, role handset.Role) (*live.Page, error) {
	name := live.CertificatePage(role)
	if name == "" {
		return nil, dialect.ErrNoList
	}
	return l.load(ctx, name)
}

// Identity reads the status page.
func (l *listener) Identity(ctx context.Context) (dialect.Identity, error) {
	p, err := l.load(ctx, "status")
	if err != nil {
		return dialect.Identity{}, err
	}
	return p.Identity(), nil
}

// Certificates reads the list of a role's page.
func (l *listener) Certificates(ctx context.Context, role handset.Role) (dialect.Listing, error) {
	p, err := l.loadRole(ctx, role)
	if err != nil {
		return dialect.Listing{}, err
	}
	return p.Listing()
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
	return live.Restarted(l.client.Send(ctx, p.Submit(http.MethodPost, rebootAddress, p.Signed(nil))))
}

// Logout opens the link of the page last loaded, or the usual one.
func (l *listener) Logout(ctx context.Context) error {
	if l.client.Cookie(live.SessionCookie) == "" {
		return nil
	}
	a, err := l.client.Send(ctx, web.Request{Ref: cmp.Or(l.logout, logoutAddress)})
	if err == nil && a.Status >= 400 {
		return &dialect.StatusError{Status: a.Status}
	}
	return err
}
