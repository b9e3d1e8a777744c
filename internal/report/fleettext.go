package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/terminal"
)

// FleetPrinter writes the answer for the phones of an inventory as they come,
// and in the end what they have in common.
type FleetPrinter struct {
	streams     *terminal.Streams
	st          style
	json, quiet bool
}

// NewFleetPrinter returns a printer.
func NewFleetPrinter(s *terminal.Streams, asJSON, quiet bool) *FleetPrinter {
	return &FleetPrinter{streams: s, st: newStyle(s.Out, s.Color), json: asJSON, quiet: quiet}
}

// Phone writes the answer for one phone: an object, or a row for a pipe. A
// terminal shows cases, not phones.
func (p *FleetPrinter) Phone(f FleetPhone) error {
	switch {
	case p.json:
		return JSON(p.streams.Out, f)
	case p.quiet || p.streams.OutTTY:
		return nil
	}
	return tabbed(p.streams.Out, [][]string{{f.Phone, f.Handset, string(f.Verdict), strings.Join(f.Findings, ", "), f.kind.why()}})
}

// Close writes what the phones have in common and returns the answer for all.
func (p *FleetPrinter) Close(t FleetTotals) (finding.Verdict, error) {
	if t.Cases == nil {
		t.Cases = []*FleetCase{}
	}
	if t.Inventory == nil {
		t.Inventory = []finding.Finding{}
	}
	t.count()
	switch {
	case p.json:
		return t.Verdict, JSON(p.streams.Out, FleetSummary{NewHeader("check"), t})
	case p.quiet:
		return t.Verdict, nil
	case !p.streams.OutTTY:
		Note(p.streams, t.sentence())
		return t.Verdict, nil
	}
	return t.Verdict, p.text(t)
}

// sentence counts the phones in words.
func (t FleetTotals) sentence() string {
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
func (p *FleetPrinter) text(t FleetTotals) error {
	var rows [][]string
	for _, k := range t.Cases {
		rows = append(rows, []string{k.Handset, p.fate(k.Verdict), fmt.Sprint(k.Phones), strings.Join(k.codes, ", ")})
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	if err := table(p.streams, []string{"handset", "answer", "phones", "why"}, merged(rows)); err != nil {
		return err
	}
	w, width := p.streams.Out, p.streams.Width()
	for _, k := range t.Cases {
		if k.Verdict == finding.Accepted && len(k.codes) == 0 {
			continue
		}
		line(w, "  ", p.st.strong.Render(k.Handset), "  ", p.st.faint.Render(plural(k.Phones, "phone")))
		(&CheckPrinter{streams: p.streams, st: p.st}).certificates(k.file)
		line(w)
		p.st.findings(w, width, decisive(k.Findings))
	}
	if len(t.Inventory) > 0 {
		line(w, "  ", p.st.strong.Render("inventory"))
		line(w)
		p.st.findings(w, width, t.Inventory)
	}
	line(w, "  ", p.fate(t.Verdict), "  ", t.sentence())
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
func (p *FleetPrinter) fate(v finding.Verdict) string {
	switch v {
	case finding.Accepted:
		return p.st.good.Render("KEEPS")
	case finding.Rejected:
		return p.st.bad.Render("DROPS OFF")
	}
	return p.st.doubt.Render("NOT KNOWN")
}
