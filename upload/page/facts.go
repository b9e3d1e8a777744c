package page

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// fact is a label, as key writes it, and the value beside it.
type fact struct{ label, value string }

// key writes a label so that two of them compare: no blanks, no case, no colon.
func key(label string) string {
	return strings.TrimRight(strings.ToLower(strings.Join(strings.Fields(label), "")), ":：")
}

// Labeled is the value beside a label, as in tables of facts: "Firmware
// Version" gives "2.73.0.50". Labels are compared without case, blanks and a
// colon at the end. Without such a fact it is the value of a field of that
// label, passwords excepted; "" when there is none either.
func (p *Page) Labeled(label string) string {
	label = key(label)
	if label == "" {
		return ""
	}
	if i := slices.IndexFunc(p.facts, func(f fact) bool { return f.label == label }); i >= 0 {
		return p.facts[i].value
	}
	for _, f := range p.Fields() {
		if f.Kind != "password" && f.Value != "" && key(f.Label) == label {
			return f.Value
		}
	}
	return ""
}

func (p *Page) addFact(label, value string) {
	if label = key(label); label != "" && value != "" && len(label) <= maxLabel && len(p.facts) < maxFacts {
		p.facts = append(p.facts, fact{label, value})
	}
}

// fact reads definition lists, and labels that belong to no field.
func (r *reader) fact(n *html.Node) {
	if n.DataAtom != atom.Dt && (n.DataAtom != atom.Label || attribute(n, "for") != "") {
		return
	}
	beside := n.NextSibling
	for beside != nil && beside.Type != html.ElementNode {
		beside = beside.NextSibling
	}
	if beside == nil || beside.DataAtom == n.DataAtom || beside.DataAtom == atom.Br {
		return
	}
	r.page.addFact(text(n, maxLabel), text(beside, maxLabel))
}

// rowFacts reads rows of a label and a value, several in a row too.
func (r *reader) rowFacts(row Row) {
	label := ""
	for _, cell := range row.Cells {
		switch {
		case cell == "":
		case label == "" || strings.HasSuffix(cell, ":"):
			label = cell
		default:
			r.page.addFact(label, cell)
			label = ""
		}
	}
}

// headFacts reads a table of heads and one line of values.
func (r *reader) headFacts(t Table) {
	if len(t.Rows) != 1 || len(t.Rows[0].Cells) != len(t.Head) {
		return
	}
	for i, label := range t.Head {
		r.page.addFact(label, t.Rows[0].Cells[i])
	}
}

// colons reads lines that say "Label: value".
func colons(lines []string) []fact {
	var facts []fact
	for _, line := range lines {
		label, value, ok := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); ok && value != "" && key(label) != "" && len(label) <= maxLabel && len(facts) < maxFacts {
			facts = append(facts, fact{key(label), value})
		}
	}
	return facts
}

// resultID is the id of the element in which phones of V81 and later answer
// (the fact sheet on the web interface).
const resultID = "_RES_INFO_"

// Result is the text of the element _RES_INFO_; ok is false when there is none.
func Result(body []byte) (text string, ok bool) {
	if !bytes.Contains(body, []byte(resultID)) {
		return "", false
	}
	z := html.NewTokenizer(bytes.NewReader(decode(body)))
	var b strings.Builder
	tag, depth := "", 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(b.String()), tag != ""
		case html.TextToken:
			if tag != "" {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			if t := z.Token(); tag == "" && slices.ContainsFunc(t.Attr, func(a html.Attribute) bool { return a.Key == "id" && a.Val == resultID }) {
				tag, depth = t.Data, 1
			} else if t.Data == tag {
				depth++
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); tag != "" && string(name) == tag {
				if depth--; depth == 0 {
					return strings.TrimSpace(b.String()), true
				}
			}
		}
	}
}
