package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/entry"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/seal"
	"github.com/phonecert/phonecert/upload/web"
)

// sealedPassword leads a password that is sealed.
const sealedPassword = "__WUI_ENC__:"

// Login asks for the key, logs in, once, and asks for the token.
func (d *api) Login(ctx context.Context, user, password string) error {
	d.client.Secret("password", password)
	pwd, err := d.seal(ctx, password)
	if err != nil {
		return err
	}
	ref, err := d.stamped("/api/auth/login")
	if err != nil {
		return err
	}
	body, kind := web.Form(web.Pair{Name: "username", Value: user}, web.Pair{Name: "pwd", Value: sealedPassword + pwd})
	// Changes: a login that is sent twice may lock the account.
	a, err := d.client.Send(ctx, web.Request{Method: http.MethodPost, Ref: ref, Body: body, Kind: kind, Changes: true})
	if err != nil {
		return err
	}
	if session := d.client.Cookie(live.SessionCookie); session != "" {
		d.client.Secret(live.SessionCookie, session)
	}
	answer, err := decode(a.Body)
	switch {
	case a.Status >= 400:
		return &dialect.StatusError{Status: a.Status}
	case err != nil:
		return &dialect.LoginError{Outcome: dialect.Strange, Text: dialect.Clip(dialect.Mask(page.Parse(a.Body).Title, password))}
	}
	if e := entered(answer); e != nil {
		e.Text = dialect.Mask(e.Text, password)
		return e
	}
	if err = d.info(ctx); errors.Is(err, dialect.ErrLoggedOut) {
		return &dialect.LoginError{Outcome: dialect.Strange, Text: "a login without a token"}
	}
	return err
}

// seal encrypts a password with the key that the phone gives.
func (d *api) seal(ctx context.Context, password string) (string, error) {
	ref, err := d.stamped("/api/common/info")
	if err != nil {
		return "", err
	}
	answer, err := d.call(ctx, ref, map[string]any{"idlist": []string{"wui.common.rsaN", "wui.common.rsaE"}})
	if err != nil {
		return "", err
	}
	if !answer.ok() {
		return "", entered(answer)
	}
	modulus, _ := find(answer.Data, "wui.common.rsaN")
	exponent, _ := find(answer.Data, "wui.common.rsaE")
	key, err := seal.Key(textOf(modulus), textOf(exponent))
	if err != nil {
		return "", &dialect.LoginError{Outcome: dialect.Strange, Text: "no key to seal the password with"}
	}
	return seal.RSA(d.random, key, password)
}

// stamped adds the page and the t= of the login's calls. A page puts its clock
// there, only to get past caches, which any number does.
func (d *api) stamped(ref string) (string, error) {
	number, err := seal.Random(d.random)
	return ref + "?p=Login&t=" + strings.TrimPrefix(number, "0."), err
}

// entered reads the answer to the login.
func entered(a reply) *dialect.LoginError {
	message := a.message()
	switch {
	case a.ok() && a.Data == true:
		return nil
	case textOf(a.reason("webStatus")) == "lock":
		return &dialect.LoginError{Outcome: dialect.Locked, LockTime: a.lockTime(), Text: dialect.Clip(textOf(a.reason("msg")))}
	case message == "error_username_or_password_is_wrong":
		return &dialect.LoginError{Outcome: dialect.LoginRefused, Text: message}
	case entry.Busy(message):
		return &dialect.LoginError{Outcome: dialect.Busy, Text: dialect.Clip(message)}
	}
	return &dialect.LoginError{Outcome: dialect.Strange, Text: dialect.Clip(cmp.Or(message, textOf(a.Data)))}
}

// info asks for all that the phone tells its page, and takes the token out of
// it. An answer without one is that to somebody who is not in.
func (d *api) info(ctx context.Context) error {
	answer, err := d.ask(ctx, "/api/common/info?p=Login", map[string]any{"idlist": []string{"wui"}})
	if err != nil {
		return err
	}
	token, _ := find(answer.Data, "wui.common.token")
	if d.token, d.told = textOf(token), answer.Data; d.token == "" {
		return dialect.ErrLoggedOut
	}
	d.client.Secret("token", d.token)
	d.client.SetHeader("X-CSRFToken", d.token)
	d.client.SetCookie("csrfToken", d.token)
	return nil
}
