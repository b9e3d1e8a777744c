// Package api speaks the dialect api of the fact sheet on the web interface.
package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// api is the web interface of V85 to V87: one page, and calls that take and
// answer JSON (the fact sheet on the web interface).
type api struct {
	client  *web.Client
	random  io.Reader
	scripts *live.Scripts
	// app is the one page, once it was loaded.
	app *live.Page
	// token goes with every call of somebody who is in; told is all that the
	// phone told with it.
	token string
	told  any
}

// New speaks api. random seals the password.
func New(c *web.Client, random io.Reader) dialect.Dialect {
	return &api{client: c, random: random, scripts: live.NewScripts(c)}
}

func (d *api) Name() dialect.Name { return dialect.API }

// Page is "": there is one page, and the menu is its script's.
func (d *api) Page(handset.Role) string { return "" }

// certificatePage is the name of a role's page, "" for no such role.
func certificatePage(role handset.Role) string {
	return map[handset.Role]string{handset.Trusted: "SecurityTrustedCert", handset.Server: "SecurityServerCert"}[role]
}

// call makes a call that changes nothing.
func (d *api) call(ctx context.Context, ref string, question any) (reply, error) {
	r, err := jsonRequest(ref, question)
	if err != nil {
		return reply{}, err
	}
	return d.answer(d.client.Send(ctx, r))
}

// ask is call for somebody who is in.
func (d *api) ask(ctx context.Context, ref string, question any) (reply, error) {
	answer, err := d.call(ctx, ref, question)
	if err == nil && answer.loggedOut() {
		return reply{}, dialect.ErrLoggedOut
	}
	return answer, err
}

func jsonRequest(ref string, question any) (web.Request, error) {
	body, err := json.Marshal(question)
	return web.Request{Method: http.MethodPost, Ref: ref, Body: body, Kind: "application/json"}, err
}

// answer reads what came back from a call.
func (d *api) answer(a *web.Answer, err error) (reply, error) {
	switch {
	case err != nil:
		return reply{}, err
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusNotFound && d.client.Cookie(live.SessionCookie) == "":
		return reply{}, dialect.ErrLoggedOut
	case a.Status >= 400:
		return reply{}, &dialect.StatusError{Status: a.Status}
	}
	return decode(a.Body)
}

// change makes a call that changes something.
func (d *api) change(ctx context.Context, r web.Request) (dialect.Answer, reply, error) {
	if d.token == "" {
		return dialect.Answer{}, reply{}, dialect.ErrLoggedOut
	}
	r.Changes = true
	a, err := d.client.Send(ctx, r)
	if answer, decided, err := live.Changed(a, err); decided {
		return answer, reply{}, err
	}
	told, err := d.answer(a, nil)
	if errors.Is(err, errNotJSON) {
		return dialect.Classify(dialect.Clip(page.Parse(a.Body).Text)), told, nil
	}
	if err == nil && told.loggedOut() {
		err = dialect.ErrLoggedOut
	}
	if err != nil {
		return dialect.Answer{}, told, err
	}
	return told.changed(), told, nil
}

// Identity is what the phone told its page. Nobody has published under which
// ids, so those are tried that are named like the ones that are known, then the
// page itself; what is not there stays empty.
func (d *api) Identity(ctx context.Context) (dialect.Identity, error) {
	if d.told == nil {
		if err := d.info(ctx); err != nil {
			return dialect.Identity{}, err
		}
	}
	fact := func(name string) string {
		v, _ := find(d.told, "wui.common."+name)
		return textOf(v)
	}
	id := dialect.Identity{Model: fact("phonetype"), Firmware: fact("firmware"), MAC: fact("mac")}
	if read, ok := mac.Parse(id.MAC); ok {
		id.MAC = string(read)
	}
	if id.Model != "" && id.Firmware != "" {
		return id, nil
	}
	app, err := d.load(ctx)
	if err != nil {
		return id, err
	}
	shown := app.Identity()
	return dialect.Identity{Model: cmp.Or(id.Model, shown.Model), Firmware: cmp.Or(id.Firmware, shown.Firmware), MAC: cmp.Or(id.MAC, shown.MAC)}, nil
}

// Talking asks whether the phone is in a call: true and false, or how many calls
// there are. A phone that does not know the question leaves it open.
func (d *api) Talking(ctx context.Context) (talking, known bool, err error) {
	answer, err := d.answer(d.client.Send(ctx, web.Request{Ref: "/api/common/info/status/talking"}))
	switch {
	case live.Absent(err), errors.Is(err, errNotJSON):
		return false, false, nil
	case err != nil:
		return false, false, err
	case answer.loggedOut():
		return false, false, dialect.ErrLoggedOut
	case !answer.ok():
		return false, false, nil
	}
	said := textOf(answer.Data)
	calls, err := strconv.ParseFloat(said, 64)
	return said == "true" || err == nil && calls > 0, said == "true" || said == "false" || err == nil, nil
}

// Import posts a configuration file.
func (d *api) Import(ctx context.Context, file dialect.File) (dialect.Answer, error) {
	body, kind := web.Multipart(nil, "CFGConfigUpload", file.Name, file.Content)
	answer, _, err := d.change(ctx, web.Request{Method: http.MethodPost, Ref: "/api/diagnosis/cfg/file?action=import", Body: body, Kind: kind})
	return answer, err
}

// Reboot restarts the phone.
func (d *api) Reboot(ctx context.Context) error {
	r, err := jsonRequest("/api/system/reboot?p=SettingUpgrade", map[string]any{})
	if err != nil {
		return err
	}
	answer, _, err := d.change(ctx, r)
	switch {
	case err != nil:
		return err
	case answer.Class == dialect.Forbidden:
		return &dialect.StatusError{Status: http.StatusForbidden}
	case answer.Class == dialect.Refused:
		return fmt.Errorf("the phone refused to restart: %q", answer.Text)
	}
	return nil
}

// Rejoin takes up a session that was opened through the same conversation by
// somebody else, as by the page in a browser.
func (d *api) Rejoin(ctx context.Context) error { return d.info(ctx) }

// Logout ends the session, and forgets what belonged to it.
func (d *api) Logout(ctx context.Context) error {
	if d.client.Cookie(live.SessionCookie) == "" && d.token == "" {
		return nil
	}
	_, err := d.ask(ctx, "/api/auth/logout", map[string]any{})
	if err == nil || errors.Is(err, dialect.ErrLoggedOut) || errors.Is(err, errNotJSON) {
		d.forget()
		return nil
	}
	return err
}

// forget takes away what every request of somebody who is in carries.
func (d *api) forget() {
	d.token, d.told = "", nil
	d.client.SetHeader("X-CSRFToken", "")
	d.client.SetCookie("csrfToken", "")
	d.client.SetCookie(live.SessionCookie, "")
}
