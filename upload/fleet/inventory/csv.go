package inventory

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
)

// table is the header of a CSV list.
type table struct {
	separator byte
	columns   []column
	labels    []string
}

// newTable reads the header. Its words go into no error: a list without one has
// a phone's password in that place.
func newTable(line int, text []byte) (*table, []finding.Finding, error) {
	t := &table{separator: sniff(text)}
	var notes []finding.Finding
	cells, closed := split(text, t.separator)
	taken := map[column]bool{}
	var unknown []string
	for _, cell := range cells {
		label := strings.TrimSpace(strings.ToValidUTF8(string(cell), "\uFFFD"))
		c := columnOf(label)
		switch {
		case c == unknownColumn && label != "":
			unknown = append(unknown, label)
		case c != unknownColumn && taken[c]:
			notes = append(notes, remark("inventory.column-twice", finding.Warning, "rename one of them",
				fmt.Sprintf("two columns mean %s; the first one counts", c)))
			c, label = unknownColumn, ""
		}
		taken[c] = true
		t.columns, t.labels = append(t.columns, c), append(t.labels, label)
	}
	switch {
	case len(cells) > MaxColumns:
		return nil, nil, &Error{Line: line, Problem: fmt.Sprintf("the header has more than %d columns", MaxColumns), Hint: "give a CSV file whose header names the column address"}
	case !closed || !taken[address]:
		return nil, nil, &Error{Line: line, Problem: "the header names no column address (nor host, phone, ip, url)",
			Hint: "begin the list with a line such as address,mac,handset"}
	}
	if len(unknown) > 0 {
		notes = append(notes, remark("inventory.column-not-known", finding.Note,
			"the known ones are address, mac, handset, user, password, via, only_trusted, ca, cn_validation, device_cert, custom, name",
			fmt.Sprintf("columns that are not known are kept and not used: %q", unknown)))
	}
	return t, notes, nil
}

// sniff finds the separator: the one that the header has most of.
func sniff(header []byte) byte {
	best, most := byte(','), 0
	for _, separator := range []byte(",;\t") {
		if n := bytes.Count(header, []byte{separator}); n > most {
			best, most = separator, n
		}
	}
	return best
}

// read takes in a line.
func (t *table) read(row *Row, text []byte) {
	cells, closed := split(text, t.separator)
	switch {
	case !closed:
		row.problem("inventory.quote", finding.Error, "close it, or write it twice if it is meant", "a quotation mark is not closed on its line; the row is left out")
		return
	case len(cells) > len(t.columns):
		row.problem("inventory.too-many-fields", finding.Error, "put quotation marks around a field that holds the separator",
			"it has %d fields and the header %d; the row is left out", len(cells), len(t.columns))
		return
	}
	for i, cell := range cells {
		if t.labels[i] != "" {
			row.put(t.columns[i], t.labels[i], string(cell))
		}
	}
}

// split parts a line into its fields (RFC 4180, section 2). A field with a line
// break in it is not closed: no field of this list needs one.
func split(text []byte, separator byte) (cells [][]byte, closed bool) {
	for {
		if len(text) == 0 || text[0] != '"' {
			cell, rest, more := bytes.Cut(text, []byte{separator})
			cells = append(cells, cell)
			if !more {
				return cells, true
			}
			text = rest
			continue
		}
		cell, rest, ok := quoted(text[1:])
		if !ok || len(rest) > 0 && rest[0] != separator {
			return cells, false
		}
		cells = append(cells, cell)
		if len(rest) == 0 {
			return cells, true
		}
		text = rest[1:]
	}
}

// quoted reads up to the closing quotation mark; two of them are one that is meant.
func quoted(text []byte) (cell, rest []byte, ok bool) {
	for {
		before, after, found := bytes.Cut(text, []byte{'"'})
		if !found {
			return nil, nil, false
		}
		cell = append(cell, before...)
		if len(after) == 0 || after[0] != '"' {
			return cell, after, true
		}
		cell = append(cell, '"')
		text = after[1:]
	}
}
