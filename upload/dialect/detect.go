package dialect

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/seal"
	"github.com/phonecert/phonecert/upload/web"
)

// UnknownError is a web page that is none of the dialects'. It holds what was
// seen, and nothing secret.
type UnknownError struct {
	Status        int
	Server, Title string
}

// Error says what came instead of a phone's page.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("this is not a phone's web page that phonecert knows: status %d, server %q, title %q", e.Status, e.Server, e.Title)
}

// Names lists the dialects.
func Names() []Name { return []Name{Basic, Plain, Session, Listener, ListenerRSA, API} }

// New speaks a dialect without looking whether the phone does. The error says
// that there is no such dialect.
func New(name Name, c *web.Client, random io.Reader) (Dialect, error) {
	switch name {
	case Basic:
		return newBasic(c), nil
	case Plain:
		return newPlain(c), nil
	case Session:
		return newSession(c, random), nil
	case Listener, ListenerRSA:
		return newListener(c, random, name == ListenerRSA), nil
	case API:
		return newAPI(c, random), nil
	}
	return nil, fmt.Errorf("no dialect is named %q; there are %v", name, Names())
}

// Detect finds the dialect by the content of the pages that a phone shows before
// the login, never by its firmware, and what it says of itself there. The error
// is an *UnknownError, a *StatusError or a *web.Error.
func Detect(ctx context.Context, c *web.Client, random io.Reader) (Dialect, Identity, error) {
	a, err := c.Get(ctx, "/")
	if err != nil {
		return nil, Identity{}, err
	}
	if a.Status >= 500 {
		return nil, Identity{}, &StatusError{a.Status}
	}
	if id, ok := fromRealm(a.Header); ok && a.Status == http.StatusUnauthorized {
		return newBasic(c), id, nil
	}
	p := page.Parse(a.Body)
	id := identify(p)
	name, err := detectPage(ctx, c, a, p)
	if name == "" && err == nil && a.Status != http.StatusUnauthorized {
		name, err = detectAPI(ctx, c, random)
	}
	if err != nil {
		return nil, Identity{}, err
	}
	if name == "" {
		return nil, Identity{}, &UnknownError{a.Status, clip(a.Header.Get("Server")), clip(p.Title)}
	}
	d, err := New(name, c, random)
	return d, id, err
}

// clip shortens what a stranger says.
func clip(text string) string {
	const most = 80
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// detectPage tells the dialects apart that have a login page of their own, ""
// when it is none.
func detectPage(ctx context.Context, c *web.Client, a *web.Answer, p *page.Page) (Name, error) {
	_, key := p.Variables["g_rsa_n"]
	module := a.URL != nil && strings.Contains(a.URL.RawQuery, "mod_listener") || strings.Contains(string(a.Body), "mod_listener")
	_, form := loginForm(p)
	script := slices.ContainsFunc(p.Scripts, func(s string) bool { return strings.Contains(s, "rsa.js?") })
	switch {
	case key && module:
		return detectSeal(ctx, c, p)
	case form && !key && script:
		return Session, nil
	case form && !key:
		return Plain, nil
	}
	return "", nil
}

// loginForm is the form of plain and session.
func loginForm(p *page.Page) (page.Form, bool) {
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

// maxScripts is how many scripts of a login page are read.
const maxScripts = 10

var (
	// t3x are the phones that seal the password with RSA alone.
	t3x = regexp.MustCompile(`(?i)\bT3\d`)
	// passwordField and rsaCall are what such a script names.
	passwordField = regexp.MustCompile(`\bpwd\b`)
	rsaCall       = regexp.MustCompile(`(?i)\brsa\w*\s*\(|new\s+RSAKey`)
)

// detectSeal tells listener from listener-rsa by the scripts of the login page:
// where the password is sealed and nothing is sent as rsakey, there is RSA alone.
// A T3x that speaks HTTPS needs no further look (the fact sheet on the web
// interface).
func detectSeal(ctx context.Context, c *web.Client, p *page.Page) (Name, error) {
	inline := strings.Join(p.Inline, "\n")
	if strings.Contains(inline, "rsakey") {
		return Listener, nil
	}
	if t3x.MatchString(p.Variables["g_phonetype"]) && c.Base().Scheme == "https" {
		return ListenerRSA, nil
	}
	found := Listener
	if seals(inline) {
		found = ListenerRSA
	}
	for _, ref := range p.Scripts[:min(len(p.Scripts), maxScripts)] {
		a, err := c.Get(ctx, ref)
		if ctx.Err() != nil {
			return "", err
		}
		if err != nil || a.Status != http.StatusOK {
			continue
		}
		if strings.Contains(string(a.Body), "rsakey") {
			return Listener, nil
		}
		if seals(string(a.Body)) {
			found = ListenerRSA
		}
	}
	return found, nil
}

// seals says whether a script encrypts the field of the password with RSA.
func seals(script string) bool {
	return passwordField.MatchString(script) && rsaCall.MatchString(script)
}

// detectAPI asks for the key of the login, as the single-page application does.
func detectAPI(ctx context.Context, c *web.Client, random io.Reader) (Name, error) {
	number, err := seal.Random(random)
	if err != nil {
		return "", err
	}
	// The page sends the time, so that no answer comes out of a cache.
	stamp := strings.TrimPrefix(number, "0.")
	a, err := c.Send(ctx, web.Request{
		Method: http.MethodPost, Ref: "/api/common/info?p=Login&t=" + stamp, Kind: "application/json",
		Body: []byte(`{"idlist":["wui.common.rsaN","wui.common.rsaE"]}`),
	})
	if ctx.Err() != nil {
		return "", err
	}
	if err != nil || a.Status != http.StatusOK {
		// The page came, so the phone is there; this call is not.
		return "", nil
	}
	var answer struct {
		Ret  string         `json:"ret"`
		Data map[string]any `json:"data"`
	}
	if json.Unmarshal(a.Body, &answer) != nil || answer.Ret != "ok" || answer.Data["wui.common.rsaN"] == nil {
		return "", nil
	}
	return API, nil
}
