package page

import (
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// readTables collects the tables, when all forms have their fields.
func (r *reader) readTables(doc *goquery.Document) {
	rows := 0
	for _, n := range doc.Find("table").Nodes {
		if len(r.page.Tables) == maxTables {
			return
		}
		t := Table{ID: attribute(n, "id")}
		for _, line := range lines(n) {
			if rows++; rows > maxRows {
				break
			}
			row, head := r.row(line)
			if head && len(t.Head) == 0 && len(t.Rows) == 0 {
				t.Head = row.Cells
				continue
			}
			t.Rows = append(t.Rows, row)
			r.rowFacts(row)
		}
		r.headFacts(t)
		r.page.Tables = append(r.page.Tables, t)
	}
}

// lines are the rows of a table itself, not of tables within it.
func lines(table *html.Node) []*html.Node {
	var list []*html.Node
	for c := table.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Tr:
			list = append(list, c)
		case atom.Thead, atom.Tbody, atom.Tfoot:
			list = append(list, lines(c)...)
		}
	}
	return list
}

// row reads a line; head says that all its cells are head cells.
func (r *reader) row(line *html.Node) (row Row, head bool) {
	head = true
	for c := line.FirstChild; c != nil; c = c.NextSibling {
		if !cell(c) || len(row.Cells) >= maxColumns {
			continue
		}
		head = head && c.DataAtom == atom.Th
		row.Cells = append(row.Cells, text(c, maxCell))
		span, _ := strconv.Atoi(strings.TrimSpace(attribute(c, "colspan")))
		for ; span > 1 && len(row.Cells) < maxColumns; span-- {
			row.Cells = append(row.Cells, "")
		}
	}
	r.controls(&row, line, 0, 0)
	return row, head && len(row.Cells) > 0
}

// controls collects what in a row can be pressed, filled in or sent.
func (r *reader) controls(row *Row, n *html.Node, nested, depth int) {
	if n.DataAtom == atom.Table {
		nested++
	}
	if nested > maxNested || depth > maxDepth {
		return
	}
	if place := r.own[n]; place > 0 {
		row.Fields = append(row.Fields, r.fields[place-1])
	}
	if place := r.nodes[n]; place > 0 {
		row.Forms = append(row.Forms, r.page.Forms[place-1])
	}
	if n.DataAtom == atom.A {
		href := strings.TrimSpace(attribute(n, "href"))
		if script, ok := cutScript(href); ok {
			row.Scripts = append(row.Scripts, script)
		} else if href != "" {
			row.Links = append(row.Links, href)
		}
	}
	if script := attribute(n, "onclick"); script != "" {
		row.Scripts = append(row.Scripts, script)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.controls(row, c, nested, depth+1)
	}
}

// cutScript returns the script of a javascript: link.
func cutScript(href string) (string, bool) {
	const scheme = "javascript:"
	if len(href) < len(scheme) || !strings.EqualFold(href[:len(scheme)], scheme) {
		return "", false
	}
	return strings.TrimSpace(href[len(scheme):]), true
}
