package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/terminal"
)

// WirePrinter writes answers as they come, one after another.
type WirePrinter struct {
	streams     *terminal.Streams
	st          style
	json, quiet bool
}

// NewWirePrinter returns a printer for a target and a handset, or for the
// connections of a server one by one.
func NewWirePrinter(s *terminal.Streams, asJSON, quiet bool) *WirePrinter {
	return &WirePrinter{streams: s, st: newStyle(s.Out, s.Color), json: asJSON, quiet: quiet}
}

// Print writes one answer.
func (p *WirePrinter) Print(answer *Wire) error {
	switch {
	case p.json:
		return JSON(p.streams.Out, answer)
	case p.quiet:
		return nil
	case !p.streams.OutTTY:
		return tabbed(p.streams.Out, answer.pipeRows())
	}
	var b strings.Builder
	p.st.wire(&b, p.streams.Width(), answer)
	_, err := io.WriteString(p.streams.Out, b.String())
	return err
}

// wire writes an answer for people.
func (st style) wire(w io.Writer, width int, answer *Wire) {
	st.head(w, width, answer)
	for i := range answer.Connections {
		st.connection(w, width, &answer.Connections[i])
	}
	if len(answer.Connections) == 0 {
		line(w, "  ", st.faint.Render("no connection"))
	}
}

// head says who asks whom, with which settings.
func (st style) head(w io.Writer, width int, answer *Wire) {
	who := clean(answer.Handset)
	if who == "" {
		who = answer.Command
	}
	if answer.title != "" {
		who += " " + clean(answer.title)
	}
	target := cut(clean(answer.Target), width-4)
	if room := width - 4 - lipgloss.Width(who) - lipgloss.Width(target); room >= 2 {
		line(w, "  ", st.strong.Render(who), strings.Repeat(" ", room), st.strong.Render(target))
	} else {
		line(w, "  ", st.strong.Render(cut(who, width-4)))
		line(w, "  ", st.strong.Render(target))
	}
	if text := settingsWords(answer.Settings); text != "" {
		st.wrapped(w, width, "  ", st.faint.Render(text))
	}
	for _, g := range answer.Gaps {
		st.wrapped(w, width, "  ", st.faint.Render(gapWords(g)))
	}
}

func gapWords(g Gap) string {
	return fmt.Sprintf("not known: %s; sent: %s", clean(g.Fact), clean(g.Sent))
}

// settingsWords are the trust settings in one line, each with how it came to
// be.
func settingsWords(list []Setting) string {
	var words []string
	for _, s := range list {
		value := clean(s.Value)
		switch {
		case value == "":
			value = "not known"
		case s.Factory:
			value += " (factory)"
		case s.Supposed:
			value += " (supposed)"
		}
		words = append(words, clean(s.Name)+" "+value)
	}
	return strings.Join(words, " · ")
}

// connection writes the answer for one connection: how it came about, the
// ladder, what was agreed, what the phone makes of it.
func (st style) connection(w io.Writer, width int, c *Connection) {
	st.marks(w, width, c.arrived())
	line(w)
	st.ladder(w, width, c)
	if rows := c.facts(); len(rows) > 0 {
		st.marks(w, width, rows)
		line(w)
	}
	st.inside(w, width, c)
	st.verdictOf(w, width, c)
	st.findings(w, width, c.beside())
	st.remedies(w, width, c.Remedies)
}

// beside are the findings without the sentence that the verdict has said.
func (c *Connection) beside() []finding.Finding {
	list := slices.Clone(c.Findings)
	for i := range list {
		if list[i].Message == c.Sentence {
			list[i].Message = ""
		}
	}
	return list
}

func milliseconds(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 10 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}

// verdictOf writes the answer in capitals, the sentence, and what the server's
// log shows.
func (st style) verdictOf(w io.Writer, width int, c *Connection) {
	word := st.answer(c.Verdict, c.https)
	columns := lipgloss.Width(word) + 4
	for i, part := range st.wrap(prose(c.Sentence), width-columns-1) {
		switch {
		case c.Sentence == "":
			line(w, "  ", word)
		case i == 0:
			line(w, "  ", word, "  ", st.strong.Render(part))
		default:
			line(w, strings.Repeat(" ", columns), st.strong.Render(part))
		}
	}
	if c.ServerLog != "" {
		st.wrapped(w, width, strings.Repeat(" ", columns), st.faint.Render("the server's log: "+prose(c.ServerLog)))
	}
	line(w)
}

// answer renders a verdict in capitals and its colour.
func (st style) answer(v diagnosis.Verdict, https bool) string {
	switch {
	case v == diagnosis.Registers && https:
		return st.good.Render("FETCHES")
	case v == diagnosis.Registers:
		return st.good.Render("REGISTERS")
	case v == diagnosis.Refuses:
		return st.bad.Render("REFUSED")
	}
	return st.doubt.Render("NOT KNOWN")
}

// remedies writes the lines to copy into a configuration. They are never
// wrapped.
func (st style) remedies(w io.Writer, width int, list []diagnosis.Remedy) {
	for _, r := range list {
		title := clean(r.Program)
		if r.File != "" {
			title += ", " + clean(r.File)
		}
		line(w, "  ", st.good.Render("at the server"), "  ", st.strong.Render(cut(title, width-18)))
		for _, text := range r.Lines {
			line(w, "    ", spelled(text))
		}
		if r.Note != "" {
			st.wrapped(w, width, "    ", st.faint.Render(prose(r.Note)))
		}
		line(w)
	}
}

// inside writes the heads of the messages that a key log opened. A probe's own
// request needs no telling.
func (st style) inside(w io.Writer, width int, c *Connection) {
	if c.SIP != nil || c.HTTP != nil {
		return
	}
	for _, m := range c.Inside {
		arrow := "▶ "
		if m.Direction != 0 {
			arrow = "◀ "
		}
		line(w, "  ", arrow, st.strong.Render(cut(clean(m.StartLine), width-6)))
		for _, h := range m.Headers {
			line(w, "    ", st.faint.Render(cut(clean(h), width-6)))
		}
		line(w)
	}
}
