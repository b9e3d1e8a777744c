package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
)

// Printer writes the answer for the phones of an inventory as they come,
// and in the end what they have in common.
type Printer struct {
	streams     *terminal.Streams
	sheet       paper.Sheet
	json, quiet bool
}

// NewPrinter returns a printer.
func NewPrinter(s *terminal.Streams, asJSON, quiet bool) *Printer {
	return &Printer{streams: s, sheet: paper.NewSheet(s), json: asJSON, quiet: quiet}
}

// Phone writes the answer for one phone: an object, or a row for a pipe. A
// terminal shows cases, not phones.
func (p *Printer) Phone(f Phone) error {
	switch {
	case p.json:
		return paper.JSON(p.streams.Out, f)
	case p.quiet || p.streams.OutTTY:
		return nil
	}
	return paper.Tabbed(p.streams.Out, [][]string{{f.Phone, f.Handset, string(f.Verdict), strings.Join(f.Findings, ", "), f.kind.why()}})
}

// Close writes what the phones have in common and returns the answer for all.
func (p *Printer) Close(t Totals) (finding.Verdict, error) {
	if t.Cases == nil {
		t.Cases = []*Case{}
	}
	if t.Inventory == nil {
		t.Inventory = []finding.Finding{}
	}
	t.count()
	switch {
	case p.json:
		return t.Verdict, paper.JSON(p.streams.Out, Summary{paper.NewHeader("check"), t})
	case p.quiet:
		return t.Verdict, nil
	case !p.streams.OutTTY:
		paper.Note(p.streams, t.sentence())
		return t.Verdict, nil
	}
	return t.Verdict, p.text(t)
}

// sentence counts the phones in words.
func (t Totals) sentence() string {
	return fmt.Sprintf("of %s %d would drop off, %d keep, %d not known", plural(t.Phones, "phone"), t.Drop, t.Keep, t.Unknown)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// text writes a table by model and answer, each distinct case in full, and the
// counts.
func (p *Printer) text(t Totals) error {
	var rows [][]string
	for _, k := range t.Cases {
		rows = append(rows, []string{k.Handset, p.fate(k.Verdict), fmt.Sprint(k.Phones), strings.Join(k.codes, ", ")})
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	if err := paper.Table(p.streams, []string{"handset", "answer", "phones", "why"}, merged(rows)); err != nil {
		return err
	}
	for _, k := range t.Cases {
		if k.Verdict == finding.Accepted && len(k.codes) == 0 {
			continue
		}
		p.sheet.Line("  ", p.sheet.Strong.Render(k.Handset), "  ", p.sheet.Faint.Render(plural(k.Phones, "phone")))
		k.file.PrintContents(p.sheet)
		p.sheet.Line()
		p.sheet.Findings(paper.Decisive(k.Findings))
	}
	if len(t.Inventory) > 0 {
		p.sheet.Line("  ", p.sheet.Strong.Render("inventory"))
		p.sheet.Line()
		p.sheet.Findings(t.Inventory)
	}
	p.sheet.Line("  ", p.fate(t.Verdict), "  ", t.sentence())
	return nil
}

// merged puts rows together that differ in their number of phones alone.
func merged(rows [][]string) [][]string {
	var list [][]string
	for _, row := range rows {
		if n := len(list); n > 0 && list[n-1][0] == row[0] && list[n-1][1] == row[1] && list[n-1][3] == row[3] {
			var a, b int
			fmt.Sscan(list[n-1][2], &a)
			fmt.Sscan(row[2], &b)
			list[n-1][2] = fmt.Sprint(a + b)
			continue
		}
		list = append(list, row)
	}
	return list
}

// fate is what becomes of phones when the certificate is installed.
func (p *Printer) fate(v finding.Verdict) string {
	switch v {
	case finding.Accepted:
		return p.sheet.Good.Render("KEEPS")
	case finding.Rejected:
		return p.sheet.Bad.Render("DROPS OFF")
	}
	return p.sheet.Doubt.Render("NOT KNOWN")
}
