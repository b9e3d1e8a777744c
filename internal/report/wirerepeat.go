package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/phonecert/phonecert/inspect/diagnosis"
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
	wire   *WirePrinter
	took   []int64
	causes causes
	sum    Repeat
	header Header
	https  bool
}

// NewRepeatPrinter returns a printer for the runs of a target and a handset.
func NewRepeatPrinter(s *terminal.Streams, asJSON, quiet bool) *RepeatPrinter {
	return &RepeatPrinter{wire: NewWirePrinter(s, asJSON, quiet), header: NewHeader("probe")}
}

// Print writes a run.
func (p *RepeatPrinter) Print(answer *Wire) error {
	p.sum.Runs++
	p.header = answer.Header
	newCause := p.count(answer)
	s := p.wire.streams
	switch {
	case p.wire.json || p.wire.quiet:
		return p.wire.Print(answer)
	case !s.OutTTY:
		t := tabs{number: strconv.Itoa(p.sum.Runs)}
		for i := range answer.Connections {
			t.overview(&answer.Connections[i])
		}
		t.add("run", string(answer.Verdict))
		return tabbed(s.Out, t.rows)
	case p.sum.Runs == 1 || newCause:
		if err := p.wire.Print(answer); err != nil {
			return err
		}
	}
	return p.row(answer)
}

// count adds a run to the sum and reports whether it failed in a new way.
func (p *RepeatPrinter) count(answer *Wire) bool {
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
	p.https = last.https
	if last.HandshakeUS != nil {
		p.took = append(p.took, *last.HandshakeUS)
	}
	f, found := last.deciding()
	return found && answer.Verdict != diagnosis.Registers && p.causes.add(f.Code, f.Message)
}

func (p *RepeatPrinter) row(answer *Wire) error {
	st, text := p.wire.st, ""
	if n := len(answer.Connections); n > 0 {
		last := &answer.Connections[n-1]
		if last.HandshakeUS != nil {
			text = right(milliseconds(time.Duration(*last.HandshakeUS)*time.Microsecond), 10)
		}
		if f, found := last.deciding(); found {
			text += "  " + f.Code
		}
	}
	verdict := st.answer(answer.Verdict, p.https)
	if text != "" {
		verdict += strings.Repeat(" ", max(answerColumns-lipgloss.Width(verdict), 0))
	}
	_, err := fmt.Fprintf(p.wire.streams.Out, "  %s  %s%s\n", right("run "+strconv.Itoa(p.sum.Runs), 8), verdict, st.faint.Render(text))
	return err
}

// Close writes what the runs came to.
func (p *RepeatPrinter) Close() error {
	p.sum.Causes, p.sum.HandshakeUS = p.causes.byCount(), spread(p.took)
	s := p.wire.streams
	switch {
	case p.wire.json:
		return JSON(s.Out, struct {
			Header
			Summary Repeat `json:"summary"`
		}{p.header, p.sum})
	case p.wire.quiet:
		return nil
	case !s.OutTTY:
		t := tabs{number: "0"}
		fields := []string{strconv.Itoa(p.sum.Runs), strconv.Itoa(p.sum.Registered), strconv.Itoa(p.sum.Refused), strconv.Itoa(p.sum.Unknown)}
		t.add("repeated", append(fields, p.sum.HandshakeUS.fields()...)...)
		return tabbed(s.Out, append(p.causes.rows("cause"), t.rows...))
	}
	var b strings.Builder
	p.wire.st.repeat(&b, s.Width(), &p.sum, &p.causes, p.https)
	_, err := io.WriteString(s.Out, b.String())
	return err
}

func (st style) repeat(w io.Writer, width int, sum *Repeat, c *causes, https bool) {
	word := "registered"
	if https {
		word = "fetched"
	}
	text := fmt.Sprintf("%d of %d %s", sum.Registered, sum.Runs, word)
	if h := sum.HandshakeUS; h != nil {
		ms := func(us int64) string { return milliseconds(time.Duration(us) * time.Microsecond) }
		text += fmt.Sprintf(" · handshake %s at least, %s median, %s at most", ms(h.Min), ms(h.Median), ms(h.Max))
	}
	line(w)
	for _, part := range st.wrap(text, width-3) {
		line(w, "  ", st.strong.Render(part))
	}
	st.causes(w, width, c)
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
