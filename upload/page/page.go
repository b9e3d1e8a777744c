// Package page reads the web pages of phones: forms, tables, drop-downs, the
// variables of scripts, and the phone's own words. It knows no dialect and no
// phone's names; nothing here does I/O.
package page

import (
	"time"
)

// Page is one page as it came from a phone.
type Page struct {
	Title string
	Forms []Form
	// Loose are the fields that stand in no form, in the order of the page.
	Loose []Field
	// Links are the links and frames, in order.
	Links []Link
	// Tables are all tables, with the text of their cells.
	Tables []Table
	// Variables are the assignments of literals in scripts: var g_x = "…". An
	// assignment to the page's address that runs when the page is loaded stands
	// as "window.location", however the script writes it.
	Variables map[string]string
	// Scripts are the addresses of scripts that the page loads, Inline the text
	// of those that stand in it and of the onclick, onsubmit and other on…
	// attributes.
	Scripts, Inline []string
	// Text is what a person reads, blanks folded: no scripts, nothing hidden.
	Text string

	// lines are Text as the page breaks it.
	lines []string
	// facts are labels and the values beside them.
	facts []fact
	// refresh is the address of a meta refresh.
	refresh string
}

// Form is a form with its fields: those that a browser would send with it, also
// where they stand outside of its element.
type Form struct {
	ID, Name, Action string
	// Method is "GET" or "POST", Enctype in lower case and "" when not said.
	Method, Enctype string
	Fields          []Field
	// Attributes are all attributes as they stand in the page.
	Attributes map[string]string
}

// Field is an input, a select, a textarea or a button.
type Field struct {
	ID, Name, Value string
	// Kind is the type of an input ("text", "hidden", "file", "submit", …),
	// or "select", "textarea", "button". The Value of a checkbox is what it
	// sends when Attributes has "checked".
	Kind string
	// Label is the text that a person reads beside the field.
	Label string
	// Options are those of a select.
	Options []Option
	// Attributes are all attributes as they stand in the page.
	Attributes map[string]string

	// form is the place in Page.Forms counted from 1, 0 outside of all; place
	// that among all fields of the page.
	form, place int
}

// Option is one choice of a drop-down.
type Option struct {
	Value, Text string
	Selected    bool
}

// Table is a table: the text of its cells, and the controls in each row. A table
// within a cell is a table of its own as well.
type Table struct {
	ID string
	// Head are the cells of the first row when it is made of head cells alone.
	Head []string
	Rows []Row
}

// Row is a line of a table.
type Row struct {
	// Cells are the texts; a cell over several columns is followed by empty
	// ones, so that a text stands at its column.
	Cells []string
	// Forms are those that begin in the row. Fields are all controls in it, in
	// a form or not (Page.FormOf). Links are the addresses of its links,
	// Scripts its onclick attributes and javascript: links.
	Forms   []Form
	Fields  []Field
	Links   []string
	Scripts []string
}

// Certificate is a row of a list of certificates, found by its column heads.
type Certificate struct {
	IssuedTo, IssuedBy, Expiration string
	// Expires is Expiration understood; zero when it was not. A phone that
	// prints no zone may mean its own; UTC is taken.
	Expires time.Time
	// DayOnly says that of Expires only the day is known.
	DayOnly bool
	// Row is where it stands, with the controls that delete it.
	Row Row
	// Index is the place in the list, from 0.
	Index int
}
