package dialect

import (
	"regexp"
	"strings"

	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

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
