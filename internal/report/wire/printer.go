package wire

import (
	"io"
	"strings"

	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
)

// Printer writes answers as they come, one after another.
type Printer struct {
	streams     *terminal.Streams
	sheet       paper.Sheet
	json, quiet bool
}

// NewPrinter returns a printer for a target and a handset, or for the
// connections of a server one by one.
func NewPrinter(s *terminal.Streams, asJSON, quiet bool) *Printer {
	return &Printer{streams: s, sheet: paper.NewSheet(s), json: asJSON, quiet: quiet}
}

// Print writes one answer.
func (p *Printer) Print(answer *Answer) error {
	switch {
	case p.json:
		return paper.JSON(p.streams.Out, answer)
	case p.quiet:
		return nil
	case !p.streams.OutTTY:
		return paper.Tabbed(p.streams.Out, answer.Rows())
	}
	var b strings.Builder
	answer.Print(p.sheet.On(&b, p.streams.Width()))
	_, err := io.WriteString(p.streams.Out, b.String())
	return err
}
