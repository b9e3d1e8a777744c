// Package inventory reads lists of phones: CSV with a header, or JSON lines. It
// reads row by row and keeps of them only what tells duplicates, so that a long
// list takes little memory. Nothing here does I/O of its own.
package inventory

import (
	"fmt"

	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/inspect/finding"
)

// What a reader takes in. A list beyond these is no list of phones.
const (
	// MaxLine is the longest line, in bytes.
	MaxLine = 64 << 10
	// MaxSkipped is how much of a longer line is passed over, in bytes.
	MaxSkipped = 16 << 20
	// MaxField is the longest field, in bytes.
	MaxField = 4 << 10
	// MaxColumns is how many columns a list may have.
	MaxColumns = 256
	// MaxRows is how many rows are read.
	MaxRows = 1_000_000
)

// Row is one phone of the list. Fields that the list does not have are empty.
type Row struct {
	// Line is where the row stands, from 1 on.
	Line int
	// Text is that line as it was read, passwords and all; "" when it is too long.
	Text Secret
	// Address is the phone's host name, address or URL as it was written.
	Address string
	MAC     mac.Address
	// Handset is the model, as --handset takes it.
	Handset  string
	User     string
	Password Secret
	// Via fixes the route of an upload.
	Via string
	// The trust settings, spelled as on the command line.
	OnlyTrusted, CA, CNValidation, DeviceCert string
	// Custom are files with the certificates that were uploaded to the phone.
	Custom []string
	// Server is the name by which the phone calls its server.
	Server string
	// Extra are the columns that are not known, by their names; nil if none.
	Extra map[string]string
	// Duplicate is the line of an earlier row for the same phone, 0 if none.
	Duplicate int
	// Problems are what is wrong with the row, each with its line. An error
	// says that the row, or what it says, cannot be used.
	Problems []finding.Finding
}

// Usable reports whether the row stands for a phone of its own.
func (r *Row) Usable() bool { return r.Address != "" && r.Duplicate == 0 }

// problem notes what is wrong with the row.
func (r *Row) problem(code string, severity finding.Severity, fix, format string, args ...any) {
	r.Problems = append(r.Problems, remark(code, severity, fix, fmt.Sprintf("line %d: ", r.Line)+fmt.Sprintf(format, args...)))
}

func remark(code string, severity finding.Severity, fix, message string) finding.Finding {
	return finding.Finding{Code: code, Severity: severity, Message: message, Fix: fix, Basis: finding.Documented, Source: "the inventory"}
}

// Error is why a list cannot be read at all.
type Error struct {
	// Line is where reading ended, 0 when it did not begin.
	Line int
	// Problem is what is wrong, Hint what to do. Neither holds a field's value.
	Problem, Hint string
	// Err is the error of the stream, nil when the list itself is at fault.
	Err error
}

func (e *Error) Error() string {
	text := e.Problem
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	if e.Line > 0 {
		return fmt.Sprintf("line %d: %s", e.Line, text)
	}
	return text
}

// Unwrap gives the error of the stream.
func (e *Error) Unwrap() error { return e.Err }
