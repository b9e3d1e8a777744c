package live

import (
	"context"
	"net/http"
	"regexp"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/web"
)

// planned is what an upload sends.
type planned struct {
	ref, field string
	fields     []web.Pair
	shown      []string
}

// Plan reads what the page's upload form sends. Its token and the id of the
// session are masked in what people read. A page without such a form is
// ErrNoForm.
func (p *Page) Plan(role handset.Role, session string) (*dialect.Post, error) {
	form, file, err := uploadForm(p.Page, role)
	if err != nil {
		return nil, err
	}
	ref, err := p.Resolve(form.Action)
	if err != nil {
		return nil, err
	}
	fields := p.Signed(Sent(form))
	post := Planned(role, ref, file.Name, fields, p.Token, session)
	post.Send = &planned{ref, file.Name, p.encoded(fields), p.shown}
	return post, nil
}

// Planned is the plan to send a file in a field, with other fields, to an
// address. Secrets are masked in what people read.
func Planned(role handset.Role, ref, file string, fields []web.Pair, secrets ...string) *dialect.Post {
	post := &dialect.Post{
		Role: role, Method: http.MethodPost, Ref: shownRef(dialect.Mask(ref, secrets...)), Field: file,
		Send: &planned{ref: ref, field: file, fields: fields},
	}
	for _, f := range fields {
		post.Fields = append(post.Fields, shownField(f.Name, dialect.Mask(f.Value, secrets...)))
	}
	return post
}

// telling are names of fields that hold what lets somebody in, under whatever
// name a page has it.
var (
	telling      = regexp.MustCompile(`(?i)token|session|csrf|nonce|passw|pwd|secret|\bkey\b`)
	tellingQuery = regexp.MustCompile(`(?i)([?&][^=&#]*(?:token|session|csrf|nonce|passw|pwd|secret)[^=&#]*=)[^&#]+`)
)

// shownField is a field as people read it.
func shownField(name, value string) string {
	if value != "" && telling.MatchString(name) {
		value = dialect.Hidden
	}
	return name + "=" + value
}

// shownRef is an address as people read it.
func shownRef(ref string) string { return tellingQuery.ReplaceAllString(ref, "${1}"+dialect.Hidden) }

// Upload posts a file as planned, as multipart/form-data.
func Upload(ctx context.Context, c *web.Client, plan *dialect.Post, file dialect.File) (dialect.Answer, error) {
	r, err := Request(plan, file)
	if err != nil {
		return dialect.Answer{}, err
	}
	return change(ctx, c, r, plan.Send.(*planned).shown)
}

// Request is the request that posts a file as planned. A plan that was not made
// here is ErrNoForm.
func Request(plan *dialect.Post, file dialect.File) (web.Request, error) {
	send, ok := plan.Send.(*planned)
	if !ok {
		return web.Request{}, dialect.ErrNoForm
	}
	body, kind := web.Multipart(send.fields, send.field, file.Name, file.Content)
	return web.Request{Method: http.MethodPost, Ref: send.ref, Body: body, Kind: kind, Changes: true}, nil
}
