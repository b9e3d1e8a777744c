package page

import (
	"cmp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Fields are all fields of the page, in and outside forms, in order.
func (p *Page) Fields() []Field {
	all := slices.Clone(p.Loose)
	for _, form := range p.Forms {
		all = append(all, form.Fields...)
	}
	slices.SortStableFunc(all, func(a, b Field) int { return cmp.Compare(a.place, b.place) })
	return all
}

// FormOf is the form with which a browser sends a field of this page; ok is
// false when the field stands in none.
func (p *Page) FormOf(f Field) (form Form, ok bool) {
	if f.form < 1 || f.form > len(p.Forms) {
		return Form{}, false
	}
	return p.Forms[f.form-1], true
}

// readForms collects the forms, without their fields.
func (r *reader) readForms(doc *goquery.Document) {
	r.forms, r.named, r.nodes = map[string]int{"": 0}, map[string]int{}, map[*html.Node]int{}
	for _, n := range doc.Find("form").Nodes {
		if len(r.page.Forms) == maxForms {
			return
		}
		f := Form{
			ID: attribute(n, "id"), Name: attribute(n, "name"), Action: strings.TrimSpace(attribute(n, "action")),
			Method: "GET", Enctype: strings.ToLower(strings.TrimSpace(attribute(n, "enctype"))), Attributes: attributes(n),
		}
		if strings.EqualFold(strings.TrimSpace(attribute(n, "method")), "post") {
			f.Method = "POST"
		}
		r.page.Forms = append(r.page.Forms, f)
		place := len(r.page.Forms)
		r.forms[attribute(n, owner)], r.nodes[n] = place, place
		for _, name := range []string{f.Name, f.ID} {
			if _, taken := r.named[name]; name != "" && !taken {
				r.named[name] = place
			}
		}
	}
}

// control reads a field. An attribute form that names no form is passed over.
func (r *reader) control(n *html.Node) {
	if len(r.fields) == maxFields {
		return
	}
	f := Field{
		ID: attribute(n, "id"), Name: attribute(n, "name"), Value: attribute(n, "value"),
		Kind: n.Data, Attributes: attributes(n),
		form: r.forms[attribute(n, owner)], place: len(r.fields) + 1,
	}
	if named, ok := r.named[f.Attributes["form"]]; ok {
		f.form = named
	}
	switch n.DataAtom {
	case atom.Input:
		f.Kind = cmp.Or(strings.ToLower(strings.TrimSpace(f.Attributes["type"])), "text")
		if _, said := f.Attributes["value"]; !said && (f.Kind == "checkbox" || f.Kind == "radio") {
			f.Value = "on"
		}
	case atom.Textarea:
		f.Value = raw(n)
	case atom.Select:
		f.Options = options(n)
		f.Value = chosen(f)
	}
	f.Label = r.label(n, f)
	r.fields = append(r.fields, f)
	r.own[n] = f.place
}

// deal puts the fields where they belong.
func (r *reader) deal() {
	counts := make([]int, len(r.page.Forms)+1)
	for _, f := range r.fields {
		counts[f.form]++
	}
	for i := range r.page.Forms {
		r.page.Forms[i].Fields = make([]Field, 0, counts[i+1])
	}
	for _, f := range r.fields {
		to := &r.page.Loose
		if f.form > 0 {
			to = &r.page.Forms[f.form-1].Fields
		}
		*to = append(*to, f)
	}
}

func options(n *html.Node) []Option {
	var list []Option
	for o := range n.Descendants() {
		if o.DataAtom != atom.Option {
			continue
		}
		if len(list) == maxOptions {
			break
		}
		all := attributes(o)
		_, selected := all["selected"]
		read := text(o, maxLabel)
		value, said := all["value"]
		if !said {
			value = read
		}
		list = append(list, Option{Value: value, Text: read, Selected: selected})
	}
	return list
}

// chosen is the value that a drop-down has when nobody touches it: the last
// selected option, else the first; a list of several lines may have none.
func chosen(f Field) string {
	value := ""
	_, several := f.Attributes["multiple"]
	for i, o := range f.Options {
		if o.Selected || i == 0 && !several {
			value = o.Value
		}
	}
	return value
}
