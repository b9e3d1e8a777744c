package wire

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// Print writes an answer for people.
func (a *Answer) Print(p paper.Sheet) {
	a.PrintHead(p)
	for i := range a.Connections {
		a.Connections[i].Print(p)
	}
	if len(a.Connections) == 0 {
		p.Line("  ", p.Faint.Render("no connection"))
	}
}

// PrintHead says who asks whom, with which settings.
func (a *Answer) PrintHead(p paper.Sheet) {
	who := paper.Clean(a.Handset)
	if who == "" {
		who = a.Command
	}
	if a.title != "" {
		who += " " + paper.Clean(a.title)
	}
	target := paper.Cut(paper.Clean(a.Target), p.Width-4)
	if room := p.Width - 4 - lipgloss.Width(who) - lipgloss.Width(target); room >= 2 {
		p.Line("  ", p.Strong.Render(who), strings.Repeat(" ", room), p.Strong.Render(target))
	} else {
		p.Line("  ", p.Strong.Render(paper.Cut(who, p.Width-4)))
		p.Line("  ", p.Strong.Render(target))
	}
	if text := settingsWords(a.Settings); text != "" {
		p.Wrapped("  ", p.Faint.Render(text))
	}
	for _, g := range a.Gaps {
		p.Wrapped("  ", p.Faint.Render(gapWords(g)))
	}
}

func gapWords(g Gap) string {
	return fmt.Sprintf("not known: %s; sent: %s", paper.Clean(g.Fact), paper.Clean(g.Sent))
}

// settingsWords are the trust settings in one line, each with how it came to
// be.
func settingsWords(list []Setting) string {
	var words []string
	for _, s := range list {
		value := paper.Clean(s.Value)
		switch {
		case value == "":
			value = "not known"
		case s.Factory:
			value += " (factory)"
		case s.Supposed:
			value += " (supposed)"
		case s.Measured:
			value += " (measured)"
		}
		words = append(words, paper.Clean(s.Name)+" "+value)
	}
	return strings.Join(words, " · ")
}

// Print writes the answer for one connection for people: how it came about, the
// ladder, what was agreed, what the phone makes of it.
func (c *Connection) Print(p paper.Sheet) {
	p.Marks(c.arrived())
	p.Line()
	c.picture().Draw(p)
	if rows := c.facts(); len(rows) > 0 {
		p.Marks(rows)
		p.Line()
	}
	c.printInside(p)
	c.printVerdict(p)
	p.Findings(c.beside())
	remedies(p, c.Remedies)
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

// printVerdict writes the answer in capitals, the sentence, and what the server's
// log shows.
func (c *Connection) printVerdict(p paper.Sheet) {
	word := Word(p, c.Verdict, c.https)
	columns := lipgloss.Width(word) + 4
	for i, part := range p.Wrap(paper.Prose(c.Sentence), p.Width-columns-1) {
		switch {
		case c.Sentence == "":
			p.Line("  ", word)
		case i == 0:
			p.Line("  ", word, "  ", p.Strong.Render(part))
		default:
			p.Line(strings.Repeat(" ", columns), p.Strong.Render(part))
		}
	}
	if c.ServerLog != "" {
		p.Wrapped(strings.Repeat(" ", columns), p.Faint.Render("the server's log: "+paper.Prose(c.ServerLog)))
	}
	p.Line()
}

// Word is a verdict in capitals and its colour; a provisioning server has words
// of its own.
func Word(p paper.Sheet, v diagnosis.Verdict, https bool) string {
	switch {
	case v == diagnosis.Registers && https:
		return p.Good.Render("FETCHES")
	case v == diagnosis.Registers:
		return p.Good.Render("REGISTERS")
	case v == diagnosis.Refuses:
		return p.Bad.Render("REFUSED")
	}
	return p.Doubt.Render("NOT KNOWN")
}

// remedies writes the lines to copy into a configuration. They are never
// wrapped.
func remedies(p paper.Sheet, list []diagnosis.Remedy) {
	for _, r := range list {
		title := paper.Clean(r.Program)
		if r.File != "" {
			title += ", " + paper.Clean(r.File)
		}
		p.Line("  ", p.Good.Render("at the server"), "  ", p.Strong.Render(paper.Cut(title, p.Width-18)))
		for _, text := range r.Lines {
			p.Line("    ", paper.Spelled(text))
		}
		if r.Note != "" {
			p.Wrapped("    ", p.Faint.Render(paper.Prose(r.Note)))
		}
		p.Line()
	}
}

// printInside writes the heads of the messages that a key log opened. A probe's own
// request needs no telling.
func (c *Connection) printInside(p paper.Sheet) {
	if c.SIP != nil || c.HTTP != nil {
		return
	}
	for _, m := range c.Inside {
		arrow := "▶ "
		if m.Direction != 0 {
			arrow = "◀ "
		}
		p.Line("  ", arrow, p.Strong.Render(paper.Cut(paper.Clean(m.StartLine), p.Width-6)))
		for _, h := range m.Headers {
			p.Line("    ", p.Faint.Render(paper.Cut(paper.Clean(h), p.Width-6)))
		}
		p.Line()
	}
}
