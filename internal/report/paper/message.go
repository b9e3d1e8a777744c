package paper

import (
	"math"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/phonecert/phonecert/internal/terminal"
)

// Error writes an error and its hints to standard error.
func Error(s *terminal.Streams, message string, hints []string) {
	p := Blank(s.Err, s.Width(), s.ErrColor)
	p.say(s, p.Bad, "error:", message)
	for _, hint := range hints {
		p.say(s, p.Strong, "hint:", hint)
	}
}

// Note writes a remark to standard error.
func Note(s *terminal.Streams, message string) {
	p := Blank(s.Err, s.Width(), s.ErrColor)
	p.say(s, p.Faint, "note:", message)
}

// say writes a message: broken into lines for people alone, for a program reads
// a message as one line.
func (p Sheet) say(s *terminal.Streams, style lipgloss.Style, kind, message string) {
	width := math.MaxInt
	if s.ErrTTY {
		width = p.Width
	}
	lines := p.Wrap("phonecert: "+kind+" "+message, width)
	lines[0] = strings.Replace(lines[0], kind, style.Render(kind), 1)
	for _, line := range lines {
		p.Line(line)
	}
}
