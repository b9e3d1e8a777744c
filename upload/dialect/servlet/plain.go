package servlet

import (
	"context"
	"net/http"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// Plain speaks the dialect of V71 to V73, whose form sends the password as
// it is.
func Plain(c *web.Client) dialect.Dialect {
	return &servlet{name: dialect.Plain, client: c, post: func(ctx context.Context, at *live.Page, form page.Form, user, password string) (*web.Answer, error) {
		ref, err := at.Resolve(form.Action)
		if err != nil {
			return nil, err
		}
		fields := live.Sent(form, web.Pair{Name: "username", Value: user}, web.Pair{Name: "pwd", Value: password})
		return c.Send(ctx, at.Submit(http.MethodPost, ref, fields))
	}}
}
