package servlet

import (
	"context"
	"crypto/rsa"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/seal"
	"github.com/phonecert/phonecert/upload/web"
)

// Session speaks the dialect of late V73 and V80, whose script fetches a key
// and a session id and seals the form.
// random is what it is sealed with.
func Session(c *web.Client, random io.Reader) dialect.Dialect {
	return &servlet{name: dialect.Session, client: c, post: func(ctx context.Context, at *live.Page, _ page.Form, user, password string) (*web.Answer, error) {
		number, err := seal.Random(random)
		if err != nil {
			return nil, err
		}
		a, err := c.Send(ctx, web.Request{Ref: "/servlet?p=login&q=getsessionid&random=" + number})
		if err != nil {
			return nil, err
		}
		if a.Status != http.StatusOK {
			return nil, &dialect.StatusError{Status: a.Status}
		}
		key, session, err := sessionKey(string(a.Body))
		if err != nil {
			return nil, &dialect.LoginError{Outcome: dialect.Strange, Text: err.Error()}
		}
		c.Secret(live.SessionCookie, session)
		// The page's script sets it, not the phone.
		c.SetCookie(live.SessionCookie, session)
		s, err := seal.Session(random, key, number, session, user, password)
		if err != nil {
			return nil, err
		}
		c.Secret("data", s.Data)
		return c.Send(ctx, at.Submit(http.MethodPost, "/servlet?p=login&q=login", []web.Pair{
			{Name: "key", Value: s.Key}, {Name: "iv", Value: s.IV}, {Name: "data", Value: s.Data},
			{Name: "jumpto", Value: "status"}, {Name: "acc"},
		}))
	}}
}

// sessionKey reads the answer to getsessionid: modulus,exponent,session id. The
// error tells nothing of what came, for there is a session id in it.
func sessionKey(text string) (key *rsa.PublicKey, session string, err error) {
	parts := strings.Split(strings.TrimSpace(text), ",")
	if len(parts) != 3 {
		return nil, "", errors.New("no key and session id to seal the password with")
	}
	if key, err = seal.Key(parts[0], parts[1]); err != nil {
		return nil, "", err
	}
	session = strings.TrimSpace(parts[2])
	if !cookieValue.MatchString(session) {
		return nil, "", errors.New("the session id is none")
	}
	return key, session, nil
}

// cookieValue is what a cookie may hold (RFC 6265, section 4.1.1).
var cookieValue = regexp.MustCompile(`^[!#-+\--:<-\[\]-~]{1,256}$`)
