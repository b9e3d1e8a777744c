package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// The columns of an overview. Addresses are of IPv4 with a port.
const (
	numberColumns  = 5
	timeColumns    = 8
	addressColumns = 21
	answerColumns  = 9
	timeFrom       = 80  // columns of the screen from which the time is shown
	oneLineFrom    = 130 // columns from which everything is in one line
)

// traceRow is a connection in a line of fixed columns.
func (st style) traceRow(width, number int, c *Connection) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%*d  ", numberColumns, number)
	used := numberColumns + 2
	if width >= timeFrom {
		at := ""
		if !c.Start.IsZero() {
			at = c.Start.Format("15:04:05")
		}
		b.WriteString(st.faint.Render(left(at, timeColumns)) + "  ")
		used += timeColumns + 2
	}
	address := min(addressColumns, (width-used-answerColumns-3)/2)
	if wide := 39 + 8; width >= oneLineFrom+2*(wide-addressColumns) {
		address = wide
	}
	answer := st.answer(c.Verdict, c.https)
	b.WriteString(left(clean(c.Client), address) + " " + left(clean(c.Server), address) + " " + answer)
	used += 2*address + 2 + answerColumns
	rest := c.inBrief()
	switch {
	case rest == "":
	case width >= oneLineFrom:
		b.WriteString(strings.Repeat(" ", max(answerColumns-lipgloss.Width(answer), 0)+2) + st.faint.Render(cut(rest, width-used-3)))
	default:
		b.WriteString("\n" + strings.Repeat(" ", numberColumns+2) + st.faint.Render(cut(rest, width-numberColumns-3)))
	}
	return b.String() + "\n"
}

// inBrief is cause, version and suite, and whose hello it is.
func (c *Connection) inBrief() string {
	var words []string
	if f, found := c.deciding(); found {
		words = append(words, f.Code)
	}
	if n := c.Negotiated; n != nil {
		words = append(words, n.Version.String()+" "+suite(n.CipherSuite))
	}
	if len(c.Matches) > 0 {
		words = append(words, fmt.Sprintf("%s (%s)", clean(c.Matches[0].Handset), c.Matches[0].Likeness))
	}
	return strings.Join(words, " · ")
}

// traced writes what a capture came to.
func (st style) traced(w io.Writer, width int, p *TracePrinter, s TraceSummary) {
	sum := &p.sum
	text := count(sum.Connections, "TLS connection")
	add := func(n int, what string) {
		if n > 0 {
			text += fmt.Sprintf(" · %d %s", n, what)
		}
	}
	add(sum.Registers, "register")
	add(sum.Refused, "refused")
	add(sum.Unknown, "not known")
	add(int(s.OtherConnections), "connections without TLS")
	text += fmt.Sprintf(" · %d packets, %s", s.Packets, size(s.Bytes))
	line(w)
	for _, part := range st.wrap(text, width-3) {
		line(w, "  ", st.strong.Render(part))
	}
	if sum.Connections > inFull && !p.trace.Filtered {
		st.wrapped(w, width, "  ", st.faint.Render("to see one in full, name it: --filter ADDRESS,PORT"))
		st.causes(w, width, &p.causes)
	}
	line(w)
	st.findings(w, width, s.Findings)
}
