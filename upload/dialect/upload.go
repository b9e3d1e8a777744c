package dialect

import (
	"context"
	"net/http"
	"regexp"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/web"
)

// hidden stands for a secret in what people read.
const hidden = "***"

// planned is what an upload sends.
type planned struct {
	ref, field string
	fields     []web.Pair
	shown      []string
}

// planUpload reads what a page's upload form sends. Its token and the id of the
// session are masked in what people read.
func planUpload(p *live, role handset.Role, session string) (*Post, error) {
	form, file, err := uploadForm(p.Page, role)
	if err != nil {
		return nil, err
	}
	ref, err := resolve(p.at, form.Action)
	if err != nil {
		return nil, err
	}
	send := &planned{ref, file.Name, p.encoded(p.signed(sent(form))), p.shown}
	post := &Post{Role: role, Method: http.MethodPost, Ref: shownRef(mask(ref, p.token, session)), Field: file.Name, Send: send}
	for _, f := range p.signed(sent(form)) {
		post.Fields = append(post.Fields, shownField(f.Name, mask(f.Value, p.token, session)))
	}
	return post, nil
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
		value = hidden
	}
	return name + "=" + value
}

// shownRef is an address as people read it.
func shownRef(ref string) string { return tellingQuery.ReplaceAllString(ref, "${1}"+hidden) }

func uploadPlanned(ctx context.Context, c *web.Client, plan *Post, file File) (Answer, error) {
	send, ok := plan.Send.(*planned)
	if !ok {
		return Answer{}, ErrNoForm
	}
	body, kind := web.Multipart(send.fields, send.field, file.Name, file.Content)
	r := web.Request{Method: http.MethodPost, Ref: send.ref, Body: body, Kind: kind, Changes: true}
	return change(ctx, c, r, send.shown)
}
