package page

import (
	"cmp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// labels are the texts of <label for=ID>, by id.
func labels(doc *goquery.Document) map[string]string {
	all := map[string]string{}
	for _, n := range doc.Find("label[for]").Nodes {
		id := attribute(n, "for")
		if id != "" && all[id] == "" {
			all[id] = text(n, maxLabel)
		}
	}
	return all
}

// label finds what a person reads beside a field. Pages say it in many ways;
// the surest come first.
func (r *reader) label(n *html.Node, f Field) string {
	switch f.Kind {
	case "hidden":
		return ""
	case "submit", "button", "reset", "image":
		return cmp.Or(text(n, maxLabel), fold(f.Value), fold(f.Attributes["alt"]), fold(f.Attributes["title"]))
	}
	if said := cmp.Or(r.labels[f.ID], r.around(n)); said != "" {
		return said
	}
	before := cut(fold(r.before.String()), maxLabel)
	if f.Kind == "checkbox" || f.Kind == "radio" {
		return cmp.Or(after(n), before, r.cellBefore(n))
	}
	return cmp.Or(r.cellBefore(n), before, fold(f.Attributes["aria-label"]), fold(f.Attributes["title"]), fold(f.Attributes["placeholder"]))
}

// around is the text of the label in which a field stands.
func (r *reader) around(n *html.Node) string {
	for p, up := n.Parent, 0; p != nil && up < maxDepth && !cell(p); p, up = p.Parent, up+1 {
		if p.DataAtom == atom.Label {
			return r.once(p, func() string { return text(p, maxLabel) })
		}
	}
	return ""
}

// after is the text that follows a box on its line.
func after(n *html.Node) string {
	t := texts{most: maxLabel}
	for s := n.NextSibling; s != nil && t.steps < maxSteps; s = s.NextSibling {
		if s.Type == html.ElementNode && (!inline(s.DataAtom) || owned(s.DataAtom)) {
			break
		}
		t.gather(s, 0, 0)
	}
	return t.String()
}

// cellBefore is the text of the table cell before that of a field. A cell that
// has a control itself is no label.
func (r *reader) cellBefore(n *html.Node) string {
	for up := 0; n != nil && !cell(n) && up < maxDepth; up++ {
		n = n.Parent
	}
	if n == nil {
		return ""
	}
	for n = n.PrevSibling; n != nil && !cell(n); {
		n = n.PrevSibling
	}
	if n == nil {
		return ""
	}
	return r.once(n, func() string {
		for c := range n.Descendants() {
			if owned(c.DataAtom) && !strings.EqualFold(attribute(c, "type"), "hidden") {
				return ""
			}
		}
		return text(n, maxLabel)
	})
}

func (r *reader) once(n *html.Node, read func() string) string {
	said, known := r.said[n]
	if !known {
		said = read()
		r.said[n] = said
	}
	return said
}

func cell(n *html.Node) bool { return n.DataAtom == atom.Td || n.DataAtom == atom.Th }
