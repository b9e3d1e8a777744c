package entry

import (
	"net/url"
	"slices"

	"github.com/phonecert/phonecert/upload/page"
)

// ToLogin says whether an address is that of a login form.
func ToLogin(ref string) bool {
	u, err := url.Parse(ref)
	return err == nil && u.Query().Get("p") == "login" && slices.Contains([]string{"loginForm", ""}, u.Query().Get("q"))
}

// IsLogin says whether a page is a login form, or sends on to it: the form of
// plain and session, or the fields of listener. A page with a token is for
// somebody who is in.
func IsLogin(p *page.Page) bool {
	if p.Variables["g_strToken"] != "" {
		return false
	}
	if ToLogin(p.Redirect()) {
		return true
	}
	names := map[string]bool{}
	for _, f := range p.Fields() {
		names[f.Name], names[f.ID] = true, true
	}
	return names["username"] && names["pwd"] || names["idUsername"] && names["idPassword"]
}

// Form is the login form of plain and session.
func Form(p *page.Page) (page.Form, bool) {
	for _, form := range p.Forms {
		names := []string{}
		for _, f := range form.Fields {
			names = append(names, f.Name)
		}
		if (form.Name == "formInput" || form.ID == "formInput") && slices.Contains(names, "username") && slices.Contains(names, "pwd") {
			return form, true
		}
	}
	return page.Form{}, false
}
