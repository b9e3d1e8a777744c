package browser

import (
	"regexp"
	"strconv"
	"time"

	"github.com/phonecert/phonecert/upload/dialect"
)

// enter opens the start page and logs in there, if it shows a login form.
func (v *visit) enter() error {
	if err := v.open(""); err != nil {
		return err
	}
	forms := 0
	asked, err := v.watch(LoggingIn, func() (bool, error) {
		s, err := v.look()
		if !s.Login {
			forms = 0
			return false, err
		}
		forms++
		return forms == sure, nil
	})
	if err != nil || !asked {
		return err
	}
	return v.logIn()
}

// shutOut is a login form where somebody should be in.
func (v *visit) shutOut() error {
	if v.loggedIn {
		return v.fail(LoggingIn, nil, "the page asks for the login again")
	}
	return ErrNeedsLogin
}

// logIn fills in the login form, once, and waits until it has gone.
func (v *visit) logIn() error {
	v.loggedIn = true
	user, password := v.config.Login()
	before := len(v.tab.proxy.since(0))
	v.config.Trace("logs in on the page")
	filled, err := act[bool](v, "login", user, password)
	if err == nil && !filled {
		return v.fail(LoggingIn, nil, "the login form shows no button")
	}
	gone := 0
	in, err := v.watch(LoggingIn, func() (bool, error) {
		posts := v.tab.proxy.since(before)
		for _, each := range posts {
			if refusal := refused(each.body); refusal != nil {
				return false, refusal
			}
		}
		s, err := v.look()
		if err != nil || !s.Ready || s.Login || len(posts) == 0 {
			gone = 0
			return false, err
		}
		// The page after it may still be on its way.
		gone++
		return gone > 2, nil
	})
	switch {
	case err != nil || in:
		return err
	case v.dialect == dialect.Plain || v.dialect == dialect.Session:
		// There the form again is the refusal.
		return &dialect.LoginError{Outcome: dialect.LoginRefused}
	}
	return &dialect.LoginError{Outcome: dialect.Strange, Text: "the login form again"}
}

// refusals are what phones answer to a login that they do not accept (the fact
// sheet on the web interface).
var refusals = []struct {
	pattern *regexp.Regexp
	outcome dialect.Outcome
}{
	{regexp.MustCompile(`"authstatus"\s*:\s*"none"|error_username_or_password_is_wrong`), dialect.LoginRefused},
	{regexp.MustCompile(`"authstatus"\s*:\s*"lock"|"webStatus"\s*:\s*"lock"`), dialect.Locked},
	{regexp.MustCompile(`"authstatus"\s*:\s*"busy"|auth_err_user_busy`), dialect.Busy},
}

var lockMinutes = regexp.MustCompile(`"lockTime"\s*:\s*"?(\d{1,5})\b`)

// refused reads the answer to a login; nil when it says nothing against it.
func refused(body []byte) error {
	for _, r := range refusals {
		if !r.pattern.Match(body) {
			continue
		}
		e := &dialect.LoginError{Outcome: r.outcome}
		if m := lockMinutes.FindSubmatch(body); m != nil {
			minutes, _ := strconv.Atoi(string(m[1])) // five digits always are a number
			e.LockTime = time.Duration(minutes) * time.Minute
		}
		return e
	}
	return nil
}
