// Package paper is what every answer is written on: lines that fit a screen,
// the few colours, tables, rows for pipes, the head of a JSON object, and words
// for what came from the network.
package paper

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/terminal"
)

// Sheet is what an answer for people is written on: a place, its width, and the
// few colours in use. Those are the terminal's own sixteen, so that they suit a
// dark and a light screen alike.
type Sheet struct {
	W io.Writer
	// Width is that of a line in columns.
	Width int

	Good, Bad, Doubt, Faint, Strong lipgloss.Style

	plain lipgloss.Style
}

// NewSheet returns standard output as a sheet.
func NewSheet(s *terminal.Streams) Sheet { return Blank(s.Out, s.Width(), s.Color) }

// Blank returns a sheet of some columns, with or without colour. It makes a
// renderer of its own; the library's global one would ask the terminal for its
// background and wait for the answer.
func Blank(w io.Writer, width int, color bool) Sheet {
	r := lipgloss.NewRenderer(w)
	r.SetHasDarkBackground(true)
	r.SetColorProfile(termenv.Ascii)
	if color {
		r.SetColorProfile(termenv.ANSI)
	}
	return Sheet{
		W: w, Width: width,
		Good:   r.NewStyle().Foreground(lipgloss.Color("2")).Bold(color),
		Bad:    r.NewStyle().Foreground(lipgloss.Color("1")).Bold(color),
		Doubt:  r.NewStyle().Foreground(lipgloss.Color("3")).Bold(color),
		Faint:  r.NewStyle().Faint(color),
		Strong: r.NewStyle().Bold(color),
		plain:  r.NewStyle(),
	}
}

// On is the same sheet in another place and of another width.
func (p Sheet) On(w io.Writer, width int) Sheet {
	p.W, p.Width = w, width
	return p
}

// Line writes a line.
func (p Sheet) Line(parts ...string) { Line(p.W, parts...) }

// Line writes a line. That of a stream that is closed is lost without a word.
func Line(w io.Writer, parts ...string) {
	for _, part := range parts {
		io.WriteString(w, part)
	}
	io.WriteString(w, "\n")
}

// Verdict is a verdict in capitals and its colour.
func (p Sheet) Verdict(v finding.Verdict) string {
	switch v {
	case finding.Accepted:
		return p.Good.Render("ACCEPTED")
	case finding.Rejected:
		return p.Bad.Render("REFUSED")
	}
	return p.Doubt.Render("NOT KNOWN")
}
