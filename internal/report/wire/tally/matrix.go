package tally

import (
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire"
	"github.com/phonecert/phonecert/internal/terminal"
)

// MatrixPrinter writes the answers for many targets and handsets: rows are
// targets, columns handsets. Of an answer it keeps one cell.
type MatrixPrinter struct {
	streams     *terminal.Streams
	sheet       paper.Sheet
	json, quiet bool
	handsets    []string
	targets     []string
	cells       map[[2]string]cell
	causes      causes
}

// cell is the answer for one target and one handset.
type cell struct {
	verdict diagnosis.Verdict
	code    string
	https   bool
}

// NewMatrixPrinter returns a printer for handsets in the order of the columns.
func NewMatrixPrinter(s *terminal.Streams, asJSON, quiet bool, handsets []string) *MatrixPrinter {
	return &MatrixPrinter{
		streams: s, sheet: paper.NewSheet(s), json: asJSON, quiet: quiet,
		handsets: slices.Clone(handsets), cells: map[[2]string]cell{},
	}
}

// Print takes an answer; answers may come in any order. JSON and rows for a
// pipe are written at once.
func (p *MatrixPrinter) Print(answer *wire.Answer) error {
	key := [2]string{answer.Target, answer.Handset}
	c := cell{verdict: answer.Verdict}
	if n := len(answer.Connections); n > 0 {
		last := &answer.Connections[n-1]
		c.https = last.HTTPS()
		if f, found := paper.Deciding(last.Findings); found && answer.Verdict != diagnosis.Registers {
			c.code = f.Code
			p.causes.add(f.Code, f.Message)
		}
	}
	p.cells[key] = c
	if !slices.Contains(p.targets, answer.Target) {
		p.targets = append(p.targets, answer.Target)
	}
	if !slices.Contains(p.handsets, answer.Handset) {
		p.handsets = append(p.handsets, answer.Handset)
	}
	switch {
	case p.json:
		return paper.JSON(p.streams.Out, answer)
	case p.quiet || p.streams.OutTTY:
		return nil
	}
	t := wire.Rows{Number: "0"}
	t.Add("cell", answer.Target, answer.Handset, string(c.verdict), c.code)
	return paper.Tabbed(p.streams.Out, t.List)
}

// Close writes the table, where a person reads, and what its codes mean.
func (p *MatrixPrinter) Close() error {
	if p.json || p.quiet {
		return nil
	}
	if !p.streams.OutTTY {
		return paper.Tabbed(p.streams.Out, p.causes.rows("cause"))
	}
	if len(p.cells) == 0 {
		return nil
	}
	if err := p.draw(p.streams.Width()); err != nil {
		return err
	}
	p.causes.print(p.sheet.On(p.streams.Out, p.streams.Width()))
	return nil
}

// draw has targets down and handsets across; the other way round where that
// is too wide, and one answer a line where both are.
func (p *MatrixPrinter) draw(width int) error {
	header, rows := p.grid("server", p.targets, p.handsets, func(down, across string) [2]string { return [2]string{down, across} })
	if columns(header, rows) > width {
		header, rows = p.grid("handset", p.handsets, p.targets, func(down, across string) [2]string { return [2]string{across, down} })
	}
	if columns(header, rows) <= width {
		return paper.Table(p.streams, header, rows)
	}
	widest := 0
	for _, h := range p.handsets {
		widest = max(widest, lipgloss.Width(paper.Clean(h)))
	}
	widest = min(widest, width/3)
	for _, target := range p.targets {
		p.sheet.Line("  ", p.sheet.Strong.Render(paper.Cut(paper.Clean(target), width-2)))
		for _, h := range p.handsets {
			if c, found := p.cells[[2]string{target, h}]; found {
				p.one(width, paper.Left(paper.Clean(h), widest), c)
			}
		}
	}
	p.sheet.Line()
	return nil
}

// one writes an answer in a line.
func (p *MatrixPrinter) one(width int, handset string, c cell) {
	answer := wire.Word(p.sheet, c.verdict, c.https)
	if c.code != "" {
		room := width - lipgloss.Width(handset) - answerColumns - 8
		answer += strings.Repeat(" ", max(answerColumns-lipgloss.Width(answer), 0)+2) + p.sheet.Faint.Render(paper.Cut(c.code, room))
	}
	p.sheet.Line("    ", handset, "  ", answer)
}

func (p *MatrixPrinter) grid(corner string, down, across []string, key func(down, across string) [2]string) (header []string, rows [][]string) {
	header = []string{corner}
	for _, a := range across {
		header = append(header, paper.Clean(a))
	}
	for _, d := range down {
		row := []string{paper.Clean(d)}
		for _, a := range across {
			text := ""
			if c, found := p.cells[key(d, a)]; found {
				text = wire.Word(p.sheet, c.verdict, c.https)
				if c.code != "" {
					text += "\n" + p.sheet.Faint.Render(c.code)
				}
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	return header, rows
}

// columns is how wide a table is with its borders.
func columns(header []string, rows [][]string) int {
	total := 1
	for i := range header {
		widest := lipgloss.Width(header[i])
		for _, row := range rows {
			widest = max(widest, lipgloss.Width(row[i]))
		}
		total += widest + 3
	}
	return total
}
