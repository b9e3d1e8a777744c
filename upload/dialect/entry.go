package dialect

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// entered reads the answer to the login form of plain and session: a redirect
// is in, the form again is out (the fact sheet on the web interface). before is
// what stood on the form's page.
func entered(before string, a *web.Answer) error {
	p := page.Parse(a.Body)
	switch {
	case a.Status == http.StatusMovedPermanently, a.Status == http.StatusFound, a.Status == http.StatusSeeOther:
		if toLogin(a.Header.Get("Location")) {
			return &LoginError{Outcome: LoginRefused}
		}
		return nil
	case a.Status == http.StatusOK && p.Variables["g_strToken"] != "":
		// Only somebody who is in gets a token.
		return nil
	case a.Status == http.StatusOK && isLogin(p):
		return refusal(before, p.Text)
	case a.Status >= 500:
		return &StatusError{a.Status}
	}
	return &LoginError{Outcome: Strange, Text: strings.TrimSpace(fmt.Sprintf("status %d %s", a.Status, p.Title))}
}

// masked hides what the phone may say that it was told, and shortens the rest.
func masked(err error, secrets ...string) error {
	var e *LoginError
	if errors.As(err, &e) {
		e.Text = clip(mask(e.Text, secrets...))
	}
	return err
}

// mask hides secrets in a text for people, also as forms and pages spell them.
func mask(text string, secrets ...string) string {
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		for _, spelled := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret)} {
			text = strings.ReplaceAll(text, spelled, hidden)
		}
	}
	return text
}

// Nobody has published what a phone says that is locked or busy, so its own
// words are read as English.
var (
	lockWords = regexp.MustCompile(`(?i)\block`)
	busyWords = regexp.MustCompile(`(?i)\bbusy\b|\banother\b|\balready logged`)
	lockTime  = regexp.MustCompile(`(?i)\b(\d{1,5}) ?(s|m|h)(?:ec|in|our|\b)`)
)

// refusal reads why a phone shows its login form again, from what it shows now
// and did not before.
func refusal(before, after string) *LoginError {
	fresh := news(before, after)
	e := &LoginError{Outcome: LoginRefused, Text: fresh}
	switch {
	case lockWords.MatchString(fresh):
		e.Outcome = Locked
		if m := lockTime.FindStringSubmatch(fresh); m != nil {
			n, _ := strconv.Atoi(m[1])
			e.LockTime = time.Duration(n) * map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}[strings.ToLower(m[2])]
		}
	case busyWords.MatchString(fresh):
		e.Outcome = Busy
	}
	return e
}

// news are the words of a text that came into it between its beginning and its
// end, which stayed.
func news(before, after string) string {
	old, now := strings.Fields(before), strings.Fields(after)
	for len(old) > 0 && len(now) > 0 && old[0] == now[0] {
		old, now = old[1:], now[1:]
	}
	for len(old) > 0 && len(now) > 0 && old[len(old)-1] == now[len(now)-1] {
		old, now = old[:len(old)-1], now[:len(now)-1]
	}
	return strings.Join(now, " ")
}
