package live

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/script"
	"github.com/phonecert/phonecert/upload/web"
)

// Scripts reads the scripts of pages, and fetches those that pages load, each
// once.
type Scripts struct {
	client  *web.Client
	fetched map[string]string
}

// NewScripts fetches through a conversation.
func NewScripts(c *web.Client) *Scripts { return &Scripts{c, map[string]string{}} }

// maxScripts is how many scripts of a page are fetched.
const maxScripts = 10

// With are the scripts that hold a text: those within the page, and only if
// there is none those that it loads from the phone itself, maxScripts of them.
// One that does not come is left out.
func (s *Scripts) With(ctx context.Context, p *Page, text string) ([]*script.Script, error) {
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

func (s *Scripts) fetch(ctx context.Context, p *Page, src string) (string, error) {
	u, err := p.At.Parse(src)
	if err != nil || u.Host != p.At.Host || u.Scheme != p.At.Scheme {
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

// Fetched are the texts of those that were fetched.
func (s *Scripts) Fetched() []string {
	texts := []string{}
	for _, ref := range slices.Sorted(maps.Keys(s.fetched)) {
		texts = append(texts, s.fetched[ref])
	}
	return texts
}

// AskReboot says whether the scripts of a page go on to ask for a restart once
// they have sent something to an address.
func (s *Scripts) AskReboot(ctx context.Context, p *Page, address string) bool {
	all, err := s.With(ctx, p, address)
	return err == nil && asksReboot(all, address)
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
				if s.In(said.At) == f && dialect.Classify(said.String()).Reboot {
					return true
				}
			}
		}
	}
	return false
}
