package dialect

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
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
	page *live
	// kind is the value of type=, size the most that the phone takes, "5MB".
	kind, size string
	// token says that the address carries the token.
	token bool
}

// Plan reads the upload form of a role's page, and where it has none the upload
// of its script.
func (l *listener) Plan(ctx context.Context, role handset.Role) (*Post, error) {
	p, err := l.loadRole(ctx, role)
	if err != nil {
		return nil, noForm(err)
	}
	if form, _, err := uploadForm(p.Page, role); err == nil && isTarget(form.Action) {
		return planUpload(p, role, l.client.Cookie(sessionCookie))
	}
	all, err := l.scripts.with(ctx, p, uploadCall)
	if err != nil {
		return nil, err
	}
	kind, ok := uploadKind(all, role)
	if !ok || l.key == nil {
		return nil, ErrNoForm
	}
	s := scriptedAs(all, p, kind)
	return &Post{Role: role, Method: http.MethodPost, Ref: s.ref(hidden, hidden), Field: uploadField, Send: s}, nil
}

// isTarget says whether a form's action leads somewhere.
func isTarget(action string) bool {
	return action != "" && !strings.HasPrefix(action, "#") && !strings.HasPrefix(strings.ToLower(action), "javascript:")
}

// Upload posts a file as planned.
func (l *listener) Upload(ctx context.Context, plan *Post, file File) (Answer, error) {
	switch send := plan.Send.(type) {
	case *scripted:
		return l.post(ctx, send, file)
	case *planned:
		return uploadPlanned(ctx, l.client, plan, file)
	}
	return Answer{}, ErrNoForm
}

// Import uploads a configuration file as the page of configurations does, under
// the type that is attested for it.
func (l *listener) Import(ctx context.Context, file File) (Answer, error) {
	p, err := l.load(ctx, "settings-config")
	if err != nil {
		return Answer{}, err
	}
	all, err := l.scripts.with(ctx, p, uploadCall)
	if err != nil {
		return Answer{}, err
	}
	if l.key == nil {
		return Answer{}, ErrNoImport
	}
	return l.post(ctx, scriptedAs(all, p, "localcfg"), file)
}

func (l *listener) post(ctx context.Context, s *scripted, file File) (Answer, error) {
	most := s.size
	if !l.rsaOnly {
		most = l.client.Cookie(sessionCookie) + ";" + s.size
	}
	sealed, err := seal.RSA(l.random, l.key, most)
	if err != nil {
		return Answer{}, err
	}
	body, kind := web.Multipart(nil, uploadField, file.Name, file.Content)
	return l.change(ctx, s.page, web.Request{Method: http.MethodPost, Ref: s.ref(sealed, url.QueryEscape(s.page.token)), Body: body, Kind: kind, Changes: true})
}

// ref is the address, with what is secret in it as given.
func (s *scripted) ref(sealed, token string) string {
	ref := "/servlet?m=mod_res&p=upload&type=" + url.QueryEscape(s.kind) + "&maxlength=" + sealed
	if s.token && s.page.token != "" {
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
func scriptedAs(all []*script.Script, p *live, kind string) *scripted {
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
