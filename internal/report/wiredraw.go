package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"
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
func newLane(width int, list []rung) lane {
	l := lane{before: 23}
	need := minLane
	for _, r := range list {
		need = max(need, lipgloss.Width(r.label)+8)
	}
	room := max(width-l.before, 24)
	l.wide = min(max(need, min(room-2-goodBeside, maxLane)), room)
	if l.beside = room - l.wide - 2; width < besideFrom || l.beside < minBeside {
		l.wide, l.beside = room, 0
	}
	return l
}

// ladder draws the messages of a connection.
func (st style) ladder(w io.Writer, width int, c *Connection) {
	list := c.ladder()
	if !slices.ContainsFunc(list, func(r rung) bool { return r.label != "" }) {
		for _, r := range list { // nothing was said: words alone
			st.wrapped(w, width, "  ", st.mood(r.mood).Render(r.detail))
		}
		if len(list) > 0 {
			line(w)
		}
		return
	}
	l := newLane(width, list)
	line(w, st.faint.Render("  step"+right("ms", 7)+right("size", 9)+" "), st.strong.Render(c.ends(l.wide)))
	numbered := false
	for _, r := range list {
		numbered = numbered || r.step > 0
		st.rung(w, l, r)
	}
	line(w)
	if numbered {
		st.wrapped(w, width, "  ", st.faint.Render(caption))
	}
	if text := remark(c.Negotiated); text != "" {
		st.wrapped(w, width, "  ", st.faint.Render(text))
	}
	line(w)
}

// ends names the two sides above their lines of life, in a general way where
// the names do not fit.
func (c *Connection) ends(wide int) string {
	client, server := clean(c.Client), clean(c.Server)
	if client == "" || server == "" || lipgloss.Width(client)+lipgloss.Width(server)+2 > wide {
		client, server = "client", "server"
		if c.Live {
			client = "phone"
		}
	}
	return left(client, wide-lipgloss.Width(server)) + server
}

// caption explains the numbers beside the ladder.
const caption = "1 to 4 are the steps of the administrator's guide, ① to ⑨ those of Figure 1 in the vendor's instructions: A ①, B ②③④, C ⑤⑥⑦, D ⑧⑨, E the data"

// rung draws one arrow and its detail, or a note.
func (st style) rung(w io.Writer, l lane, r rung) {
	paint := st.mood(r.mood)
	before := strings.Repeat(" ", l.before)
	if r.label == "" {
		for _, part := range st.wrap(r.detail, l.wide-4) {
			line(w, before, "│ ", paint.Render(left(part, l.wide-4)), " │")
		}
		return
	}
	name := st.strong
	if r.mood != plainly {
		name = paint
	}
	line := func(beside string) {
		fmt.Fprintf(w, "  %s%s %s%s\n", st.step(r), st.faint.Render(right(r.time(), 8)+right(r.size, 9)),
			r.arrow(l.wide, name.Render, paint.Render), beside)
	}
	if l.beside > 0 {
		parts := st.wrap(r.detail, l.beside)
		line(apart(paint.Render(parts[0])))
		for _, part := range parts[1:] {
			fmt.Fprintf(w, "%s│%s│  %s\n", before, strings.Repeat(" ", l.wide-2), paint.Render(part))
		}
		return
	}
	if r.detail == "encrypted" && lipgloss.Width(r.label)+8+len(", encrypted") <= l.wide {
		r.label, r.detail = r.label+", encrypted", ""
	}
	line("")
	if r.detail != "" {
		for _, part := range st.wrap(r.detail, l.wide-6) {
			fmt.Fprintf(w, "%s│   %s │\n", before, paint.Render(left(part, l.wide-6)))
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
func (st style) step(r rung) string {
	text := guide(r.step) + " " + figure(r.step)
	if r.mood == faintly {
		return st.faint.Render(text)
	}
	return text
}

func (r rung) time() string {
	if !r.timed {
		return ""
	}
	return fmt.Sprintf("%.1f", float64(r.at)/float64(time.Millisecond))
}

// arrow draws the arrow with the message's name on it. One that the phone would
// not have seen is dotted, which colourless screens show as well.
func (r rung) arrow(wide int, name, paint func(...string) string) string {
	dash, head := "─", "▶"
	if r.mood == faintly {
		dash = "╌"
	}
	if r.ends {
		head = "✗"
	}
	label := cut(r.label, wide-6)
	shaft := strings.Repeat(dash, max(wide-6-lipgloss.Width(label), 0))
	if r.client {
		return "├" + paint(dash) + " " + name(label) + " " + paint(shaft+head) + "│"
	}
	if !r.ends {
		head = "◀"
	}
	return "│" + paint(head+shaft) + " " + name(label) + " " + paint(dash) + "┤"
}

func (st style) mood(m mood) lipgloss.Style {
	switch m {
	case badly:
		return st.bad
	case doubtfully:
		return st.doubt
	case faintly:
		return st.faint
	}
	return st.plain
}
