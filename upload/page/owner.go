package page

import (
	"bytes"
	"strconv"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// owner is the attribute in which mark tells the number of a form, on the form
// and on its controls.
const owner = "phonecert:owner"

// maxNested is how many tables within each other are followed: by mark on pages
// that are too deep, and for the texts and controls of a row.
const maxNested = 4

// mark writes on each control to which form it belongs. Pages with a <form>
// between <table> and <tr> lose that in the tree: the parser leaves the form
// empty there, and only remembers it as the owner of the controls that follow,
// up to </form> (HTML standard, section 4.10.17.3). A browser sends by that
// memory. It hangs on the order of the tags alone.
//
// With bare only those tags are kept that hold data.
func mark(page []byte, bare bool) []byte {
	out := bytes.NewBuffer(make([]byte, 0, len(page)+len(page)/2))
	z := html.NewTokenizer(bytes.NewReader(page))
	last, open, tables := 0, "", 0
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return out.Bytes()
		}
		raw := z.Raw()
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken && kind != html.EndTagToken {
			out.Write(raw)
			continue
		}
		tag, place := atom.Lookup(bytes.ToLower(name(raw))), len(name(raw))
		end := kind == html.EndTagToken
		if tag == atom.Table {
			tables = max(0, tables+map[bool]int{false: 1, true: -1}[end])
		}
		if bare && !(shallow(tag) || inTable(tag) && tables <= maxNested) {
			out.WriteByte(' ')
			continue
		}
		if tag == atom.Form && end {
			open = ""
		}
		if end || !owned(tag) && tag != atom.Form {
			out.Write(raw)
			continue
		}
		number := open
		if tag == atom.Form {
			// A form within a form is none.
			if number = ""; open == "" {
				last++
				open = strconv.Itoa(last)
				number = open
			}
		}
		out.Write(raw[:1+place])
		out.WriteString(" " + owner + `="` + number + `" `)
		out.Write(raw[1+place:])
	}
}

// name returns the name of a tag, </ or < before it.
func name(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw[1:], []byte("/"))
	if i := bytes.IndexAny(raw, " \t\r\n\f/>"); i >= 0 {
		return raw[:i]
	}
	return raw
}

// owned are the controls, which belong to a form.
func owned(tag atom.Atom) bool {
	switch tag {
	case atom.Input, atom.Select, atom.Textarea, atom.Button:
		return true
	}
	return false
}

// shallow are elements that cannot stand within one of their kind.
func shallow(tag atom.Atom) bool {
	switch tag {
	case atom.Form, atom.Option, atom.Script, atom.Style, atom.Title, atom.Meta, atom.Br:
		return true
	}
	return owned(tag)
}

func inTable(tag atom.Atom) bool {
	switch tag {
	case atom.Table, atom.Tr, atom.Td, atom.Th:
		return true
	}
	return false
}
