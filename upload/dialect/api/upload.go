package api

import (
	"context"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/page"
)

// uploadForm tells the two upload forms apart by what is known of them: the form of
// one role, the file input of the other. Where neither is there, by a word of
// the role in the names of form and input.
func uploadForm(app *live.Page, role handset.Role) (page.Form, page.Field, bool) {
	type pair struct {
		form page.Form
		file page.Field
	}
	known := map[handset.Role]string{handset.Trusted: "security-trustedcert", handset.Server: "server-cert-file"}[role]
	word := map[handset.Role]string{handset.Trusted: "trust", handset.Server: "server"}[role]
	named, worded := []pair{}, []pair{}
	for _, form := range app.Forms {
		for _, f := range form.Fields {
			said := strings.ToLower(strings.Join([]string{form.ID, form.Name, form.Action, f.ID, f.Name}, "\n"))
			switch {
			case f.Kind != "file":
			case form.ID == known || f.ID == known:
				named = append(named, pair{form, f})
			case strings.Contains(said, word) && strings.Contains(said, "cert"):
				worded = append(worded, pair{form, f})
			}
		}
	}
	for _, found := range [][]pair{named, worded} {
		if len(found) == 1 && live.IsTarget(found[0].form.Action) && found[0].file.Name != "" {
			return found[0].form, found[0].file, true
		}
		if len(found) > 0 {
			break
		}
	}
	return page.Form{}, page.Field{}, false
}

// Plan reads the form of a role's upload from the page. Where the form is the
// work of a script, ErrNoForm.
func (d *api) Plan(ctx context.Context, role handset.Role) (*dialect.Post, error) {
	if certificatePage(role) == "" {
		return nil, dialect.ErrNoForm
	}
	// The page is everybody's, so the session is asked for by itself.
	if err := d.info(ctx); err != nil {
		return nil, err
	}
	app, err := d.load(ctx)
	if err != nil {
		return nil, err
	}
	form, file, ok := uploadForm(app, role)
	if !ok {
		return nil, dialect.ErrNoForm
	}
	ref, err := app.Resolve(form.Action)
	if err != nil {
		return nil, err
	}
	return live.Planned(role, ref, file.Name, live.Sent(form), d.token, d.client.Cookie(live.SessionCookie)), nil
}

// Upload posts a file as planned; the token is a header.
func (d *api) Upload(ctx context.Context, plan *dialect.Post, file dialect.File) (dialect.Answer, error) {
	r, err := live.Request(plan, file)
	if err != nil {
		return dialect.Answer{}, err
	}
	answer, _, err := d.change(ctx, r)
	return answer, err
}
