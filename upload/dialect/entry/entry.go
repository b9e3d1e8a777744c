// Package entry knows a login form when it sees one, and reads what phones answer
// to a login.
package entry

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// Entered reads the answer to the login form of plain and session: a redirect
// is in, the form again is out (the fact sheet on the web interface). before is
// what stood on the form's page. The error is a *dialect.LoginError, in which
// secrets are masked, or a *dialect.StatusError.
func Entered(before string, a *web.Answer, secrets ...string) error {
	return masked(entered(before, a), secrets...)
}

func entered(before string, a *web.Answer) error {
	p := page.Parse(a.Body)
	switch {
	case a.Status == http.StatusMovedPermanently, a.Status == http.StatusFound, a.Status == http.StatusSeeOther:
		if ToLogin(a.Header.Get("Location")) {
			return &dialect.LoginError{Outcome: dialect.LoginRefused}
		}
		return nil
	case a.Status == http.StatusOK && p.Variables["g_strToken"] != "":
		// Only somebody who is in gets a token.
		return nil
	case a.Status == http.StatusOK && IsLogin(p):
		return refusal(before, p.Text)
	case a.Status >= 500:
		return &dialect.StatusError{Status: a.Status}
	}
	return &dialect.LoginError{Outcome: dialect.Strange, Text: strings.TrimSpace(fmt.Sprintf("status %d %s", a.Status, p.Title))}
}

// masked hides what the phone may say that it was told, and shortens the rest.
func masked(err error, secrets ...string) error {
	var e *dialect.LoginError
	if errors.As(err, &e) {
		e.Text = dialect.Clip(dialect.Mask(e.Text, secrets...))
	}
	return err
}

// Nobody has published what a phone says that is locked or busy, so its own
// words are read as English.
var (
	lockWords = regexp.MustCompile(`(?i)\block`)
	busyWords = regexp.MustCompile(`(?i)\bbusy\b|\banother\b|\balready logged`)
	lockTime  = regexp.MustCompile(`(?i)\b(\d{1,5}) ?(s|m|h)(?:ec|in|our|\b)`)
)

// Refusal reads why a phone shows its login form again, from what it shows now
// and did not before. Secrets are masked.
func Refusal(before, after string, secrets ...string) error {
	return masked(refusal(before, after), secrets...)
}

func refusal(before, after string) *dialect.LoginError {
	fresh := news(before, after)
	e := &dialect.LoginError{Outcome: dialect.LoginRefused, Text: fresh}
	switch {
	case lockWords.MatchString(fresh):
		e.Outcome = dialect.Locked
		if m := lockTime.FindStringSubmatch(fresh); m != nil {
			n, _ := strconv.Atoi(m[1])
			e.LockTime = time.Duration(n) * map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}[strings.ToLower(m[2])]
		}
	case busyWords.MatchString(fresh):
		e.Outcome = dialect.Busy
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

// Busy reads the words of V81 and later, which join theirs: auth_err_user_busy.
func Busy(text string) bool {
	return strings.Contains(strings.ToLower(text), "busy") || busyWords.MatchString(text)
}
