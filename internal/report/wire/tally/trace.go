package tally

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire"
	"github.com/phonecert/phonecert/internal/terminal"
)

// inFull is how many connections of a capture are told in full without being
// asked for.
const inFull = 5

// Trace is what the answer for a capture is about.
type Trace struct {
	// Phone is nil when the capture is read without a handset.
	Phone *phone.Phone
	// Target is the capture's name.
	Target string
	// Filtered says that the user asked for certain connections: each is then
	// told in full.
	Filtered bool
}

// TraceSummary is what the command knows of the capture as a whole. The printer
// counts the connections itself.
type TraceSummary struct {
	Packets int64 `json:"packets"`
	Bytes   int64 `json:"bytes"`
	// OtherConnections are those of TCP that hold no TLS.
	OtherConnections int64 `json:"other_connections"`
	// Findings are about the capture: cut off, lossy, empty.
	Findings []finding.Finding `json:"-"`
}

// traced is the summary as JSON has it.
type traced struct {
	TraceSummary
	Connections int     `json:"connections"`
	Registers   int     `json:"registers"`
	Refused     int     `json:"refused"`
	Unknown     int     `json:"unknown"`
	Causes      []Cause `json:"causes"`
}

// TracePrinter writes the connections of a capture as they come. Of many it
// keeps none but the first few, so that memory does not grow with the capture.
type TracePrinter struct {
	streams     *terminal.Streams
	sheet       paper.Sheet
	json, quiet bool
	trace       Trace
	answer      *wire.Answer
	begun       bool
	first       []wire.Connection
	sum         traced
	causes      causes
}

// NewTracePrinter returns a printer for a capture.
func NewTracePrinter(s *terminal.Streams, asJSON, quiet bool, t Trace) *TracePrinter {
	return &TracePrinter{
		streams: s, sheet: paper.NewSheet(s), json: asJSON, quiet: quiet, trace: t, answer: wire.New("trace", t.Phone, t.Target),
	}
}

// Verdict speaks for all connections so far: one that is refused decides, then
// one that is not known.
func (p *TracePrinter) Verdict() diagnosis.Verdict {
	switch {
	case p.sum.Refused > 0:
		return diagnosis.Refuses
	case p.sum.Unknown > 0 || p.sum.Connections == 0:
		return diagnosis.Unknown
	}
	return diagnosis.Registers
}

// Print writes a connection.
func (p *TracePrinter) Print(c wire.Connection) error {
	if err := p.begin(); err != nil {
		return err
	}
	p.count(&c)
	switch {
	case p.json:
		return p.element(&c)
	case p.quiet:
		return nil
	case !p.streams.OutTTY:
		return p.piped(&c)
	case p.trace.Filtered:
		return p.full(&c, p.sum.Connections)
	}
	p.first = append(p.first, c)
	if p.sum.Connections > inFull {
		p.first = nil
	}
	return p.row(&c)
}

// count takes a connection into the sum.
func (p *TracePrinter) count(c *wire.Connection) {
	p.sum.Connections++
	switch c.Verdict {
	case diagnosis.Registers:
		p.sum.Registers++
		return
	case diagnosis.Refuses:
		p.sum.Refused++
	default:
		p.sum.Unknown++
	}
	if f, found := paper.Deciding(c.Findings); found {
		p.causes.add(f.Code, f.Message)
	}
}

// begin writes what stands before the first connection.
func (p *TracePrinter) begin() error {
	if p.begun {
		return nil
	}
	p.begun = true
	switch {
	case p.json:
		return p.open()
	case p.quiet:
		return nil
	case !p.streams.OutTTY:
		return paper.Tabbed(p.streams.Out, p.answer.Rows())
	}
	var b strings.Builder
	sheet := p.sheet.On(&b, p.streams.Width())
	p.answer.PrintHead(sheet)
	sheet.Line()
	_, err := io.WriteString(p.streams.Out, b.String())
	return err
}

// piped writes a row, and all rows where a connection was asked for.
func (p *TracePrinter) piped(c *wire.Connection) error {
	t := wire.Rows{Number: strconv.Itoa(p.sum.Connections)}
	if p.trace.Filtered {
		t.Connection(c)
	} else {
		t.Overview(c)
	}
	return paper.Tabbed(p.streams.Out, t.List)
}

// row writes a connection on a terminal.
func (p *TracePrinter) row(c *wire.Connection) error {
	_, err := io.WriteString(p.streams.Out, row(p.sheet.On(p.streams.Out, p.streams.Width()), p.sum.Connections, c))
	return err
}

// full writes all of a connection on a terminal.
func (p *TracePrinter) full(c *wire.Connection, number int) error {
	var b strings.Builder
	sheet := p.sheet.On(&b, p.streams.Width())
	title := fmt.Sprintf("%d  %s ▶ %s", number, paper.Clean(c.Client), paper.Clean(c.Server))
	if !c.Start.IsZero() {
		title += "  " + c.Start.Format("2006-01-02 15:04:05")
	}
	sheet.Line(sheet.Strong.Render(paper.Cut("  "+title, sheet.Width-1)))
	c.Print(sheet)
	_, err := io.WriteString(p.streams.Out, b.String())
	return err
}

// Close writes what the capture came to.
func (p *TracePrinter) Close(s TraceSummary) error {
	if err := p.begin(); err != nil {
		return err
	}
	p.sum.TraceSummary, p.sum.Causes = s, p.causes.byCount()
	switch {
	case p.json:
		return p.close(s)
	case p.quiet:
		return nil
	case !p.streams.OutTTY:
		return paper.Tabbed(p.streams.Out, p.totals(s))
	}
	if len(p.first) > 0 {
		p.sheet.Line()
	}
	for i := range p.first {
		if err := p.full(&p.first[i], i+1); err != nil {
			return err
		}
	}
	var b strings.Builder
	p.total(p.sheet.On(&b, p.streams.Width()), s)
	_, err := io.WriteString(p.streams.Out, b.String())
	return err
}

// totals are the rows of a pipe that come after the connections.
func (p *TracePrinter) totals(s TraceSummary) [][]string {
	t := wire.Rows{Number: "0"}
	for _, f := range s.Findings {
		t.Add("finding", string(f.Severity), f.Code, f.Message, f.Fix)
	}
	t.List = append(t.List, p.causes.rows("cause")...)
	t.Add("total", strconv.Itoa(p.sum.Connections), strconv.Itoa(p.sum.Registers), strconv.Itoa(p.sum.Refused), strconv.Itoa(p.sum.Unknown),
		strconv.FormatInt(s.Packets, 10), strconv.FormatInt(s.Bytes, 10), strconv.FormatInt(s.OtherConnections, 10))
	return t.List
}
