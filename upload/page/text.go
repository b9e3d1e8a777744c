package page

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// fold trims a text and makes one blank of each run of them; html's are among
// them, and the no-break space of &nbsp;.
func fold(text string) string {
	text = strings.TrimSpace(text)
	folded := true
	for i := range len(text) {
		// Most texts are folded already.
		c := text[i]
		folded = folded && (c > ' ' && c < utf8.RuneSelf || c == ' ' && text[i-1] != ' ')
	}
	if folded {
		return text
	}
	return strings.Join(strings.Fields(text), " ")
}

// maxSteps is how many nodes are looked at for one text.
const maxSteps = 20000

// text returns what a person reads in an element, up to most bytes.
func text(n *html.Node, most int) string {
	t := texts{most: most}
	t.gather(n, 0, 0)
	return t.String()
}

// texts gathers what a person reads in elements, controls left out.
type texts struct {
	b           strings.Builder
	most, steps int
}

func (t *texts) String() string { return cut(fold(t.b.String()), t.most) }

// cut shortens a text without cutting a letter.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// gather stops at most bytes, and at tables that lie too deep within each other.
func (t *texts) gather(n *html.Node, nested, depth int) {
	if t.steps++; t.steps > maxSteps || t.b.Len() > t.most || depth > maxDepth {
		return
	}
	switch {
	case n.Type == html.TextNode:
		t.b.WriteString(n.Data)
		return
	case n.DataAtom == atom.Script:
		t.b.WriteString(written(n))
		return
	case n.Type != html.ElementNode && n.Type != html.DocumentNode || silent(n.DataAtom):
		return
	case n.DataAtom == atom.Table:
		if nested++; nested > maxNested {
			return
		}
	}
	apart := ""
	if !inline(n.DataAtom) {
		apart = " "
	}
	t.b.WriteString(apart)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		t.gather(c, nested, depth+1)
	}
	t.b.WriteString(apart)
}

// raw is the text right within an element, as of a script.
func raw(n *html.Node) string {
	if c := n.FirstChild; c != nil && c.NextSibling == nil && c.Type == html.TextNode {
		return c.Data
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// silent are elements whose text nobody reads, and those controls whose text is
// a value.
func silent(tag atom.Atom) bool {
	switch tag {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Select, atom.Textarea,
		atom.Iframe, atom.Noembed, atom.Noframes, atom.Object, atom.Datalist:
		return true
	}
	return false
}

// inline are the elements that do not break a line.
func inline(tag atom.Atom) bool {
	switch tag {
	case 0, atom.A, atom.Abbr, atom.B, atom.Big, atom.Cite, atom.Code, atom.Em, atom.Font, atom.I,
		atom.Img, atom.Input, atom.Kbd, atom.Label, atom.Mark, atom.Nobr, atom.Q, atom.S, atom.Samp,
		atom.Small, atom.Span, atom.Strike, atom.Strong, atom.Sub, atom.Sup, atom.Tt, atom.U, atom.Var:
		return true
	}
	return silent(tag)
}

// hidden reports whether the page itself hides an element. What a style sheet
// hides is not known.
func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "hidden" {
			return true
		}
		if a.Key == "style" && strings.Contains(strings.ReplaceAll(strings.ToLower(a.Val), " ", ""), "display:none") {
			return true
		}
	}
	return false
}
