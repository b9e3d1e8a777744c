package dialect

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/upload/dialect/script"
	"github.com/phonecert/phonecert/upload/web"
)

// scripts reads the scripts of pages, and fetches those that pages load, each
// once.
type scripts struct {
	client  *web.Client
	fetched map[string]string
}

func newScripts(c *web.Client) *scripts { return &scripts{c, map[string]string{}} }

// with are the scripts that hold a text: those within the page, and only if
// there is none those that it loads from the phone itself, maxScripts of them.
// One that does not come is left out.
func (s *scripts) with(ctx context.Context, p *live, text string) ([]*script.Script, error) {
	// The scripts of a page see each other, as do its onclick attributes.
	inline := strings.Join(p.Inline, "\n;\n")
	if strings.Contains(inline, text) {
		return []*script.Script{script.Read(inline)}, nil
	}
	found := []*script.Script{}
	for _, src := range p.Scripts[:min(len(p.Scripts), maxScripts)] {
		body, err := s.fetch(ctx, p, src)
		if err != nil {
			return nil, err
		}
		if strings.Contains(body, text) {
			found = append(found, script.Read(body))
		}
	}
	return found, nil
}

func (s *scripts) fetch(ctx context.Context, p *live, src string) (string, error) {
	u, err := p.at.Parse(src)
	if err != nil || u.Host != p.at.Host || u.Scheme != p.at.Scheme {
		return "", nil
	}
	ref := u.RequestURI()
	if body, known := s.fetched[ref]; known {
		return body, nil
	}
	a, err := s.client.Send(ctx, web.Request{Ref: ref})
	switch {
	case ctx.Err() != nil:
		return "", err
	case err != nil || a.Status != http.StatusOK:
		s.fetched[ref] = ""
	default:
		s.fetched[ref] = string(a.Body)
	}
	return s.fetched[ref], nil
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

// asksReboot says whether the function that sends to an address goes on to ask
// for a restart, as the phones' pages do once settings are saved.
func asksReboot(all []*script.Script, address string) bool {
	for _, s := range all {
		for _, t := range s.Strings(address) {
			f := s.In(t.At)
			if f == nil {
				continue
			}
			for _, said := range s.Strings(" ") {
				if s.In(said.At) == f && Classify(said.String()).Reboot {
					return true
				}
			}
		}
	}
	return false
}
