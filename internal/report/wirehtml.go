package report

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
)

//go:embed wire.gohtml
var wirePage string

// WireHTML writes an answer as a page that stands alone: no scripts, nothing
// loaded, dark or light as the reader's system is.
func WireHTML(w io.Writer, answer *Wire) error {
	page, err := template.New("wire").Parse(wirePage)
	if err != nil {
		return err
	}
	return page.Execute(w, newWirePage(answer))
}

// htmlPage is what the template shows; every text is fit for a screen.
type htmlPage struct {
	Title, Handset, Target, Settings, Caption string
	Gaps                                      []string
	Connections                               []htmlConnection
}

type htmlConnection struct {
	Client, Server, Mood, Answer, Sentence, Log, Remark string
	Arrived, Facts                                      []htmlMark
	Ladder                                              htmlLadder
	Inside                                              []Inside
	Findings                                            []finding.Finding
	Remedies                                            []diagnosis.Remedy
}

type htmlMark struct{ Label, Sign, Text, Mood string }

// htmlLadder is the drawing; lengths are in the drawing's own units.
type htmlLadder struct {
	Width, Height, Left, Right, Middle int
	Rungs                              []htmlRung
}

type htmlRung struct {
	Y, From, To                                    int
	Guide, Figure, Time, Size, Label, Detail, Mood string
	Client, Ends, Note                             bool
}

// The drawing's measures. A page holds about maxDetail characters of a detail
// beside the lane.
const (
	rungHeight = 30
	laneLeft   = 210
	laneRight  = 620
	pageWidth  = 1100
	maxDetail  = 64
)

func newWirePage(answer *Wire) htmlPage {
	page := htmlPage{
		Handset: strings.TrimSpace(clean(answer.Handset) + " " + clean(answer.title)), Target: clean(answer.Target),
		Settings: settingsWords(answer.Settings), Caption: caption,
	}
	page.Title = strings.TrimSpace(page.Handset + " " + page.Target)
	for _, g := range answer.Gaps {
		page.Gaps = append(page.Gaps, gapWords(g))
	}
	st := newStyle(io.Discard, false)
	for i := range answer.Connections {
		page.Connections = append(page.Connections, st.htmlConnection(&answer.Connections[i]))
	}
	return page
}

func (st style) htmlConnection(c *Connection) htmlConnection {
	h := htmlConnection{
		Client: clean(c.Client), Server: clean(c.Server), Answer: st.answer(c.Verdict, c.https), Sentence: prose(c.Sentence), Log: prose(c.ServerLog),
		Remark: remark(c.Negotiated), Arrived: htmlMarks(c.arrived()), Facts: htmlMarks(c.facts()), Ladder: newHTMLLadder(c.ladder()),
		Mood: map[diagnosis.Verdict]string{diagnosis.Registers: "good", diagnosis.Refuses: "bad"}[c.Verdict],
	}
	for _, m := range c.Inside {
		if c.SIP == nil && c.HTTP == nil {
			h.Inside = append(h.Inside, cleaned(m))
		}
	}
	for _, f := range sorted(c.beside()) {
		f.Message, f.Fix, f.Source = prose(f.Message), spelled(f.Fix), prose(f.Source)
		h.Findings = append(h.Findings, f)
	}
	for _, r := range c.Remedies {
		lines := make([]string, len(r.Lines))
		for i, text := range r.Lines {
			lines[i] = spelled(text)
		}
		h.Remedies = append(h.Remedies, diagnosis.Remedy{Program: clean(r.Program), File: clean(r.File), Lines: lines, Note: prose(r.Note)})
	}
	return h
}

func cleaned(m Inside) Inside {
	headers := make([]string, len(m.Headers))
	for i, text := range m.Headers {
		headers[i] = clean(text)
	}
	m.StartLine, m.Headers = clean(m.StartLine), headers
	return m
}

func htmlMarks(rows []mark) []htmlMark {
	var list []htmlMark
	last := ""
	for _, r := range rows {
		label := r.label
		if label == last {
			label = ""
		}
		last = r.label
		list = append(list, htmlMark{label, r.sign, r.text, r.mood.class()})
	}
	return list
}

// class is the mood's name in the page's style sheet.
func (m mood) class() string {
	switch m {
	case badly:
		return "bad"
	case doubtfully:
		return "doubt"
	case faintly:
		return "faint"
	}
	return ""
}

func newHTMLLadder(list []rung) htmlLadder {
	l := htmlLadder{Width: pageWidth, Height: (len(list) + 1) * rungHeight, Left: laneLeft, Right: laneRight, Middle: (laneLeft + laneRight) / 2}
	for i, r := range list {
		h := htmlRung{
			Y: (i + 1) * rungHeight, From: laneLeft, To: laneRight, Guide: strings.TrimSpace(guide(r.step)), Figure: strings.TrimSpace(figure(r.step)),
			Time: r.time(), Size: r.size, Label: r.label, Detail: cut(r.detail, maxDetail), Mood: r.mood.class(), Client: r.client, Ends: r.ends, Note: r.label == "",
		}
		if !r.client {
			h.From, h.To = h.To, h.From
		}
		l.Rungs = append(l.Rungs, h)
	}
	return l
}
