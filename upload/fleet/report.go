package fleet

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/upload"
)

// Report writes a CSV file with one row for each row of the list.
type Report struct {
	path  string
	draft *draft
	rows  *csv.Writer
}

// columns are those of the report.
func columns() []string {
	return []string{"address", "mac", "model", "firmware", "dialect", "route", "result", "stage", "cause", "message", "duration_ms", "files", "rebooted"}
}

// NewReport begins a report that replaces what is at path when it is closed.
func NewReport(path string) (*Report, error) {
	d, err := newDraft(path, 0o644)
	if err != nil {
		return nil, fmt.Errorf("cannot write the report %q: %w", path, err)
	}
	r := &Report{path: path, draft: d, rows: csv.NewWriter(d)}
	r.rows.Write(columns()) // an error comes again with the first row
	return r, nil
}

// Add writes the row of a phone.
func (r *Report) Add(f Finished) error {
	p := &f.Result
	model := p.Model
	if model == "" {
		model = p.Handset
	}
	row := []string{
		p.Phone, p.MAC, model, p.Firmware, string(p.Dialect), string(p.Route), string(p.Result), string(p.Stage), p.Cause,
		because(p).Message, strconv.FormatInt(p.DurationMS, 10), files(p.Files), strconv.FormatBool(p.Rebooted),
	}
	for i := range row {
		row[i] = inert(row[i])
	}
	return r.told(r.rows.Write(row))
}

// Close puts the report in its place.
func (r *Report) Close() error {
	r.rows.Flush()
	if err := r.rows.Error(); err != nil {
		r.draft.abandon()
		return r.told(err)
	}
	return r.told(r.draft.commit())
}

// Abandon leaves what was at the path as it is.
func (r *Report) Abandon() { r.draft.abandon() }

func (r *Report) told(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot write the report %q: %w", r.path, reason(err))
}

// files tells what became of each file in one field.
func files(list []upload.FileResult) string {
	var parts []string
	for _, f := range list {
		parts = append(parts, f.File+"="+string(f.Result))
	}
	return strings.Join(parts, "; ")
}

// inert keeps a spreadsheet from taking a text for a formula: a phone says of
// itself what it likes. Line breaks would leave one phone on several lines.
func inert(field string) string {
	field = strings.Map(func(c rune) rune {
		if c == '\n' || c == '\r' || c == '\t' || c == 0 {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(field, "\uFFFD"))
	if strings.IndexAny(strings.TrimLeft(field, " "), "=+-@") == 0 {
		return "'" + field
	}
	return field
}
