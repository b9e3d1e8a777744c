package dialect

import (
	"context"
	"net/http"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// apiForm tells the two upload forms apart by what is known of them: the form of
// one role, the file input of the other. Where neither is there, by a word of
// the role in the names of form and input.
func apiForm(app *live, role handset.Role) (page.Form, page.Field, bool) {
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
		if len(found) == 1 && isTarget(found[0].form.Action) && found[0].file.Name != "" {
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
func (d *api) Plan(ctx context.Context, role handset.Role) (*Post, error) {
	if apiPage(role) == "" {
		return nil, ErrNoForm
	}
	// The page is everybody's, so the session is asked for by itself.
	if err := d.info(ctx); err != nil {
		return nil, err
	}
	app, err := d.load(ctx)
	if err != nil {
		return nil, err
	}
	form, file, ok := apiForm(app, role)
	if !ok {
		return nil, ErrNoForm
	}
	ref, err := resolve(app.at, form.Action)
	if err != nil {
		return nil, err
	}
	fields := sent(form)
	post := &Post{Role: role, Method: http.MethodPost, Ref: shownRef(d.mask(ref)), Field: file.Name, Send: &planned{ref: ref, field: file.Name, fields: fields}}
	for _, f := range fields {
		post.Fields = append(post.Fields, shownField(f.Name, d.mask(f.Value)))
	}
	return post, nil
}

// mask hides what is secret in what people read.
func (d *api) mask(text string) string { return mask(text, d.token, d.client.Cookie(sessionCookie)) }

// Upload posts a file as planned; the token is a header.
func (d *api) Upload(ctx context.Context, plan *Post, file File) (Answer, error) {
	send, ok := plan.Send.(*planned)
	if !ok {
		return Answer{}, ErrNoForm
	}
	body, kind := web.Multipart(send.fields, send.field, file.Name, file.Content)
	answer, _, err := d.change(ctx, web.Request{Method: http.MethodPost, Ref: send.ref, Body: body, Kind: kind})
	return answer, err
}
