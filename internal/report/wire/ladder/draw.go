package ladder

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/phonecert/phonecert/internal/report/paper"
)

// lane is how the ladder's columns are laid out: numbers, the lane between the
// two lines of life, what stands beside it.
type lane struct {
	before int // columns before the lane
	wide   int // columns of the lane, with both its lines
	beside int // columns for details beside it; 0 when they go below
}

// The widths between which the ladder stretches.
const (
	minBeside  = 20
	goodBeside = 44
	minLane    = 26
	maxLane    = 64
	besideFrom = 70 // columns of the screen from which details stand beside
)

// newLane lays the columns out for a ladder on a screen.
func newLane(width int, list []Rung) lane {
	l := lane{before: 23}
	need := minLane
	for _, r := range list {
		need = max(need, lipgloss.Width(r.Label)+8)
	}
	room := max(width-l.before, 24)
	l.wide = min(max(need, min(room-2-goodBeside, maxLane)), room)
	if l.beside = room - l.wide - 2; width < besideFrom || l.beside < minBeside {
		l.wide, l.beside = room, 0
	}
	return l
}

// Draw writes the ladder, with an empty line below it; nothing where there is
// nothing to tell.
func (c *Connection) Draw(p paper.Sheet) {
	list := c.Rungs()
	if silent(list) {
		for _, r := range list { // words alone
			p.Wrapped("  ", p.Mood(r.Mood).Render(r.Detail))
		}
		if len(list) > 0 {
			p.Line()
		}
		return
	}
	l := newLane(p.Width, list)
	client, server := c.Names(l.wide)
	names := paper.Left(client, l.wide-lipgloss.Width(server)) + server
	p.Line(p.Faint.Render("  step"+paper.Right("ms", 7)+paper.Right("size", 9)+" "), p.Strong.Render(names))
	numbered := false
	for _, r := range list {
		numbered = numbered || r.Step > 0
		l.draw(p, r)
	}
	p.Line()
	if numbered {
		p.Wrapped("  ", p.Faint.Render(Caption))
	}
	if text := Remark(c.Negotiated); text != "" {
		p.Wrapped("  ", p.Faint.Render(text))
	}
	p.Line()
}

// draw writes one arrow and its detail, or a note.
func (l lane) draw(p paper.Sheet, r Rung) {
	paint := p.Mood(r.Mood)
	before := strings.Repeat(" ", l.before)
	if r.Label == "" {
		for _, part := range p.Wrap(r.Detail, l.wide-4) {
			p.Line(before, "│ ", paint.Render(paper.Left(part, l.wide-4)), " │")
		}
		return
	}
	name := p.Strong
	if r.Mood != paper.Plainly {
		name = paint
	}
	arrow := func(beside string) {
		fmt.Fprintf(p.W, "  %s%s %s%s\n", step(p, r), p.Faint.Render(paper.Right(r.Time(), 8)+paper.Right(r.Size, 9)),
			r.arrow(l.wide, name.Render, paint.Render), beside)
	}
	if l.beside > 0 {
		parts := p.Wrap(r.Detail, l.beside)
		arrow(apart(paint.Render(parts[0])))
		for _, part := range parts[1:] {
			fmt.Fprintf(p.W, "%s│%s│  %s\n", before, strings.Repeat(" ", l.wide-2), paint.Render(part))
		}
		return
	}
	if r.Detail == "encrypted" && lipgloss.Width(r.Label)+8+len(", encrypted") <= l.wide {
		r.Label, r.Detail = r.Label+", encrypted", ""
	}
	arrow("")
	if r.Detail != "" {
		for _, part := range p.Wrap(r.Detail, l.wide-6) {
			fmt.Fprintf(p.W, "%s│   %s │\n", before, paint.Render(paper.Left(part, l.wide-6)))
		}
	}
}

func apart(text string) string {
	if text == "" {
		return ""
	}
	return "  " + text
}

// step writes the step of the guide and that of the figure.
func step(p paper.Sheet, r Rung) string {
	text := Guide(r.Step) + " " + Figure(r.Step)
	if r.Mood == paper.Faintly {
		return p.Faint.Render(text)
	}
	return text
}

// arrow draws the arrow with the message's name on it. One that the phone would
// not have seen is dotted, which colourless screens show as well.
func (r Rung) arrow(wide int, name, paint func(...string) string) string {
	dash, head := "─", "▶"
	if r.Mood == paper.Faintly {
		dash = "╌"
	}
	if r.Ends {
		head = "✗"
	}
	label := paper.Cut(r.Label, wide-6)
	shaft := strings.Repeat(dash, max(wide-6-lipgloss.Width(label), 0))
	if r.Client {
		return "├" + paint(dash) + " " + name(label) + " " + paint(shaft+head) + "│"
	}
	if !r.Ends {
		head = "◀"
	}
	return "│" + paint(head+shaft) + " " + name(label) + " " + paint(dash) + "┤"
}
