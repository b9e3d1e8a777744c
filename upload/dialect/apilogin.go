package dialect

import (
	"context"
	"errors"
	"net/http"
	"strings"

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
	if session := d.client.Cookie(sessionCookie); session != "" {
		d.client.Secret(sessionCookie, session)
	}
	answer, err := decodeAPI(a.Body)
	switch {
	case a.Status >= 400:
		return &StatusError{a.Status}
	case err != nil:
		return &LoginError{Outcome: Strange, Text: clip(mask(page.Parse(a.Body).Title, password))}
	}
	if e := apiEntered(answer); e != nil {
		e.Text = mask(e.Text, password)
		return e
	}
	if err = d.info(ctx); errors.Is(err, ErrLoggedOut) {
		return &LoginError{Outcome: Strange, Text: "a login without a token"}
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
		return "", apiEntered(answer)
	}
	modulus, _ := find(answer.Data, "wui.common.rsaN")
	exponent, _ := find(answer.Data, "wui.common.rsaE")
	key, err := seal.Key(textOf(modulus), textOf(exponent))
	if err != nil {
		return "", &LoginError{Outcome: Strange, Text: "no key to seal the password with"}
	}
	return seal.RSA(d.random, key, password)
}

// stamped adds the page and the t= of the login's calls. A page puts its clock
// there, only to get past caches, which any number does.
func (d *api) stamped(ref string) (string, error) {
	number, err := seal.Random(d.random)
	return ref + "?p=Login&t=" + strings.TrimPrefix(number, "0."), err
}

// apiEntered reads the answer to the login.
func apiEntered(a apiAnswer) *LoginError {
	message := a.message()
	switch {
	case a.ok() && a.Data == true:
		return nil
	case textOf(a.reason("webStatus")) == "lock":
		return &LoginError{Outcome: Locked, LockTime: a.lockTime(), Text: clip(textOf(a.reason("msg")))}
	case message == "error_username_or_password_is_wrong":
		return &LoginError{Outcome: LoginRefused, Text: message}
	case busy(message):
		return &LoginError{Outcome: Busy, Text: clip(message)}
	}
	return &LoginError{Outcome: Strange, Text: clip(first(message, textOf(a.Data)))}
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
		return ErrLoggedOut
	}
	d.client.Secret("token", d.token)
	d.client.SetHeader("X-CSRFToken", d.token)
	d.client.SetCookie("csrfToken", d.token)
	return nil
}
