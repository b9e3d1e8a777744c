package push

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet"
)

// How many models and causes people are shown. JSON has all.
const (
	maxModels = 12
	maxCauses = 5
)

// Summary is the last JSON object of a run over many phones.
type Summary struct {
	paper.Header
	Summary fleet.Summary `json:"summary"`
}

// Close writes what the run came to.
func (p *Printer) Close(s fleet.Summary) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bar.close()
	switch {
	case p.options.JSON:
		return paper.JSON(p.streams.Out, Summary{paper.NewHeader("upload"), s})
	case p.options.Quiet:
		return nil
	case !p.streams.OutTTY:
		for _, sentence := range sentences(&s) {
			paper.Note(p.streams, paper.Prose(sentence))
		}
		return nil
	}
	return p.summary(&s)
}

// summary is a table by result and model, what stood in the way most often, and
// the whole in a sentence.
func (p *Printer) summary(s *fleet.Summary) error {
	p.sheet.Line()
	if err := paper.Table(p.streams, []string{"model", "result", "phones"}, p.table(s)); err != nil {
		return err
	}
	if hidden := len(s.Models) - maxModels; hidden > 0 {
		p.sheet.Line("  ", p.sheet.Faint.Render(fmt.Sprintf("%d more models are in the total alone", hidden)))
	}
	for i, c := range s.Causes {
		if i == maxCauses {
			p.sheet.Line("  ", p.sheet.Faint.Render(fmt.Sprintf("and %s; --report FILE has the cause of each phone", paper.Count(len(s.Causes)-i, "more cause"))))
			p.sheet.Line()
			break
		}
		p.cause(&c)
	}
	if s.Stopped != nil {
		p.sheet.Findings([]finding.Finding{*s.Stopped})
	}
	word, style := verdict(s), p.style(verdictOutcome(s))
	list := sentences(s)
	for i, part := range p.sheet.Wrap(list[0], p.sheet.Width-len(word)-4) {
		lead := style(word)
		if i > 0 {
			lead = strings.Repeat(" ", len(word))
		}
		p.sheet.Line("  ", lead, "  ", part)
	}
	for _, sentence := range list[1:] {
		p.sheet.Wrapped("  ", p.sheet.Faint.Render(paper.Prose(sentence)))
	}
	return nil
}

// table counts by model and result, and by result alone.
func (p *Printer) table(s *fleet.Summary) (rows [][]string) {
	add := func(name string, results map[upload.Outcome]int) {
		for _, o := range upload.Outcomes() {
			if n := results[o]; n > 0 {
				rows = append(rows, []string{name, p.style(o)(string(o)), strconv.Itoa(n)})
				name = "" // a name that repeats stands once
			}
		}
	}
	for _, m := range s.Models[:min(len(s.Models), maxModels)] {
		add(paper.Cut(paper.Clean(m.Model), 2*modelColumns), m.Results)
	}
	if len(s.Models) != 1 {
		add("all", s.Results)
	}
	return rows
}

// cause writes what stood in the way of some phones, and what mends it.
func (p *Printer) cause(c *fleet.Cause) {
	p.sheet.Line("  ", p.sheet.Bad.Render(c.Code), p.sheet.Faint.Render("  "+strconv.Itoa(c.Count)+"×"))
	if c.Message != "" {
		p.sheet.Wrapped("    ", paper.Prose(c.Message))
	}
	switch fix := paper.Spelled(c.Fix); {
	case strings.Contains(fix, "phonecert "): // a command stays on one line, to be copied
		p.sheet.Line("    ", p.sheet.Good.Render("fix"), "  ", fix)
	case fix != "":
		p.sheet.Wrapped("    ", p.sheet.Good.Render("fix")+"  "+fix)
	}
	p.sheet.Line()
}

// verdict is the run in a word or two.
func verdict(s *fleet.Summary) string {
	switch {
	case s.Interrupted:
		return "INTERRUPTED"
	case s.Stopped != nil:
		return "STOPPED"
	case s.Failed > 0:
		return "SOME FAILED"
	case s.Unconfirmed > 0:
		return "NOT ALL CONFIRMED"
	}
	return "DONE"
}

// verdictOutcome is the outcome of a phone of which that might be said.
func verdictOutcome(s *fleet.Summary) upload.Outcome {
	switch {
	case s.Failed > 0 || s.Stopped != nil && !s.Interrupted:
		return upload.Failed
	case s.Unconfirmed > 0 || s.Interrupted:
		return upload.Unconfirmed
	}
	return upload.Uploaded
}

// sentences tell the counts, and what else is to be known.
func sentences(s *fleet.Summary) []string {
	text := paper.Count(s.Phones, "phone")
	for _, o := range upload.Outcomes() {
		if n := s.Results[o]; n > 0 {
			text += fmt.Sprintf(" · %d %s", n, o)
		}
	}
	list := []string{text}
	if s.Stopped != nil {
		list = append(list, "the run stopped before "+paper.Count(s.NotReached, "phone")+": "+s.Stopped.Message)
	}
	if s.Earlier > 0 {
		list = append(list, fmt.Sprintf("%s had been done by an earlier run and %s not touched again", paper.Count(s.Earlier, "phone"), were(s.Earlier)))
	}
	if s.Unlisted > 0 {
		list = append(list, fmt.Sprintf("%s of the earlier run %s no longer in the list", paper.Count(s.Unlisted, "phone"), are(s.Unlisted)))
	}
	return list
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
