package live

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/entry"
	"github.com/phonecert/phonecert/upload/dialect/settings"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// Sent are the fields that a browser sends of a form, in order: not the file,
// not what is disabled, and of the buttons the one to press, if it has a name.
// A drop-down without a mark is left out: its choice is a script's. Values take
// the place of what the form has under their names, or stand behind it.
func Sent(form page.Form, values ...web.Pair) []web.Pair {
	pairs, buttons := []web.Pair{}, []web.Pair{}
	for _, f := range form.Fields {
		_, disabled := f.Attributes["disabled"]
		_, checked := f.Attributes["checked"]
		pair := web.Pair{Name: f.Name, Value: f.Value}
		switch {
		case disabled || f.Name == "":
		case submits(f):
			buttons = append(buttons, pair)
		case f.Kind == "file" || f.Kind == "button" || f.Kind == "reset" || f.Kind == "image":
		case f.Kind == "select":
			for _, o := range f.Options {
				if o.Selected {
					pairs = append(pairs, web.Pair{Name: f.Name, Value: o.Value})
				}
			}
		case (f.Kind == "radio" || f.Kind == "checkbox") && !checked:
		default:
			pairs = append(pairs, pair)
		}
	}
	if len(buttons) == 1 {
		pairs = append(pairs, buttons[0])
	}
	return overlay(pairs, values...)
}

// submits says that pressing a button sends its form; others leave that to a
// script.
func submits(f page.Field) bool {
	return f.Kind == "submit" || f.Kind == "button" && (f.Attributes["type"] == "" || f.Attributes["type"] == "submit")
}

// overlay puts values in the place of those of the same name, and the others
// behind them.
func overlay(pairs []web.Pair, values ...web.Pair) []web.Pair {
	pairs = slices.Clone(pairs)
	for _, v := range values {
		at := slices.IndexFunc(pairs, func(p web.Pair) bool { return p.Name == v.Name })
		if at < 0 {
			pairs = append(pairs, v)
		} else {
			pairs[at] = v
		}
	}
	return pairs
}

// FormWith is the form with which a browser sends the field of a name.
func (p *Page) FormWith(name string) (page.Form, bool) {
	for _, f := range p.Fields() {
		if settings.Key(f) == name {
			return p.FormOf(f)
		}
	}
	return page.Form{}, false
}

// IsTarget says whether a form's action leads somewhere.
func IsTarget(action string) bool {
	return action != "" && !strings.HasPrefix(action, "#") && !strings.HasPrefix(strings.ToLower(action), "javascript:")
}

// holdsFile says that a form is there to upload, whatever else stands in it.
func holdsFile(form page.Form) bool {
	return slices.ContainsFunc(form.Fields, func(f page.Field) bool { return f.Kind == "file" })
}

// uploadForm is the form that uploads for a role, with its file field. A file
// input that stands in no form, or in one without a target, is a script's:
// ErrNoForm.
func uploadForm(p *page.Page, role handset.Role) (page.Form, page.Field, error) {
	words := []string{"cert"}
	switch role {
	case handset.Trusted:
		words = []string{"trust", "cert"}
	case handset.Server:
		words = []string{"server", "cert"}
	}
	form, file, ok := p.UploadFor(words...)
	if !ok || !IsTarget(form.Action) || file.Name == "" {
		return form, file, dialect.ErrNoForm
	}
	return form, file, nil
}

// resolve gives the path and query of a reference on a page, and all of it when
// it leads to another host, which is for the conversation to refuse.
func resolve(at *url.URL, ref string) (string, error) {
	u, err := at.Parse(strings.TrimSpace(ref))
	if err != nil {
		return "", errors.New("an address on the page is none")
	}
	if u.Host != at.Host || u.Scheme != at.Scheme {
		return u.String(), nil
	}
	return u.RequestURI(), nil
}

// change sends a request that changes the phone and reads its answer. shown is
// what stood on the page before.
func change(ctx context.Context, c *web.Client, r web.Request, shown []string) (dialect.Answer, error) {
	a, err := c.Send(ctx, r)
	answer, decided, err := Changed(a, err)
	if decided {
		return answer, err
	}
	if to := a.Header.Get("Location"); a.Status/100 == 3 && to != "" {
		if to, err = resolve(a.URL, to); err == nil {
			a, err = c.Get(ctx, to)
		}
		if err != nil || a.Status >= 400 {
			// The change was taken; only the page after it did not come.
			return dialect.Answer{Class: dialect.Silent}, nil
		}
		if entry.IsLogin(page.Parse(a.Body)) {
			return dialect.Answer{}, dialect.ErrLoggedOut
		}
	}
	return answerOf(page.Parse(a.Body), shown), nil
}
