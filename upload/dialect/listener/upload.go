package listener

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/dialect/script"
	"github.com/phonecert/phonecert/upload/seal"
	"github.com/phonecert/phonecert/upload/web"
)

// The upload of the fact sheet: a part of its address, and the field of the file.
const (
	uploadCall  = "p=upload"
	uploadField = "UploadName"
)

// scripted is an upload as a page's script does it.
type scripted struct {
	page *live.Page
	// kind is the value of type=, size the most that the phone takes, "5MB".
	kind, size string
	// token says that the address carries the token.
	token bool
}

// Plan reads the upload form of a role's page, and where it has none the upload
// of its script.
func (l *listener) Plan(ctx context.Context, role handset.Role) (*dialect.Post, error) {
	p, err := l.loadRole(ctx, role)
	if err != nil {
		return nil, live.NoForm(err)
	}
	post, err := p.Plan(role, l.client.Cookie(live.SessionCookie))
	if !errors.Is(err, dialect.ErrNoForm) {
		return post, err
	}
	all, err := l.scripts.With(ctx, p, uploadCall)
	if err != nil {
		return nil, err
	}
	kind, ok := uploadKind(all, role)
	if !ok || l.key == nil {
		return nil, dialect.ErrNoForm
	}
	s := scriptedAs(all, p, kind)
	return &dialect.Post{Role: role, Method: http.MethodPost, Ref: s.ref(dialect.Hidden, dialect.Hidden), Field: uploadField, Send: s}, nil
}

// Upload posts a file as planned.
func (l *listener) Upload(ctx context.Context, plan *dialect.Post, file dialect.File) (dialect.Answer, error) {
	if send, ok := plan.Send.(*scripted); ok {
		return l.post(ctx, send, file)
	}
	return live.Upload(ctx, l.client, plan, file)
}

// Import uploads a configuration file as the page of configurations does, under
// the type that is attested for it.
func (l *listener) Import(ctx context.Context, file dialect.File) (dialect.Answer, error) {
	p, err := l.load(ctx, "settings-config")
	if err != nil {
		return dialect.Answer{}, err
	}
	all, err := l.scripts.With(ctx, p, uploadCall)
	if err != nil {
		return dialect.Answer{}, err
	}
	if l.key == nil {
		return dialect.Answer{}, dialect.ErrNoImport
	}
	return l.post(ctx, scriptedAs(all, p, "localcfg"), file)
}

func (l *listener) post(ctx context.Context, s *scripted, file dialect.File) (dialect.Answer, error) {
	most := s.size
	if !l.rsaOnly {
		most = l.client.Cookie(live.SessionCookie) + ";" + s.size
	}
	sealed, err := seal.RSA(l.random, l.key, most)
	if err != nil {
		return dialect.Answer{}, err
	}
	body, kind := web.Multipart(nil, uploadField, file.Name, file.Content)
	return l.change(ctx, s.page, web.Request{Method: http.MethodPost, Ref: s.ref(sealed, url.QueryEscape(s.page.Token)), Body: body, Kind: kind, Changes: true})
}

// ref is the address, with what is secret in it as given.
func (s *scripted) ref(sealed, token string) string {
	ref := "/servlet?m=mod_res&p=upload&type=" + url.QueryEscape(s.kind) + "&maxlength=" + sealed
	if s.token && s.page.Token != "" {
		ref += "&token=" + token
	}
	return ref
}

// uploads are the addresses of a script's uploads, each with its type; "" is a
// type that the script computes.
func uploads(s *script.Script) map[string][]script.String {
	all := map[string][]script.String{}
	for _, t := range s.Strings(uploadCall) {
		if !strings.Contains(t.String(), "m=mod_res&") {
			continue
		}
		kind, known := t.Query("type")
		text := kind.Text
		if known && kind.Hole {
			text, known = constant(s, t, kind.Text)
		}
		if !known {
			text = ""
		}
		all[text] = append(all[text], t)
	}
	return all
}

// uploadKind finds the type of a role's upload: the only one there is on its
// page that is not known to be something else, or the only one that has a word
// of the role in it.
func uploadKind(all []*script.Script, role handset.Role) (string, bool) {
	kinds := []string{}
	for _, s := range all {
		for kind := range uploads(s) {
			switch kind {
			case "localcfg", "config", "vpnfile":
			default:
				kinds = append(kinds, kind)
			}
		}
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	if len(kinds) > 1 {
		word := map[handset.Role]string{handset.Trusted: "trust", handset.Server: "server"}[role]
		kinds = slices.DeleteFunc(kinds, func(kind string) bool { return !strings.Contains(strings.ToLower(kind), word) })
	}
	if len(kinds) != 1 || kinds[0] == "" {
		return "", false
	}
	return kinds[0], true
}

// scriptedAs reads what else the script says of the upload of a type. Where it
// says nothing, there is the size that is attested, and the token goes along.
func scriptedAs(all []*script.Script, p *live.Page, kind string) *scripted {
	found := &scripted{page: p, kind: kind, size: "5MB", token: true}
	for _, s := range all {
		of := uploads(s)[kind]
		if len(of) == 0 {
			continue
		}
		found.token = slices.ContainsFunc(of, func(t script.String) bool { return t.HasQuery("token") })
		if size, ok := sizeIn(s, of[0]); ok {
			found.size = size
		}
	}
	return found
}

// megabytes is the size as it is sealed, behind the session or alone.
var megabytes = regexp.MustCompile(`^;?(\d{1,4}MB)$`)

// sizeIn is the one size in the function that uploads, or in the whole script
// where that function has none.
func sizeIn(s *script.Script, t script.String) (string, bool) {
	inside, anywhere := []string{}, []string{}
	for _, each := range s.Strings("MB") {
		last := each.Parts[len(each.Parts)-1]
		if m := megabytes.FindStringSubmatch(last.Text); m != nil && !last.Hole {
			anywhere = append(anywhere, m[1])
			if f := s.In(t.At); f != nil && s.In(each.At) == f {
				inside = append(inside, m[1])
			}
		}
	}
	for _, sizes := range [][]string{inside, anywhere} {
		slices.Sort(sizes)
		if sizes = slices.Compact(sizes); len(sizes) == 1 {
			return sizes[0], true
		}
	}
	return "", false
}

// constant is the one string that a hole in a string stands for: a name that is
// only ever assigned that string, or the parameter of a function that is only
// ever called with it.
func constant(s *script.Script, t script.String, hole string) (string, bool) {
	if f := s.In(t.At); f != nil {
		for i, param := range f.Params {
			if param == hole {
				return literalArgument(s.Calls(f.Name), i)
			}
		}
	}
	all := s.Constants(hole)
	if len(all) != 1 {
		return "", false
	}
	return all[0], true
}

// literalArgument is the string that all calls pass at a place.
func literalArgument(calls []script.Call, at int) (string, bool) {
	found := ""
	for _, c := range calls {
		if at >= len(c.Arguments) {
			return "", false
		}
		text, ok := unquoted(c.Arguments[at])
		if !ok || found != "" && text != found {
			return "", false
		}
		found = text
	}
	return found, found != ""
}

// unquoted is the value of an argument that is a string and no more.
func unquoted(argument string) (string, bool) {
	text, err := strconv.Unquote(argument)
	return text, err == nil && strings.HasPrefix(argument, `"`)
}
