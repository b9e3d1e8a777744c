package page

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// The most of each kind that is kept of a page; the rest is left out.
const (
	maxBytes     = 1 << 20
	maxForms     = 200
	maxFields    = 5000
	maxOptions   = 5000
	maxTables    = 200
	maxRows      = 5000
	maxColumns   = 100
	maxScripts   = 1000
	maxInline    = 1 << 20 // bytes of scripts, all together
	maxVariables = 5000
	maxFacts     = 5000
	// maxCell and maxLabel are bytes of the text of a cell and of a label.
	maxCell, maxLabel = 4096, 300
	// maxDepth is how deep the tree is walked. The parser opens 512 elements
	// within each other; what it moves about may come to lie deeper.
	maxDepth = 1024
)

// Parse reads a page. It takes whatever comes and never fails: what cannot be
// understood is left out. Of more than 1 MiB the beginning is read.
func Parse(body []byte) *Page {
	p := &Page{Variables: map[string]string{}}
	doc := tree(decode(body))
	if doc == nil {
		return p
	}
	if title := doc.Find("title").Nodes; len(title) > 0 {
		p.Title = text(title[0], maxLabel)
	}
	p.refresh = refresh(doc)
	p.readScripts(doc)
	p.Links = links(doc)
	r := reader{page: p, labels: labels(doc), own: map[*html.Node]int{}, said: map[*html.Node]string{}}
	r.readForms(doc)
	r.walk(doc.Nodes[0], 0)
	r.breakLine()
	r.deal()
	p.Text = strings.Join(p.lines, " ")
	r.readTables(doc)
	p.facts = append(p.facts, colons(p.lines)...)
	return p
}

// tree builds the tree of a page. The parser takes no more than 512 elements
// within each other; a deeper page is tried again with those tags alone that
// cannot be that deep.
func tree(body []byte) *goquery.Document {
	for _, bare := range []bool{false, true} {
		if root, err := html.Parse(bytes.NewReader(mark(body, bare))); err == nil {
			return goquery.NewDocumentFromNode(root)
		}
	}
	return nil
}

// decode makes UTF-8 of a page; bytes that are none are taken as Latin-1.
func decode(body []byte) []byte {
	body = bytes.TrimPrefix(body[:min(len(body), maxBytes)], []byte("\xef\xbb\xbf"))
	if utf8.Valid(body) {
		return body
	}
	out := make([]byte, 0, len(body)+len(body)/8)
	for len(body) > 0 {
		r, size := utf8.DecodeRune(body)
		if r == utf8.RuneError && size == 1 {
			r = rune(body[0])
		}
		out = utf8.AppendRune(out, r)
		body = body[size:]
	}
	return out
}

// attribute returns an attribute, "" where there is none.
func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// attributes returns all attributes of the page; of two of a name a browser
// takes the first.
func attributes(n *html.Node) map[string]string {
	all := make(map[string]string, len(n.Attr))
	for _, a := range n.Attr {
		if _, twice := all[a.Key]; !twice && a.Key != owner {
			all[a.Key] = a.Val
		}
	}
	return all
}
