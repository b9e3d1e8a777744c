package inventory

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"

	"github.com/phonecert/phonecert/inspect/finding"
)

// Reader reads a list row by row.
type Reader struct {
	in   *bufio.Reader
	line int
	rows int
	// csv is nil until the first line is read, and for JSON lines.
	csv    *table
	header string
	begun  bool
	err    error
	notes  []finding.Finding
	seen   map[string]int
}

// NewReader returns a reader of a list. Nothing is read before the first Read.
func NewReader(r io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, MaxLine), seen: map[string]int{}}
}

// Notes are remarks on the list as a whole, such as columns that are not
// known. They are complete after the first Read.
func (r *Reader) Notes() []finding.Finding { return r.notes }

// Header is the line that names the columns, as it was read; "" for JSON lines.
// It is known after the first Read.
func (r *Reader) Header() string { return r.header }

// All gives the rows in turn. An *Error is given last, with an empty row.
func (r *Reader) All() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for {
			row, err := r.Read()
			if err == io.EOF || !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// Read gives the next row, and io.EOF after the last one. What is wrong with a
// row stands in the row; an *Error says that there is no reading on.
func (r *Reader) Read() (Row, error) {
	if r.err == nil && !r.begun {
		r.begin()
	}
	for r.err == nil {
		text, whole, err := r.next()
		if err != nil {
			r.err = err
			break
		}
		row := Row{Line: r.line}
		if whole {
			row.Text = Secret(text)
		}
		switch {
		case !whole:
			row.problem("inventory.line-too-long", finding.Error, "one phone a line", "it has more than %d bytes and is left out", MaxLine)
		case len(bytes.TrimSpace(text)) == 0, r.csv != nil && text[0] == '#':
			continue
		case r.csv != nil:
			r.csv.read(&row, text)
		default:
			readJSON(&row, text)
		}
		if r.rows++; r.rows > MaxRows {
			r.err = &Error{Line: r.line, Problem: "more rows than any site has phones", Hint: "split the list"}
			break
		}
		r.settle(&row)
		return row, nil
	}
	return Row{}, r.err
}

// begin reads the first line that holds something and finds out what the list is.
func (r *Reader) begin() {
	r.begun = true
	if mark, _ := r.in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		r.in.Discard(len(mark))
	} else if len(mark) >= 2 && (mark[0] == 0xFF && mark[1] == 0xFE || mark[0] == 0xFE && mark[1] == 0xFF) {
		r.err = &Error{Problem: "it is UTF-16", Hint: "save it as CSV in UTF-8"}
		return
	}
	for {
		if first, _ := r.in.Peek(1); len(first) == 1 && first[0] == '{' {
			return // JSON lines have no header
		}
		text, whole, err := r.next()
		switch {
		case errors.Is(err, io.EOF):
			r.err = &Error{Problem: "it is empty", Hint: "give a CSV file whose header names the column address, or JSON lines"}
			return
		case err != nil:
			r.err = err
			return
		case !whole || bytes.IndexByte(text, 0) >= 0:
			r.err = &Error{Line: r.line, Problem: "it is no text with a header", Hint: "give a CSV file whose header names the column address, or JSON lines"}
			return
		case len(bytes.TrimSpace(text)) == 0 || text[0] == '#':
			continue
		}
		r.header = string(text)
		r.csv, r.notes, r.err = newTable(r.line, text)
		return
	}
}

// next reads a line without its end. A longer one than MaxLine is skipped over
// and not whole.
func (r *Reader) next() (text []byte, whole bool, err error) {
	text, err = r.in.ReadSlice('\n')
	whole = true
	r.line++
	for skipped := 0; errors.Is(err, bufio.ErrBufferFull); skipped += MaxLine {
		if whole = false; skipped >= MaxSkipped {
			return nil, false, &Error{Line: r.line, Problem: "the line does not end", Hint: "give a text with one phone a line"}
		}
		_, err = r.in.ReadSlice('\n')
	}
	switch {
	case errors.Is(err, io.EOF) && (len(text) > 0 || !whole):
		err = nil
	case errors.Is(err, io.EOF):
		return nil, false, io.EOF
	case err != nil:
		return nil, false, &Error{Line: r.line, Problem: "it cannot be read further", Hint: "look whether the file is whole", Err: err}
	}
	return bytes.TrimRight(text, "\r\n"), whole, nil
}

// settle looks at a row that was read, and for earlier ones of the same phone.
func (r *Reader) settle(row *Row) {
	if row.Address == "" && len(row.Problems) == 0 {
		row.problem("inventory.no-address", finding.Error, "give the phone's address", "there is no address")
	}
	r.first(row, "a", normal(row.Address))
	r.first(row, "m", string(row.MAC))
}

// first remembers where a phone stood first.
func (r *Reader) first(row *Row, kind, key string) {
	if key == "" || row.Duplicate != 0 {
		return
	}
	line, known := r.seen[kind+key]
	if !known {
		r.seen[kind+key] = row.Line
		return
	}
	row.Duplicate = line
	if kind == "m" {
		row.problem("inventory.same-mac", finding.Warning, "leave one of them out", "the MAC address stands in line %d too; the row is left out", line)
		return
	}
	row.problem("inventory.same-address", finding.Warning, "leave one of them out", "the address stands in line %d too; the row is left out", line)
}
