package listener

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/entry"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/seal"
	"github.com/phonecert/phonecert/upload/web"
)

// Login loads the form for its key and its session, and sends what its script
// would send, once.
func (l *listener) Login(ctx context.Context, user, password string) error {
	l.client.Secret("password", password)
	a, err := l.client.Get(ctx, loginForm)
	if err != nil {
		return err
	}
	if a.Status >= 400 {
		return &dialect.StatusError{Status: a.Status}
	}
	p := page.Parse(a.Body)
	session := l.client.Cookie(live.SessionCookie)
	l.key = nil
	if l.learn(p); l.key == nil || session == "" {
		return l.strange(p.Text, password)
	}
	l.client.Secret(live.SessionCookie, session)
	fields, err := l.seal(session, user, password)
	if err != nil {
		return err
	}
	ref, err := l.ajax(loginAddress)
	if err != nil {
		return err
	}
	body, kind := web.Form(fields...)
	// Changes: a login that is sent twice may lock the account.
	a, err = l.client.Send(ctx, web.Request{Method: http.MethodPost, Ref: ref, Body: body, Kind: kind, Changes: true})
	if err != nil {
		return err
	}
	if session = l.client.Cookie(live.SessionCookie); session != "" {
		l.client.Secret(live.SessionCookie, session)
	}
	return l.entered(a, password)
}

// learn takes the key of a page.
func (l *listener) learn(p *page.Page) {
	if key, err := seal.Key(p.Variables["g_rsa_n"], p.Variables["g_rsa_e"]); err == nil {
		l.key = key
	}
}

// seal makes the fields of the login.
func (l *listener) seal(session, user, password string) ([]web.Pair, error) {
	if l.rsaOnly {
		sealed, err := seal.RSA(l.random, l.key, password)
		return []web.Pair{{Name: "username", Value: user}, {Name: "pwd", Value: sealed}}, err
	}
	s, err := seal.Listener(l.random, l.key, session, password)
	if err != nil {
		return nil, err
	}
	l.client.Secret("pwd", s.Data)
	return []web.Pair{{Name: "username", Value: user}, {Name: "pwd", Value: s.Data}, {Name: "rsakey", Value: s.Key}, {Name: "rsaiv", Value: s.IV}}, nil
}

// ajax adds the number with which the pages' scripts send what changes the phone.
func (l *listener) ajax(ref string) (string, error) {
	number, err := seal.Random(l.random)
	return ref + "&Rajax=" + number, err
}

// entered reads the answer to the login: done, none, lock, or a word that nobody
// has published.
func (l *listener) entered(a *web.Answer, password string) error {
	if a.Status >= 400 {
		return &dialect.StatusError{Status: a.Status}
	}
	text, ok := page.Result(a.Body)
	if !ok {
		return l.strange(page.Parse(a.Body).Text, password)
	}
	var answer struct {
		Status string `json:"authstatus"`
	}
	if json.Unmarshal([]byte(text), &answer) != nil || answer.Status == "" {
		return l.strange(text, password)
	}
	switch answer.Status {
	case "done":
		return nil
	case "none":
		return &dialect.LoginError{Outcome: dialect.LoginRefused}
	case "lock":
		return &dialect.LoginError{Outcome: dialect.Locked}
	}
	return l.strange(answer.Status, password)
}

// strange is a login that met something else. What the phone says may hold what
// it was told, so that is hidden.
func (l *listener) strange(text, password string) error {
	e := &dialect.LoginError{Outcome: dialect.Strange, Text: dialect.Clip(dialect.Mask(text, password, l.client.Cookie(live.SessionCookie)))}
	if entry.Busy(text) {
		e.Outcome = dialect.Busy
	}
	return e
}
