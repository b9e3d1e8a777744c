package report

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
)

// manyFiles is from how many files on a terminal shows a table of them all and
// details only of those that are not accepted.
const manyFiles = 4

// CheckPrinter writes the answers for one handset or several.
type CheckPrinter struct {
	streams     *terminal.Streams
	sheet       paper.Sheet
	json, quiet bool
	handsets    int
	rows        [][]string
	answers     []*Check
}

// NewCheckPrinter returns a printer for the answers for a number of handsets.
func NewCheckPrinter(s *terminal.Streams, asJSON, quiet bool, handsets int) *CheckPrinter {
	return &CheckPrinter{streams: s, sheet: paper.NewSheet(s), json: asJSON, quiet: quiet, handsets: handsets}
}

// Print writes the answer for one handset.
func (p *CheckPrinter) Print(c *Check) error {
	switch {
	case p.json:
		return paper.JSON(p.streams.Out, c)
	case p.quiet:
		return nil
	case !p.streams.OutTTY:
		return paper.Tabbed(p.streams.Out, p.pipeRows(c))
	case p.handsets > 1:
		p.rows = append(p.rows, p.matrixRow(c))
		p.answers = append(p.answers, c)
		return nil
	}
	return p.text(c)
}

// Close writes what needed all answers first: the table over several handsets
// and, where they judge a server, what it is that they say, handsets that say
// the same together.
func (p *CheckPrinter) Close() error {
	if len(p.rows) == 0 {
		return nil
	}
	if err := paper.Table(p.streams, []string{"handset", "answer", "why"}, p.rows); err != nil {
		return err
	}
	var alike []*Check
	names := map[string]string{}
	for _, c := range p.answers {
		if c.Role != "pbx" || c.Verdict == finding.Accepted {
			continue
		}
		key := c.key()
		if names[key] == "" {
			alike, names[key] = append(alike, c), c.Handset
		} else {
			names[key] += ", " + c.Handset
		}
	}
	for _, c := range alike {
		for _, file := range c.Files {
			p.sheet.Line("  ", p.sheet.Strong.Render(paper.Path(file.Path)))
			p.sheet.Wrapped("  ", p.sheet.Faint.Render(names[c.key()]))
			file.PrintContents(p.sheet)
			p.sheet.Line()
			p.sheet.Findings(paper.Decisive(file.Findings))
		}
	}
	return nil
}

// key is what two handsets share that say the same for the same reasons.
func (c *Check) key() string {
	var b strings.Builder
	for _, file := range c.Files {
		for _, f := range file.Findings {
			if f.Severity != finding.Note {
				fmt.Fprintln(&b, f.Code, f.Severity, f.Basis, f.Fix)
			}
		}
	}
	return b.String()
}

// pipeRows has one row a finding, and one for a file without findings:
// handset, verdict, path, severity, code, message, fix.
func (p *CheckPrinter) pipeRows(c *Check) [][]string {
	var rows [][]string
	add := func(verdict finding.Verdict, path string, findings []finding.Finding) {
		if len(findings) == 0 {
			rows = append(rows, []string{c.Handset, string(verdict), path, "", "", "", ""})
		}
		for _, f := range findings {
			rows = append(rows, []string{c.Handset, string(verdict), path, string(f.Severity), f.Code, f.Message, f.Fix})
		}
	}
	for _, file := range c.Files {
		add(file.Verdict, paper.Path(file.Path), file.Findings)
	}
	if len(c.Findings) > 0 {
		add(c.Verdict, "", c.Findings)
	}
	return rows
}

// matrixRow is the answer for one handset in one line.
func (p *CheckPrinter) matrixRow(c *Check) []string {
	var codes []string
	seen := map[string]bool{}
	collect := func(list []finding.Finding) {
		for _, f := range list {
			if f.Severity == finding.Error && !seen[f.Code] {
				seen[f.Code] = true
				codes = append(codes, f.Code)
			}
		}
	}
	for _, file := range c.Files {
		collect(file.Findings)
	}
	collect(c.Findings)
	return []string{c.Handset, p.sheet.Verdict(c.Verdict), strings.Join(codes, ", ")}
}

// text writes the answer for one handset for people.
func (p *CheckPrinter) text(c *Check) error {
	many := len(c.Files) >= manyFiles
	if many {
		if err := p.summary(c); err != nil {
			return err
		}
	}
	for _, file := range c.Files {
		if !many || file.Verdict != finding.Accepted {
			p.file(c, file)
		}
	}
	p.sheet.Findings(c.Findings)
	if len(c.Files) > 1 {
		p.sheet.Line("  ", p.sheet.Verdict(c.Verdict), "  ", fmt.Sprintf("%s, %d files as %s", c.Handset, len(c.Files), c.Role))
	}
	return nil
}

func (p *CheckPrinter) summary(c *Check) error {
	var rows [][]string
	for _, file := range c.Files {
		var codes []string
		for _, f := range file.Findings {
			if f.Severity != finding.Note {
				codes = append(codes, f.Code)
			}
		}
		rows = append(rows, []string{paper.Path(file.Path), string(file.Format), p.sheet.Verdict(file.Verdict), strings.Join(codes, ", ")})
	}
	return paper.Table(p.streams, []string{"file", "format", "answer", "why"}, rows)
}

// file writes the answer for one file.
func (p *CheckPrinter) file(c *Check, file CheckFile) {
	p.sheet.Line("  ", p.sheet.Strong.Render(paper.Path(file.Path)), "  ", p.sheet.Faint.Render(c.Handset+" · "+c.Role))
	file.PrintContents(p.sheet)
	p.sheet.Line()
	p.sheet.Findings(file.Findings)
	p.sheet.Wrapped("  ", p.sheet.Verdict(file.Verdict)+"  "+sentence(c, file))
	p.sheet.Line()
}

// shownCertificates is how many certificates of a file are named.
const shownCertificates = 3

// PrintContents shows what is in the file: for a server's chain the path that
// the phone follows, with a mark on each certificate.
func (f CheckFile) PrintContents(p paper.Sheet) {
	if f.Trust != nil {
		p.Marks(paper.Chain(f.Trust, f.sent))
		return
	}
	for i, cert := range f.Certificates {
		if i == shownCertificates {
			p.Line("  ", p.Faint.Render(fmt.Sprintf("and %d certificates more", len(f.Certificates)-i)))
			break
		}
		p.Wrapped("  ", p.Faint.Render(fmt.Sprintf("%s · %s %d · until %s",
			cert.Subject, cert.KeyAlgorithm, cert.KeyBits, cert.NotAfter.Format("2006-01-02"))))
	}
}

// sentence is the answer in words.
func sentence(c *Check, file CheckFile) string {
	takes, refuses := "takes this file as "+c.Role+" certificate", "refuses this file as "+c.Role+" certificate"
	if c.Role == "pbx" {
		takes, refuses = "trusts the server that presents this chain", "refuses the server that presents this chain"
	}
	decides, _ := paper.Deciding(file.Findings)
	switch file.Verdict {
	case finding.Accepted:
		return c.Handset + " " + takes
	case finding.Rejected:
		return c.Handset + " " + refuses + ": " + decides.Message
	}
	return "whether " + c.Handset + " " + takes + " is not known: " + decides.Message
}
