package page

import (
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// address is the name under which an assignment to the page's address stands.
const address = "window.location"

// readScripts collects scripts, and what they assign.
func (p *Page) readScripts(doc *goquery.Document) {
	inline := 0
	keep := func(script string) bool {
		if inline += len(script); inline > maxInline || len(p.Inline) == maxScripts || fold(script) == "" {
			return false
		}
		p.Inline = append(p.Inline, script)
		return true
	}
	deep := map[string]string{}
	for _, n := range doc.Find("script").Nodes {
		if src := strings.TrimSpace(attribute(n, "src")); src != "" && len(p.Scripts) < maxScripts {
			p.Scripts = append(p.Scripts, src)
		}
		if script := raw(n); runs(n) && keep(script) {
			assignments(script, p.Variables, deep)
		}
	}
	for n := range doc.Nodes[0].Descendants() {
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") && keep(a.Val) && a.Key == "onload" {
				assignments(a.Val, p.Variables, deep)
			}
		}
	}
	// A page that does nothing but send on may do so within a function; on
	// others that is what a button would do.
	if deep[address] != "" && doc.Find("input, select, textarea, button, table, a").Length() > 0 {
		delete(deep, address)
	}
	for name, value := range deep {
		if _, set := p.Variables[name]; !set {
			p.Variables[name] = value
		}
	}
}

// runs reports whether a script is one that runs, and no template or JSON.
func runs(n *html.Node) bool {
	kind := strings.ToLower(attribute(n, "type"))
	return kind == "" || kind == "module" || strings.Contains(kind, "javascript") || strings.Contains(kind, "ecmascript")
}

// assignments reads name = literal. Those within braces go to deep, for they
// may run or not.
func assignments(script string, top, deep map[string]string) {
	l := lexer{rest: script}
	for t := l.next(); t.kind != atEnd; {
		name, depth := t, l.depth
		if t = l.next(); name.kind != word || t.kind != other || t.text != "=" && t.text != "(" {
			continue
		}
		place, call := isAddress(name.text)
		if call != (t.text == "(") {
			continue
		}
		var value string
		var ok bool
		if value, t, ok = constant(&l); !ok {
			continue
		}
		key, into := name.text, top
		if place {
			key = address
		}
		if depth > 0 {
			into = deep
		}
		if _, set := into[key]; set || len(into) < maxVariables {
			into[key] = value
		}
	}
}

// isAddress reports whether a name is that of the page's address, and whether
// it is a function that sets it.
func isAddress(name string) (place, call bool) {
	parts := strings.Split(name, ".")
	for len(parts) > 1 && slices.Contains([]string{"window", "self", "top", "parent", "document"}, parts[0]) {
		parts = parts[1:]
	}
	switch strings.Join(parts, ".") {
	case "location", "location.href":
		return true, false
	case "location.replace", "location.assign":
		return true, true
	}
	return false, false
}

// constant reads a literal that is the whole of a value, strings joined by +
// included, and the token after it.
func constant(l *lexer) (value string, after token, ok bool) {
	t, sign := l.next(), ""
	if t.kind == other && t.text == "-" {
		sign = "-"
		t = l.next()
	}
	first := t
	value = sign + t.text
	switch after = l.next(); {
	case t.kind == literal && sign == "", t.kind == number:
	case t.kind == word && sign == "" && slices.Contains([]string{"true", "false", "null"}, t.text):
	default:
		return "", t, false
	}
	for first.kind == literal && after.kind == other && after.text == "+" {
		if t = l.next(); t.kind != literal {
			return "", t, false
		}
		value += t.text
		after = l.next()
	}
	ends := after.kind == atEnd || after.kind == other && strings.Contains(";,)}", after.text) || after.newline && after.kind == word
	return value, after, ends
}

// written is the text that a script of a single call puts where it stands:
// document.write("…") everywhere, and in cells and the like any function of one
// string, by which pages in several languages write their words.
func written(n *html.Node) string {
	if n.DataAtom != atom.Script || n.FirstChild == nil || len(n.FirstChild.Data) > maxLabel {
		return ""
	}
	l := lexer{rest: n.FirstChild.Data}
	name, open, said, end := l.next(), l.next(), l.next(), l.next()
	rest := l.next()
	if rest.text == ";" {
		rest = l.next()
	}
	if name.kind != word || open.text != "(" || said.kind != literal || end.text != ")" || rest.kind != atEnd || strings.ContainsAny(said.text, "<>") {
		return ""
	}
	switch n.Parent.DataAtom {
	case atom.Td, atom.Th, atom.Label, atom.Option, atom.Button, atom.Legend, atom.Dt, atom.Dd, atom.Span, atom.A, atom.B, atom.Font:
		return said.text
	}
	if strings.HasPrefix(name.text, "document.write") {
		return said.text
	}
	return ""
}
