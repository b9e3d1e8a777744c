// Package detect finds out which dialect a phone speaks. It alone knows all of
// them.
package detect

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/basic"
	"github.com/phonecert/phonecert/upload/dialect/entry"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/seal"
	"github.com/phonecert/phonecert/upload/web"
)

// Detect finds the dialect by the content of the pages that a phone shows before
// the login, never by its firmware, and what it says of itself there. The error
// is an *UnknownError, a *StatusError or a *web.Error.
func Detect(ctx context.Context, c *web.Client, random io.Reader) (dialect.Dialect, dialect.Identity, error) {
	a, err := c.Get(ctx, "/")
	if err != nil {
		return nil, dialect.Identity{}, err
	}
	if a.Status >= 500 {
		return nil, dialect.Identity{}, &dialect.StatusError{Status: a.Status}
	}
	if id, ok := fromRealm(a.Header); ok && a.Status == http.StatusUnauthorized {
		return basic.New(c), id, nil
	}
	p := live.Read(a)
	name, err := detectPage(ctx, c, a, p.Page)
	if name == "" && err == nil && a.Status != http.StatusUnauthorized {
		name, err = detectAPI(ctx, c, random)
	}
	if err != nil {
		return nil, dialect.Identity{}, err
	}
	if name == "" {
		return nil, dialect.Identity{}, &dialect.UnknownError{Status: a.Status, Server: dialect.Clip(a.Header.Get("Server")), Title: dialect.Clip(p.Title)}
	}
	d, err := New(name, c, random)
	return d, p.Identity(), err
}

// detectPage tells the dialects apart that have a login page of their own, ""
// when it is none.
func detectPage(ctx context.Context, c *web.Client, a *web.Answer, p *page.Page) (dialect.Name, error) {
	_, key := p.Variables["g_rsa_n"]
	module := a.URL != nil && strings.Contains(a.URL.RawQuery, "mod_listener") || strings.Contains(string(a.Body), "mod_listener")
	_, form := entry.Form(p)
	script := slices.ContainsFunc(p.Scripts, func(s string) bool { return strings.Contains(s, "rsa.js?") })
	switch {
	case key && module:
		return detectSeal(ctx, c, p)
	case form && !key && script:
		return dialect.Session, nil
	case form && !key:
		return dialect.Plain, nil
	}
	return "", nil
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
func detectSeal(ctx context.Context, c *web.Client, p *page.Page) (dialect.Name, error) {
	inline := strings.Join(p.Inline, "\n")
	if strings.Contains(inline, "rsakey") {
		return dialect.Listener, nil
	}
	if t3x.MatchString(p.Variables["g_phonetype"]) && c.Base().Scheme == "https" {
		return dialect.ListenerRSA, nil
	}
	found := dialect.Listener
	if seals(inline) {
		found = dialect.ListenerRSA
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
			return dialect.Listener, nil
		}
		if seals(string(a.Body)) {
			found = dialect.ListenerRSA
		}
	}
	return found, nil
}

// seals says whether a script encrypts the field of the password with RSA.
func seals(script string) bool {
	return passwordField.MatchString(script) && rsaCall.MatchString(script)
}

// detectAPI asks for the key of the login, as the single-page application does.
func detectAPI(ctx context.Context, c *web.Client, random io.Reader) (dialect.Name, error) {
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
	return dialect.API, nil
}

// realm is that of basic: Basic realm="Enterprise IP phone SIP-T20P".
var realm = regexp.MustCompile(`(?i)^basic\s+realm="?([^"]*\bIP phone\b\s*([^"]*))`)

// fromRealm reads the model from what basic says to somebody without a password.
func fromRealm(h http.Header) (id dialect.Identity, ok bool) {
	for _, challenge := range h.Values("WWW-Authenticate") {
		if m := realm.FindStringSubmatch(challenge); m != nil {
			return dialect.Identity{Model: m[2]}, true
		}
	}
	return dialect.Identity{}, false
}
