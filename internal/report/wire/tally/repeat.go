package tally

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire"
	"github.com/phonecert/phonecert/internal/terminal"
)

// Repeat is what many runs of one question came to.
type Repeat struct {
	Runs       int `json:"runs"`
	Registered int `json:"registered"`
	Refused    int `json:"refused"`
	Unknown    int `json:"unknown"`
	// Causes count the runs that were not registered.
	Causes []Cause `json:"causes"`
	// HandshakeUS is nil when no handshake was completed.
	HandshakeUS *Spread `json:"handshake_us"`
}

// Spread are the least, the middle and the greatest of some durations, in
// microseconds.
type Spread struct {
	Min    int64 `json:"min"`
	Median int64 `json:"median"`
	Max    int64 `json:"max"`
}

// RepeatPrinter writes the runs of one question: the first in full, a row for
// each later one, and again in full what fails in a new way.
type RepeatPrinter struct {
	streams     *terminal.Streams
	sheet       paper.Sheet
	json, quiet bool
	full        *wire.Printer
	took        []int64
	causes      causes
	sum         Repeat
	header      paper.Header
	https       bool
}

// NewRepeatPrinter returns a printer for the runs of a target and a handset.
func NewRepeatPrinter(s *terminal.Streams, asJSON, quiet bool) *RepeatPrinter {
	return &RepeatPrinter{
		streams: s, sheet: paper.NewSheet(s), json: asJSON, quiet: quiet,
		full: wire.NewPrinter(s, asJSON, quiet), header: paper.NewHeader("probe"),
	}
}

// Print writes a run.
func (p *RepeatPrinter) Print(answer *wire.Answer) error {
	p.sum.Runs++
	p.header = answer.Header
	newCause := p.count(answer)
	s := p.streams
	switch {
	case p.json || p.quiet:
		return p.full.Print(answer)
	case !s.OutTTY:
		t := wire.Rows{Number: strconv.Itoa(p.sum.Runs)}
		for i := range answer.Connections {
			t.Overview(&answer.Connections[i])
		}
		t.Add("run", string(answer.Verdict))
		return paper.Tabbed(s.Out, t.List)
	case p.sum.Runs == 1 || newCause:
		if err := p.full.Print(answer); err != nil {
			return err
		}
	}
	return p.row(answer)
}

// count adds a run to the sum and reports whether it failed in a new way.
func (p *RepeatPrinter) count(answer *wire.Answer) bool {
	switch answer.Verdict {
	case diagnosis.Registers:
		p.sum.Registered++
	case diagnosis.Refuses:
		p.sum.Refused++
	default:
		p.sum.Unknown++
	}
	n := len(answer.Connections)
	if n == 0 {
		return false
	}
	last := &answer.Connections[n-1]
	p.https = last.HTTPS()
	if last.HandshakeUS != nil {
		p.took = append(p.took, *last.HandshakeUS)
	}
	f, found := paper.Deciding(last.Findings)
	return found && answer.Verdict != diagnosis.Registers && p.causes.add(f.Code, f.Message)
}

func (p *RepeatPrinter) row(answer *wire.Answer) error {
	text := ""
	if n := len(answer.Connections); n > 0 {
		last := &answer.Connections[n-1]
		if last.HandshakeUS != nil {
			text = paper.Right(paper.Milliseconds(time.Duration(*last.HandshakeUS)*time.Microsecond), 10)
		}
		if f, found := paper.Deciding(last.Findings); found {
			text += "  " + f.Code
		}
	}
	verdict := wire.Word(p.sheet, answer.Verdict, p.https)
	if text != "" {
		verdict += strings.Repeat(" ", max(answerColumns-lipgloss.Width(verdict), 0))
	}
	_, err := fmt.Fprintf(p.streams.Out, "  %s  %s%s\n", paper.Right("run "+strconv.Itoa(p.sum.Runs), 8), verdict, p.sheet.Faint.Render(text))
	return err
}

// Close writes what the runs came to.
func (p *RepeatPrinter) Close() error {
	p.sum.Causes, p.sum.HandshakeUS = p.causes.byCount(), spread(p.took)
	s := p.streams
	switch {
	case p.json:
		return paper.JSON(s.Out, struct {
			paper.Header
			Summary Repeat `json:"summary"`
		}{p.header, p.sum})
	case p.quiet:
		return nil
	case !s.OutTTY:
		t := wire.Rows{Number: "0"}
		fields := []string{strconv.Itoa(p.sum.Runs), strconv.Itoa(p.sum.Registered), strconv.Itoa(p.sum.Refused), strconv.Itoa(p.sum.Unknown)}
		t.Add("repeated", append(fields, p.sum.HandshakeUS.fields()...)...)
		return paper.Tabbed(s.Out, append(p.causes.rows("cause"), t.List...))
	}
	var b strings.Builder
	p.total(p.sheet.On(&b, s.Width()))
	_, err := io.WriteString(s.Out, b.String())
	return err
}

// total writes what the runs came to for people.
func (p *RepeatPrinter) total(sheet paper.Sheet) {
	word := "registered"
	if p.https {
		word = "fetched"
	}
	text := fmt.Sprintf("%d of %d %s", p.sum.Registered, p.sum.Runs, word)
	if h := p.sum.HandshakeUS; h != nil {
		ms := func(us int64) string { return paper.Milliseconds(time.Duration(us) * time.Microsecond) }
		text += fmt.Sprintf(" · handshake %s at least, %s median, %s at most", ms(h.Min), ms(h.Median), ms(h.Max))
	}
	sheet.Line()
	for _, part := range sheet.Wrap(text, sheet.Width-3) {
		sheet.Line("  ", sheet.Strong.Render(part))
	}
	p.causes.print(sheet)
}

// fields are empty when no handshake was completed.
func (s *Spread) fields() []string {
	if s == nil {
		return []string{"", "", ""}
	}
	return []string{strconv.FormatInt(s.Min, 10), strconv.FormatInt(s.Median, 10), strconv.FormatInt(s.Max, 10)}
}

// spread sorts what it is given.
func spread(took []int64) *Spread {
	if len(took) == 0 {
		return nil
	}
	slices.Sort(took)
	return &Spread{took[0], took[len(took)/2], took[len(took)-1]}
}
