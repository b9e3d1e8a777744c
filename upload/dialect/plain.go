package dialect

import (
	"context"
	"net/http"

	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// newPlain speaks the dialect of V71 to V73, whose form sends the password as
// it is.
func newPlain(c *web.Client) Dialect {
	return &servlet{name: Plain, client: c, post: func(ctx context.Context, at *live, form page.Form, user, password string) (*web.Answer, error) {
		ref, err := resolve(at.at, form.Action)
		if err != nil {
			return nil, err
		}
		fields := overlay(sent(form), web.Pair{Name: "username", Value: user}, web.Pair{Name: "pwd", Value: password})
		return c.Send(ctx, at.submit(http.MethodPost, ref, fields))
	}}
}
