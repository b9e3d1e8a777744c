package push

import (
	"fmt"
	"strings"
	"time"

	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/upload"
)

// The columns of a line, and the width of the screen from which the route is
// shown.
const (
	phoneColumns   = 20
	modelColumns   = 10
	outcomeColumns = 15
	routeColumns   = 7
	timeColumns    = 6
	routeFrom      = 100
)

// line writes a phone in a line, and below it what a dry run would post.
func (p *Printer) line(r *upload.Result) error {
	s, style := p.sheet, p.style(r.Result)
	wide := p.sheet.Width >= routeFrom
	phone, used := phoneColumns, 2+2+phoneColumns+1+modelColumns+1+outcomeColumns+1+timeColumns+2
	if wide {
		phone += 10
		used += 10 + routeColumns + 1
	}
	var b strings.Builder
	b.WriteString("  " + style(string(sign(r.Result))) + " " + paper.Left(paper.Clean(r.Phone), phone) + " " + paper.Left(paper.Clean(model(r)), modelColumns) + " ")
	b.WriteString(style(paper.Left(string(r.Result), outcomeColumns)) + " ")
	if wide {
		b.WriteString(paper.Left(string(r.Route), routeColumns) + " ")
	}
	spent := ""
	if r.Stage != "" { // somebody was there
		spent = took(r.Duration())
	}
	b.WriteString(s.Faint.Render(paper.Right(spent, timeColumns)))
	if why := because(r); why.Code != "" {
		text := why.Code
		if why.Message != "" && wide {
			text += "  " + paper.Prose(why.Message)
		}
		b.WriteString("  " + paper.Cut(text, max(s.Width-used, 10)))
	}
	b.WriteString("\n")
	for _, f := range r.Files {
		if f.Plan != "" {
			b.WriteString("      " + paper.Cut(paper.Path(f.File)+"  "+paper.Prose(f.Plan), s.Width-6) + "\n")
		}
	}
	_, err := s.W.Write([]byte(b.String()))
	return err
}

// sign stands before an outcome.
func sign(o upload.Outcome) paper.Sign {
	switch o {
	case upload.Uploaded, upload.Replaced, upload.AlreadyPresent:
		return paper.SignGood
	case upload.Unconfirmed:
		return paper.SignDoubt
	case upload.Failed:
		return paper.SignBad
	}
	return paper.SignNothing
}

// style paints an outcome.
func (p *Printer) style(o upload.Outcome) func(...string) string {
	switch sign(o) {
	case paper.SignGood:
		return p.sheet.Good.Render
	case paper.SignDoubt:
		return p.sheet.Doubt.Render
	case paper.SignBad:
		return p.sheet.Bad.Render
	}
	return p.sheet.Faint.Render
}

// took writes how long something took, in at most six columns.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 100*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 100*time.Minute:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d h", int(d.Hours()))
}
