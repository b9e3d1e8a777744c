package page

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// reader goes through a page in the order in which a person reads it.
type reader struct {
	page *Page
	// labels are the texts of the labels by the id of their field.
	labels map[string]string
	// forms are the places in page.Forms, counted from 1, by the number that
	// mark gave, named by id and name, and nodes their elements.
	forms, named map[string]int
	nodes        map[*html.Node]int
	// fields are all controls in order, own their places, counted from 1.
	fields []Field
	own    map[*html.Node]int
	// said are the texts of labels and cells that were needed already: a
	// thousand fields may stand within one label.
	said map[*html.Node]string
	// line is the text since the last line break, without what the page hides,
	// before all text since the last control.
	line, before strings.Builder
	hidden       int
}

// walk collects lines, controls and facts.
func (r *reader) walk(n *html.Node, depth int) {
	if depth > maxDepth {
		return
	}
	if n.Type == html.TextNode {
		r.write(n.Data)
		return
	}
	if n.Type == html.ElementNode {
		if owned(n.DataAtom) {
			r.control(n)
			r.before.Reset()
		}
		r.fact(n)
		r.write(written(n))
		if silent(n.DataAtom) || n.DataAtom == atom.Head {
			return
		}
		if hidden(n) {
			r.hidden++
			defer func() { r.hidden-- }()
		}
		if !inline(n.DataAtom) {
			r.breakLine()
			defer r.breakLine()
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.walk(c, depth+1)
	}
}

func (r *reader) write(text string) {
	r.before.WriteString(text)
	if r.hidden == 0 {
		r.line.WriteString(text)
	}
}

func (r *reader) breakLine() {
	if line := fold(r.line.String()); line != "" {
		r.page.lines = append(r.page.lines, line)
	}
	r.line.Reset()
	r.before.Reset()
}
