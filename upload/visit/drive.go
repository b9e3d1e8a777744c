package visit

import (
	"context"
	"errors"
	"github.com/phonecert/phonecert/upload"
	"net/http"

	"github.com/phonecert/phonecert/upload/browser"
	"github.com/phonecert/phonecert/upload/dialect"
)

// drive has the phone's own page make the request. A page that asks for a login
// of its own gets it after this session was ended: the password has just been
// accepted, so that this is no second guess at it.
func (v *visit) drive(ctx context.Context, file dialect.File) (dialect.Answer, error) {
	p, o := v.phone, v.order
	c := browser.Config{
		Executable: o.Chromium.Executable, Env: o.Chromium.Env, Base: p.Conversation().Base(), Transport: p.Conversation(),
		Random: o.Web.Random, Cookies: v.cookies(),
	}
	path := p.Pages().Page(o.Role)
	answer, err := browser.Upload(ctx, c, p.Dialect, o.Role, path, file)
	if errors.Is(err, browser.ErrNeedsLogin) {
		if err := p.Pages().Logout(ctx); err != nil {
			return dialect.Answer{}, upload.Explain(err)
		}
		password, _ := v.target.Password(ctx)
		c.Cookies = nil
		c.Login = func() (string, string) { return v.target.User, password }
		answer, err = browser.Upload(ctx, c, p.Dialect, o.Role, path, file)
		if again := v.rejoin(ctx); err == nil {
			err = again
		}
	}
	var step *browser.StepError
	switch {
	case errors.As(err, &step) && step.Sent:
		return dialect.Answer{Class: dialect.Dropped}, nil
	case errors.As(err, &step) && ctx.Err() == nil:
		return dialect.Answer{Class: dialect.Silent, Remark: step.Error()}, nil
	}
	return answer, err
}

// rejoin takes up the session that the browser's page has opened.
func (v *visit) rejoin(ctx context.Context) error {
	if pages, ok := v.phone.Pages().(interface{ Rejoin(context.Context) error }); ok {
		return pages.Rejoin(ctx)
	}
	return nil
}

// cookies are those that scripts of the pages may read.
func (v *visit) cookies() []*http.Cookie {
	var list []*http.Cookie
	for _, name := range []string{"JSESSIONID", "csrfToken"} {
		if value := v.phone.Conversation().Cookie(name); value != "" {
			list = append(list, &http.Cookie{Name: name, Value: value})
		}
	}
	return list
}
