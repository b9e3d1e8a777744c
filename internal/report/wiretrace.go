package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
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
	st          style
	json, quiet bool
	trace       Trace
	wire        *Wire
	begun       bool
	first       []Connection
	sum         traced
	causes      causes
}

// NewTracePrinter returns a printer for a capture.
func NewTracePrinter(s *terminal.Streams, asJSON, quiet bool, t Trace) *TracePrinter {
	return &TracePrinter{
		streams: s, st: newStyle(s.Out, s.Color), json: asJSON, quiet: quiet, trace: t, wire: NewWire("trace", t.Phone, t.Target),
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
func (p *TracePrinter) Print(c Connection) error {
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

func (p *TracePrinter) count(c *Connection) {
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
	if f, found := c.deciding(); found {
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
		return tabbed(p.streams.Out, p.wire.pipeRows())
	}
	var b strings.Builder
	p.st.head(&b, p.streams.Width(), p.wire)
	line(&b)
	_, err := io.WriteString(p.streams.Out, b.String())
	return err
}

// open writes the object up to its list of connections.
func (p *TracePrinter) open() error {
	head, err := json.Marshal(struct {
		Header
		Handset  string    `json:"handset"`
		Target   string    `json:"target"`
		Settings []Setting `json:"settings"`
	}{p.wire.Header, p.wire.Handset, p.wire.Target, p.wire.Settings})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.streams.Out, `%s,"connections":[`, head[:len(head)-1])
	return err
}

func (p *TracePrinter) element(c *Connection) error {
	if p.sum.Connections > 1 {
		if _, err := io.WriteString(p.streams.Out, ","); err != nil {
			return err
		}
	}
	return JSON(oneLine{p.streams.Out}, c)
}

// oneLine leaves the encoder's line break out. There is no other one in JSON
// that is not indented.
type oneLine struct{ w io.Writer }

func (o oneLine) Write(b []byte) (int, error) {
	n := len(b)
	if n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
	}
	if _, err := o.w.Write(b); err != nil {
		return 0, err
	}
	return n, nil
}

// piped writes a row, and all rows where a connection was asked for.
func (p *TracePrinter) piped(c *Connection) error {
	t := tabs{number: strconv.Itoa(p.sum.Connections)}
	if p.trace.Filtered {
		t.connection(c)
	} else {
		t.overview(c)
	}
	return tabbed(p.streams.Out, t.rows)
}

// row writes a connection on a terminal in a line, or in two where the screen
// is narrow.
func (p *TracePrinter) row(c *Connection) error {
	_, err := io.WriteString(p.streams.Out, p.st.traceRow(p.streams.Width(), p.sum.Connections, c))
	return err
}

func (p *TracePrinter) full(c *Connection, number int) error {
	var b strings.Builder
	width := p.streams.Width()
	title := fmt.Sprintf("%d  %s ▶ %s", number, clean(c.Client), clean(c.Server))
	if !c.Start.IsZero() {
		title += "  " + c.Start.Format("2006-01-02 15:04:05")
	}
	line(&b, p.st.strong.Render(cut("  "+title, width-1)))
	p.st.connection(&b, width, c)
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
		return tabbed(p.streams.Out, p.totals(s))
	}
	if len(p.first) > 0 {
		line(p.streams.Out)
	}
	for i := range p.first {
		if err := p.full(&p.first[i], i+1); err != nil {
			return err
		}
	}
	var b strings.Builder
	p.st.traced(&b, p.streams.Width(), p, s)
	_, err := io.WriteString(p.streams.Out, b.String())
	return err
}

func (p *TracePrinter) close(s TraceSummary) error {
	text, err := json.Marshal(struct {
		Verdict  diagnosis.Verdict `json:"verdict"`
		Findings []finding.Finding `json:"findings"`
		Summary  traced            `json:"summary"`
	}{p.Verdict(), listed(s.Findings), p.sum})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.streams.Out, "],%s\n", text[1:])
	return err
}

func (p *TracePrinter) totals(s TraceSummary) [][]string {
	t := tabs{number: "0"}
	for _, f := range s.Findings {
		t.add("finding", string(f.Severity), f.Code, f.Message, f.Fix)
	}
	t.rows = append(t.rows, p.causes.rows("cause")...)
	t.add("total", strconv.Itoa(p.sum.Connections), strconv.Itoa(p.sum.Registers), strconv.Itoa(p.sum.Refused), strconv.Itoa(p.sum.Unknown),
		strconv.FormatInt(s.Packets, 10), strconv.FormatInt(s.Bytes, 10), strconv.FormatInt(s.OtherConnections, 10))
	return t.rows
}
