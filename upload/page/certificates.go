package page

import (
	"slices"
	"strings"
)

// columns are the places of the column heads that a list of certificates has on
// every phone (the fact sheet on the web interface), and how many heads stand
// beside each other.
type columns struct{ to, by, expires, all int }

// Certificates finds the list of certificates by its column heads; ok is false
// when the page has none. Of several lists it is the first that is not empty.
func (p *Page) Certificates() (list []Certificate, ok bool) {
	for i, t := range p.Tables {
		rows := append([]Row{{Cells: t.Head}}, t.Rows...)
		at := slices.IndexFunc(rows, func(r Row) bool { _, ok := heads(r.Cells); return ok })
		if at < 0 {
			continue
		}
		ok = true
		c, _ := heads(rows[at].Cells)
		list = certificates(rows[at+1:], c)
		if len(list) == 0 && i+1 < len(p.Tables) {
			list = below(p.Tables[i+1], c)
		}
		if len(list) > 0 {
			return list, true
		}
	}
	return nil, ok
}

// heads finds the columns; a cell that holds more than its head, as those of a
// table around the list do, is none.
func heads(cells []string) (c columns, ok bool) {
	find := func(is func(string) bool) int {
		return slices.IndexFunc(cells, func(s string) bool { return is(key(s)) })
	}
	c.to = find(func(s string) bool { return s == "issuedto" })
	c.by = find(func(s string) bool { return s == "issuedby" })
	c.expires = find(func(s string) bool { return strings.HasPrefix(s, "expir") })
	c.all = len(cells)
	return c, c.to >= 0 && c.by >= 0 && c.expires >= 0
}

func certificates(rows []Row, c columns) []Certificate {
	var list []Certificate
	for _, row := range rows {
		if _, again := heads(row.Cells); again {
			continue
		}
		if found, ok := certificate(row, c); ok {
			found.Index = len(list)
			list = append(list, found)
		}
	}
	return list
}

// certificate reads a row. A box or a number before the row without a head of
// its own moves the columns; the date tells by how many.
func certificate(row Row, c columns) (found Certificate, ok bool) {
	for moved := 0; moved <= max(0, len(row.Cells)-c.all); moved++ {
		if max(c.to, c.by, c.expires)+moved >= len(row.Cells) {
			break
		}
		read := Certificate{
			IssuedTo: row.Cells[c.to+moved], IssuedBy: row.Cells[c.by+moved],
			Expiration: row.Cells[c.expires+moved], Row: row,
		}
		read.Expires, read.DayOnly = Date(read.Expiration)
		if !read.Expires.IsZero() {
			return read, true
		}
		if moved == 0 {
			found = read
		}
	}
	named := found.IssuedTo != "" || found.IssuedBy != ""
	return found, named && found.Expiration != "" && len(row.Cells) >= c.all
}

// below reads the list from a table under one that has only the heads. Since
// the table may be another, only rows with a date count.
func below(t Table, c columns) []Certificate {
	list := certificates(append([]Row{{Cells: t.Head}}, t.Rows...), c)
	list = slices.DeleteFunc(list, func(f Certificate) bool { return f.Expires.IsZero() })
	for i := range list {
		list[i].Index = i
	}
	return list
}
