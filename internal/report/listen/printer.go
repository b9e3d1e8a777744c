package listen

import (
	"fmt"
	"io"
	"strings"

	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire"
	"github.com/phonecert/phonecert/internal/terminal"
)

// Options say how it is told.
type Options struct {
	JSON, Quiet bool
	// Handset is the name of the one that is expected, "" for none.
	Handset string
	// Survey leaves the pictures of the connections out on a terminal: the table
	// at the end is the answer.
	Survey bool
}

// Printer writes connections as they end. It keeps none of them.
type Printer struct {
	streams *terminal.Streams
	sheet   paper.Sheet
	options Options
	callers *callers
	// told are the connections that were told in full, by what they were like.
	told map[string]int64
}

// NewPrinter returns a printer to standard output.
func NewPrinter(s *terminal.Streams, o Options) *Printer {
	return &Printer{streams: s, sheet: paper.NewSheet(s), options: o, callers: newCallers(), told: map[string]int64{}}
}

// Connection writes a connection.
func (p *Printer) Connection(a *Answer) error {
	p.callers.add(a)
	switch {
	case p.options.JSON:
		return paper.JSON(p.streams.Out, a)
	case p.options.Quiet:
		return nil
	case !p.streams.OutTTY:
		return paper.Tabbed(p.streams.Out, a.Rows())
	}
	var b strings.Builder
	sheet := p.sheet.On(&b, p.streams.Width())
	switch before, again := p.before(a); {
	case again:
		a.printAgain(sheet, before)
	case p.options.Survey:
		a.PrintBriefly(sheet)
	default:
		a.Print(sheet)
	}
	_, err := io.WriteString(p.streams.Out, b.String())
	return err
}

// maxTold is how many kinds of connections are remembered.
const maxTold = 1000

// before finds the connection of the same client that went the same way: a
// phone that is refused calls again every half minute.
func (p *Printer) before(a *Answer) (number int64, again bool) {
	like := a.likeness()
	if number, again = p.told[like]; again {
		return number, true
	}
	if len(p.told) < maxTold {
		p.told[like] = a.Number
	}
	return 0, false
}

// likeness is what two calls of a client have in common that went the same way.
func (a *Answer) likeness() string {
	parts := []string{a.seen.Client.Addr().String(), a.Target, string(a.Chain), string(a.Verdict), string(a.Outcome.Ending), a.Outcome.Alert, a.UserAgent, a.Limit, a.certificateName()}
	for _, f := range a.Findings {
		parts = append(parts, f.Code)
	}
	if h := a.hello(); h != nil {
		parts = append(parts, fmt.Sprint(h.Version, h.CipherSuites))
	}
	for _, r := range a.Requests {
		parts = append(parts, r.Text)
	}
	return strings.Join(parts, "\x00")
}

// printAgain writes a connection that went as one before it.
func (a *Answer) printAgain(p paper.Sheet, before int64) {
	a.PrintHead(p)
	p.Line("     ", wire.Word(p, a.Verdict, a.HTTPS()), p.Faint.Render(fmt.Sprintf("  as number %d", before)))
	p.Line()
}

// Surveys writes what was measured.
func (p *Printer) Surveys(list []Survey) error {
	for i := range list {
		list[i].Settings, list[i].Remarks = paper.Listed(list[i].Settings), paper.Listed(list[i].Remarks)
	}
	switch {
	case p.options.JSON:
		return paper.JSON(p.streams.Out, surveys{paper.NewHeader("listen"), p.options.Handset, paper.Listed(list)})
	case p.options.Quiet:
		return nil
	}
	for i := range list {
		err := error(nil)
		if p.streams.OutTTY {
			err = list[i].print(p.streams, p.sheet.On(p.streams.Out, p.streams.Width()), p.options.Handset)
		} else {
			err = paper.Tabbed(p.streams.Out, list[i].Rows(i+1))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Close writes what several connections came to.
func (p *Printer) Close() error {
	switch {
	case p.options.JSON, p.options.Quiet:
		return nil
	case !p.streams.OutTTY:
		return paper.Tabbed(p.streams.Out, p.callers.rows())
	case p.callers.total.calls < 2, p.options.Survey && len(p.callers.list) == 1:
		return nil
	}
	var b strings.Builder
	p.callers.print(p.sheet.On(&b, p.streams.Width()))
	_, err := io.WriteString(p.streams.Out, b.String())
	return err
}
