package push

import (
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/upload"
)

// One writes what became of the only phone: what is known of it, each file, the
// findings in full, and the outcome.
func (p *Printer) One(r *upload.Result) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bar.close()
	switch {
	case p.options.JSON:
		return paper.JSON(p.streams.Out, newPhone(r, false))
	case p.options.Quiet:
		return nil
	}
	told := slices.DeleteFunc(slices.Clone(r.Findings), upload.ToldBefore)
	switch {
	case !p.streams.OutTTY:
		for _, f := range paper.Decisive(told) {
			if f.Severity == finding.Error {
				paper.Error(p.streams, paper.Prose(f.Message), []string{paper.Prose(f.Fix)})
				continue
			}
			paper.Note(p.streams, paper.Prose(f.Message))
		}
		return paper.Tabbed(p.streams.Out, rows(r))
	}
	s := p.sheet
	s.Line("  ", s.Strong.Render(paper.Clean(r.Phone)), "  ", s.Faint.Render(known(r)))
	for _, f := range r.Files {
		words := strings.ReplaceAll(string(f.Result), "-", " ")
		if f.Route != "" && f.Result != upload.AlreadyPresent {
			words += " · by " + string(f.Route)
		}
		s.Line("  ", p.style(f.Result)(string(sign(f.Result))), " ", paper.Path(f.File), "  ", s.Faint.Render(words))
		if f.Plan != "" {
			s.Wrapped("      ", paper.Prose(f.Plan))
		}
	}
	for _, c := range r.Installed {
		s.Line("  ", s.Faint.Render("on the phone: "+paper.Clean(c.IssuedTo)+", issued by "+paper.Clean(c.IssuedBy)+", expires "+paper.Clean(c.Expiration)))
	}
	if r.Rebooted {
		s.Line("  ", s.Faint.Render(string(paper.SignNothing)), " ", "the phone was told to restart")
	}
	s.Line()
	s.Findings(told)
	word := strings.ToUpper(strings.ReplaceAll(string(r.Result), "-", " "))
	s.Line("  ", p.style(r.Result)(word), "  ", s.Faint.Render(outcome(r)))
	return nil
}

// known is what the phone says of itself.
func known(r *upload.Result) string {
	var words []string
	if name := model(r); name != "" {
		words = append(words, paper.Clean(name))
	}
	if r.Firmware != "" {
		words = append(words, "firmware "+paper.Clean(r.Firmware))
	}
	if r.MAC != "" {
		words = append(words, paper.Clean(r.MAC))
	}
	if r.Dialect != "" {
		words = append(words, "dialect "+string(r.Dialect))
	}
	return strings.Join(words, " · ")
}

// outcome is where the visit ended, and after how long.
func outcome(r *upload.Result) string {
	text := took(r.Duration())
	if (sign(r.Result) == paper.SignBad || sign(r.Result) == paper.SignDoubt) && r.Stage != "" {
		text = "at the stage " + string(r.Stage) + ", after " + text
	}
	if r.Cause != "" {
		text += "  " + r.Cause
	}
	return text
}
