package tally

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire"
	"github.com/phonecert/phonecert/internal/report/wire/ladder"
)

// The columns of an overview. Addresses are of IPv4 with a port.
const (
	numberColumns  = 5
	timeColumns    = 8
	addressColumns = 21
	answerColumns  = 9
	timeFrom       = 80  // columns of the screen from which the time is shown
	oneLineFrom    = 130 // columns from which everything is in one line
)

// row is a connection in a line of fixed columns, or in two where the screen is
// narrow.
func row(p paper.Sheet, number int, c *wire.Connection) string {
	width := p.Width
	var b strings.Builder
	fmt.Fprintf(&b, "%*d  ", numberColumns, number)
	used := numberColumns + 2
	if width >= timeFrom {
		at := ""
		if !c.Start.IsZero() {
			at = c.Start.Format("15:04:05")
		}
		b.WriteString(p.Faint.Render(paper.Left(at, timeColumns)) + "  ")
		used += timeColumns + 2
	}
	address := min(addressColumns, (width-used-answerColumns-3)/2)
	if wide := 39 + 8; width >= oneLineFrom+2*(wide-addressColumns) {
		address = wide
	}
	answer := wire.Word(p, c.Verdict, c.HTTPS())
	b.WriteString(paper.Left(paper.Clean(c.Client), address) + " " + paper.Left(paper.Clean(c.Server), address) + " " + answer)
	used += 2*address + 2 + answerColumns
	rest := inBrief(c)
	switch {
	case rest == "":
	case width >= oneLineFrom:
		b.WriteString(strings.Repeat(" ", max(answerColumns-lipgloss.Width(answer), 0)+2) + p.Faint.Render(paper.Cut(rest, width-used-3)))
	default:
		b.WriteString("\n" + strings.Repeat(" ", numberColumns+2) + p.Faint.Render(paper.Cut(rest, width-numberColumns-3)))
	}
	return b.String() + "\n"
}

// inBrief is cause, version and suite, and whose hello it is.
func inBrief(c *wire.Connection) string {
	var words []string
	if f, found := paper.Deciding(c.Findings); found {
		words = append(words, f.Code)
	}
	if n := c.Negotiated; n != nil {
		words = append(words, n.Version.String()+" "+ladder.Suite(n.CipherSuite))
	}
	if whose := offer.Named(c.Matches, 1); whose != "" {
		words = append(words, paper.Clean(whose))
	}
	return strings.Join(words, " · ")
}

// total writes what the capture came to for people.
func (p *TracePrinter) total(sheet paper.Sheet, s TraceSummary) {
	text := paper.Count(p.sum.Connections, "TLS connection")
	add := func(n int, what string) {
		if n > 0 {
			text += fmt.Sprintf(" · %d %s", n, what)
		}
	}
	add(p.sum.Registers, "register")
	add(p.sum.Refused, "refused")
	add(p.sum.Unknown, "not known")
	add(int(s.OtherConnections), "connections without TLS")
	text += fmt.Sprintf(" · %d packets, %s", s.Packets, paper.Size(s.Bytes))
	sheet.Line()
	for _, part := range sheet.Wrap(text, sheet.Width-3) {
		sheet.Line("  ", sheet.Strong.Render(part))
	}
	if p.sum.Connections > inFull && !p.trace.Filtered {
		sheet.Wrapped("  ", sheet.Faint.Render("to see one in full, name it: --filter ADDRESS,PORT"))
		p.causes.print(sheet)
	}
	sheet.Line()
	sheet.Findings(s.Findings)
}
