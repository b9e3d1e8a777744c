package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/compare"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
)

// fewGaps is how many facts that one profile does not know are told in full
// without being asked for.
const fewGaps = 5

// HandsetDiff is where two profiles differ.
type HandsetDiff struct {
	paper.Header
	// A and B are the ids, or the files, as they were given.
	A string `json:"a"`
	B string `json:"b"`
	// Same says that nothing that both know differs.
	Same        bool                 `json:"same"`
	Differences []compare.Difference `json:"differences"`
}

// NewHandsetDiff compares two profiles.
func NewHandsetDiff(command, nameA, nameB string, a, b *handset.Profile) HandsetDiff {
	d := HandsetDiff{
		Header: paper.NewHeader(command), A: nameA, B: nameB, Same: true,
		Differences: paper.Listed(compare.Profiles(a, b)),
	}
	for _, each := range d.Differences {
		d.Same = d.Same && each.Kind != compare.Contradicts
	}
	return d
}

// PrintHandsetDiff writes the differences: on a terminal in blocks, contradictions
// first; in a pipe a row each. Where all is not asked for, a long list of facts
// that one of the two does not know is only counted on a terminal.
func PrintHandsetDiff(s *terminal.Streams, asJSON, all bool, d HandsetDiff) error {
	if asJSON {
		return paper.JSON(s.Out, d)
	}
	if !s.OutTTY {
		return paper.Tabbed(s.Out, diffRows(d))
	}
	p := paper.NewSheet(s)
	p.Line("  ", p.Faint.Render("A "), p.Strong.Render(paper.Clean(d.A)))
	p.Line("  ", p.Faint.Render("B "), p.Strong.Render(paper.Clean(d.B)))
	p.Line()
	if d.Same {
		p.Wrapped("  ", p.Good.Render("the same")+" in all that both know")
		p.Line()
	}
	for _, each := range d.Differences {
		if each.Kind == compare.Contradicts {
			contradiction(p, each)
		}
	}
	gaps(p, all, d.A, compare.OnlyA, d.Differences)
	gaps(p, all, d.B, compare.OnlyB, d.Differences)
	return nil
}

func diffRows(d HandsetDiff) [][]string {
	var rows [][]string
	for _, each := range d.Differences {
		rows = append(rows, []string{
			string(each.Kind), each.Path, each.Label,
			each.A.Value, string(each.A.Basis), each.B.Value, string(each.B.Basis), cmp.Or(strings.Join(each.Details, "; "), silence(each)),
		})
	}
	return rows
}

// silence is why one of the two does not know a fact that the other knows.
func silence(d compare.Difference) string {
	switch d.Kind {
	case compare.OnlyA:
		return d.B.Because
	case compare.OnlyB:
		return d.A.Because
	}
	return ""
}

// contradiction writes a fact on which the two say different things. Of a list
// what differs is told, for twice the whole list shows nothing.
func contradiction(p paper.Sheet, d compare.Difference) {
	p.Wrapped("  ", p.Strong.Render(d.Label)+"  "+p.Faint.Render(d.Path))
	if len(d.Details) == 0 {
		side(p, "A", d.A, d.A.Value)
		side(p, "B", d.B, d.B.Value)
		p.Line()
		return
	}
	for i, detail := range d.Details {
		who := "B "
		if i > 0 || d.Path == helloPath {
			who = "  "
		}
		hanging(p, who, detail)
	}
	for _, each := range []struct {
		who  string
		line handset.FactLine
	}{{"A", d.A}, {"B", d.B}} {
		if each.line.Known {
			p.Wrapped("      ", p.Faint.Render(each.who+" "+ground(each.line)))
		}
	}
	p.Line()
}

// helloPath is the one fact whose details name the profile that they speak of.
const helloPath = "tls.client_hello"

// side writes what one profile says, and on what that rests.
func side(p paper.Sheet, who string, l handset.FactLine, value string) {
	hanging(p, who+" ", value)
	p.Wrapped("      ", p.Faint.Render(ground(l)))
}

// hanging writes a text whose first line begins with a mark.
func hanging(p paper.Sheet, mark, text string) {
	for i, part := range p.Wrap(text, p.Width-6) {
		if i > 0 {
			mark = "  "
		}
		p.Line("    ", p.Faint.Render(mark), part)
	}
}

// gaps writes the facts that one profile alone knows.
func gaps(p paper.Sheet, all bool, name string, kind compare.Kind, list []compare.Difference) {
	var own []compare.Difference
	for _, d := range list {
		if d.Kind == kind {
			own = append(own, d)
		}
	}
	if len(own) == 0 {
		return
	}
	head := fmt.Sprintf("%s that only %s knows", paper.Count(len(own), "fact"), paper.Clean(name))
	if !all && len(own) > fewGaps {
		p.Wrapped("  ", p.Strong.Render(head)+"  "+p.Faint.Render("(--all shows them)"))
		var labels []string
		for _, d := range own {
			labels = append(labels, d.Label)
		}
		p.Wrapped("    ", strings.Join(labels, "; "))
		p.Line()
		return
	}
	p.Wrapped("  ", p.Strong.Render(head))
	for _, d := range own {
		l, other := d.A, "B"
		if kind == compare.OnlyB {
			l, other = d.B, "A"
		}
		hanging(p, "· ", d.Label+": "+l.Value)
		if why := silence(d); why != "" && why != handset.NotStated {
			p.Wrapped("      ", p.Faint.Render(other+" does not: "+why))
		}
	}
	p.Line()
}
