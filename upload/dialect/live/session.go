package live

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/entry"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// SessionCookie names the cookie that is the session, from V71 on.
const SessionCookie = "JSESSIONID"

// CertificatePage is the name of a role's page, from V71 on; "" for a role that
// has none.
func CertificatePage(role handset.Role) string {
	return map[handset.Role]string{handset.Trusted: "trusted-cert", handset.Server: "server-cert"}[role]
}

// Load asks for a page as somebody who is in, takes its token, and finds the
// link that ends the session, "" where it has none.
func Load(ctx context.Context, c *web.Client, ref string) (p *Page, logout string, err error) {
	a, err := c.Get(ctx, ref)
	if err != nil {
		return nil, "", err
	}
	// Without its cookie the phone knows no page (the fact sheet).
	if a.Status == http.StatusUnauthorized || a.Status == http.StatusNotFound && c.Cookie(SessionCookie) == "" {
		return nil, "", dialect.ErrLoggedOut
	}
	if a.Status >= 400 {
		return nil, "", &dialect.StatusError{Status: a.Status}
	}
	p = Read(a)
	if entry.ToLogin(a.URL.RequestURI()) || entry.IsLogin(p.Page) {
		return nil, "", dialect.ErrLoggedOut
	}
	if p.Token = p.Variables["g_strToken"]; p.Token != "" {
		c.Secret("token", p.Token)
	}
	return p, logoutLink(p.Page, a), nil
}

// logoutLink finds the address that ends the session: a link, or a string of
// the page.
func logoutLink(p *page.Page, a *web.Answer) string {
	for _, l := range p.Links {
		if strings.Contains(strings.ToLower(l.Ref), "logout") && !strings.HasPrefix(strings.ToLower(l.Ref), "javascript:") {
			if ref, err := resolve(a.URL, l.Ref); err == nil {
				return ref
			}
		}
	}
	if m := logoutString.FindSubmatch(a.Body); m != nil {
		return string(m[1])
	}
	return ""
}

// logoutString is an address within a script.
var logoutString = regexp.MustCompile(`["'](/[^"'\s\\<>]*q=logout[^"'\s\\<>]*)["']`)
