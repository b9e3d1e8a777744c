package live

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// Removal is how a row of a list deletes its certificate. One of the three is
// given: form, Fields, link.
type Removal struct {
	// Fields are what a button or a checkbox in the row sends, which is Control;
	// its page says where to. scripts are what the row's onclick attributes say.
	Fields  []web.Pair
	Control page.Field
	scripts []string
	// form is a form in the row.
	form *page.Form
	// link is an address that deletes by being opened.
	link string
}

// deleting and otherwise sort controls by the words on them.
var (
	deleting  = regexp.MustCompile(`(?i)delete|remove|\bdel\b`)
	otherwise = regexp.MustCompile(`(?i)view|detail|show|download|export|edit|replace|upload`)
)

// Removal finds how a certificate of an earlier reading is deleted. The error is
// ErrNoForm, or ErrListChanged when it no longer stands where it stood.
func (p *Page) Removal(c page.Certificate) (Removal, error) {
	row, err := rowOf(p.Page, c)
	if err != nil {
		return Removal{}, err
	}
	return removalOf(row)
}

// Deletes says whether a name or the words on a control speak of deleting.
func Deletes(text string) bool { return deleting.MatchString(text) }

// removalOf reads it from a row. ErrNoForm when the row does not show it, or
// shows several things to press and not exactly one that says that it deletes.
func removalOf(row page.Row) (Removal, error) {
	if len(row.Forms) > 0 {
		form, ok := deleter(row.Forms, func(f page.Form) string {
			return f.Action + " " + f.ID + " " + f.Name + " " + words(f.Fields...)
		})
		if !ok || !IsTarget(form.Action) {
			return Removal{}, dialect.ErrNoForm
		}
		return Removal{form: &form}, nil
	}
	controls := slices.DeleteFunc(slices.Clone(row.Fields), func(f page.Field) bool {
		return f.Name == "" || f.Value == "" || f.Kind != "button" && f.Kind != "submit" && f.Kind != "checkbox"
	})
	if f, ok := deleter(controls, func(f page.Field) string { return words(f) }); ok {
		return Removal{Fields: []web.Pair{{Name: f.Name, Value: f.Value}}, Control: f, scripts: row.Scripts}, nil
	}
	for _, link := range row.Links {
		if deleting.MatchString(link) && !strings.HasPrefix(strings.ToLower(link), "javascript:") {
			return Removal{link: link}, nil
		}
	}
	return Removal{}, dialect.ErrNoForm
}

// deleter picks the one thing whose words say that it deletes, or the only
// thing there is if it does not say that it does something else.
func deleter[T any](all []T, words func(T) string) (found T, ok bool) {
	if len(all) == 1 {
		return all[0], deleting.MatchString(words(all[0])) || !otherwise.MatchString(words(all[0]))
	}
	for _, each := range all {
		if deleting.MatchString(words(each)) {
			if ok {
				return found, false
			}
			found, ok = each, true
		}
	}
	return found, ok
}

// words is what fields say of themselves.
func words(fields ...page.Field) string {
	var b strings.Builder
	for _, f := range fields {
		for _, text := range []string{f.ID, f.Name, f.Value, f.Label, f.Attributes["onclick"], f.Attributes["title"], f.Attributes["alt"]} {
			b.WriteString(text + " ")
		}
	}
	return b.String()
}

// Delete does what the row of a certificate shows.
func (p *Page) Delete(ctx context.Context, client *web.Client, c page.Certificate) (dialect.Answer, error) {
	r, err := p.Removal(c)
	if err != nil {
		return dialect.Answer{}, err
	}
	if r.link != "" {
		ref, err := p.Resolve(r.link)
		if err != nil {
			return dialect.Answer{}, err
		}
		return change(ctx, client, web.Request{Ref: ref, Changes: true}, p.shown)
	}
	form, fields := r.form, []web.Pair(nil)
	if form == nil {
		// A box to tick or a button: the form around the list sends it.
		around, ok := p.FormOf(r.Control)
		if !ok || !IsTarget(around.Action) || holdsFile(around) || r.Control.Kind != "checkbox" && !submits(r.Control) {
			return dialect.Answer{}, dialect.ErrNoForm
		}
		form, fields = &around, r.Fields
	}
	ref, err := p.Resolve(form.Action)
	if err != nil {
		return dialect.Answer{}, err
	}
	return change(ctx, client, p.Submit(form.Method, ref, p.Signed(Sent(*form, fields...))), p.shown)
}
