package wire

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire/inside"
	"github.com/phonecert/phonecert/internal/report/wire/ladder"
)

//go:embed page.gohtml
var pageText string

// HTML writes an answer as a page that stands alone: no scripts, nothing
// loaded, dark or light as the reader's system is.
func HTML(w io.Writer, answer *Answer) error {
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return err
	}
	return t.Execute(w, newPage(answer))
}

// page is what the template shows; every text is fit for a screen.
type page struct {
	Title, Handset, Target, Settings, Caption string
	Gaps                                      []string
	Connections                               []pageConnection
}

type pageConnection struct {
	Client, Server, Mood, Answer, Sentence, Log, Remark string
	Arrived, Facts                                      []pageMark
	Ladder                                              pageLadder
	Inside                                              []inside.Message
	Findings                                            []pageFinding
	Remedies                                            []diagnosis.Remedy
}

type pageFinding struct {
	Word, Mood, Code, Message, Ground, Fix string
}

type pageMark struct{ Label, Sign, Text, Mood string }

// pageLadder is the drawing; lengths are in the drawing's own units.
type pageLadder struct {
	Width, Height, Top, Left, Right, Middle int
	Client, Server                          string
	Rungs                                   []pageRung
	// Words says that there is no arrow to draw, only something to tell.
	Words bool
}

type pageRung struct {
	Y, From, To                                    int
	Guide, Figure, Time, Size, Label, Detail, Mood string
	Client, Ends, Note                             bool
}

// The drawing's measures. It holds about maxDetail characters of a detail beside
// the lane, two names of maxNames characters together above it and notes of
// maxNote characters in it.
const (
	laneTop    = 24
	rungHeight = 34
	lineHeight = 20 // of a note that goes on
	laneLeft   = 210
	laneRight  = 620
	pageWidth  = 1100
	maxDetail  = 64
	maxNames   = 46
	maxNote    = 44
)

func newPage(answer *Answer) page {
	page := page{
		Handset: strings.TrimSpace(paper.Clean(answer.Handset) + " " + paper.Clean(answer.title)), Target: paper.Clean(answer.Target),
		Settings: settingsWords(answer.Settings), Caption: ladder.Caption,
	}
	page.Title = strings.TrimSpace(page.Handset + " " + page.Target)
	for _, g := range answer.Gaps {
		page.Gaps = append(page.Gaps, gapWords(g))
	}
	for i := range answer.Connections {
		page.Connections = append(page.Connections, newPageConnection(&answer.Connections[i]))
	}
	return page
}

func newPageConnection(c *Connection) pageConnection {
	h := pageConnection{
		Client: paper.Clean(c.Client), Server: paper.Clean(c.Server), Sentence: paper.Prose(c.Sentence), Log: paper.Prose(c.ServerLog),
		Answer: Word(paper.Blank(io.Discard, 0, false), c.Verdict, c.https),
		Remark: ladder.Remark(c.Negotiated), Arrived: pageMarks(c.arrived()), Facts: pageMarks(c.facts()), Ladder: newPageLadder(c.picture()),
		Mood: map[diagnosis.Verdict]string{diagnosis.Registers: "good", diagnosis.Refuses: "bad"}[c.Verdict],
	}
	for _, m := range c.Inside {
		if c.SIP == nil && c.HTTP == nil {
			h.Inside = append(h.Inside, cleaned(m))
		}
	}
	for _, f := range paper.Sorted(c.beside()) {
		h.Findings = append(h.Findings, newPageFinding(f))
	}
	for _, r := range c.Remedies {
		lines := make([]string, len(r.Lines))
		for i, text := range r.Lines {
			lines[i] = paper.Spelled(text)
		}
		h.Remedies = append(h.Remedies, diagnosis.Remedy{Program: paper.Clean(r.Program), File: paper.Clean(r.File), Lines: lines, Note: paper.Prose(r.Note)})
	}
	return h
}

func newPageFinding(f finding.Finding) pageFinding {
	word, mood := paper.Severity(f)
	h := pageFinding{Word: word, Mood: class(mood), Code: f.Code, Message: paper.Prose(f.Message), Fix: paper.Spelled(f.Fix)}
	if f.Severity != finding.Note {
		h.Ground = string(f.Basis) + ": " + paper.Prose(f.Source)
	}
	return h
}

// cleaned is the head of a message fit for a screen.
func cleaned(m inside.Message) inside.Message {
	headers := make([]string, len(m.Headers))
	for i, text := range m.Headers {
		headers[i] = paper.Clean(text)
	}
	m.StartLine, m.Headers = paper.Clean(m.StartLine), headers
	return m
}

func pageMarks(rows []paper.Mark) []pageMark {
	var list []pageMark
	last := ""
	for _, r := range rows {
		label := r.Label
		if label == last {
			label = ""
		}
		last = r.Label
		list = append(list, pageMark{label, string(r.Sign), r.Text, class(r.Mood)})
	}
	return list
}

// class is the mood's name in the page's style sheet.
func class(m paper.Mood) string {
	switch m {
	case paper.Badly:
		return "bad"
	case paper.Doubtfully:
		return "doubt"
	case paper.Faintly:
		return "faint"
	}
	return ""
}

func newPageLadder(c *ladder.Connection) pageLadder {
	l := pageLadder{Width: pageWidth, Top: laneTop, Left: laneLeft, Right: laneRight, Middle: (laneLeft + laneRight) / 2, Words: c.Silent()}
	l.Client, l.Server = c.Names(maxNames)
	y := laneTop
	add := func(height int, r pageRung) {
		y += height
		r.Y = y
		l.Rungs = append(l.Rungs, r)
	}
	for _, r := range c.Rungs() {
		if r.Label != "" {
			add(rungHeight, newPageRung(r))
			continue
		}
		parts, height := []string{r.Detail}, rungHeight
		if !l.Words {
			parts = paper.Blank(io.Discard, 0, false).Wrap(r.Detail, maxNote)
		}
		for _, part := range parts {
			add(height, pageRung{Note: true, Detail: part, Mood: class(r.Mood)})
			height = lineHeight
		}
	}
	l.Height = y + rungHeight
	return l
}

func newPageRung(r ladder.Rung) pageRung {
	h := pageRung{
		From: laneLeft, To: laneRight, Guide: strings.TrimSpace(ladder.Guide(r.Step)), Figure: strings.TrimSpace(ladder.Figure(r.Step)),
		Time: r.Time(), Size: r.Size, Label: r.Label, Detail: paper.Cut(r.Detail, maxDetail), Mood: class(r.Mood), Client: r.Client, Ends: r.Ends,
	}
	if !r.Client {
		h.From, h.To = h.To, h.From
	}
	return h
}
