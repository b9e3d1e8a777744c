package tally

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire"
)

// open writes the object up to its list of connections.
func (p *TracePrinter) open() error {
	head, err := json.Marshal(struct {
		paper.Header
		Handset  string         `json:"handset"`
		Target   string         `json:"target"`
		Settings []wire.Setting `json:"settings"`
	}{p.answer.Header, p.answer.Handset, p.answer.Target, p.answer.Settings})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.streams.Out, `%s,"connections":[`, head[:len(head)-1])
	return err
}

// element writes a connection in the list.
func (p *TracePrinter) element(c *wire.Connection) error {
	if p.sum.Connections > 1 {
		if _, err := io.WriteString(p.streams.Out, ","); err != nil {
			return err
		}
	}
	return paper.JSON(oneLine{p.streams.Out}, c)
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

// close ends the list and the object.
func (p *TracePrinter) close(s TraceSummary) error {
	text, err := json.Marshal(struct {
		Verdict  diagnosis.Verdict `json:"verdict"`
		Findings []finding.Finding `json:"findings"`
		Summary  traced            `json:"summary"`
	}{p.Verdict(), paper.Listed(s.Findings), p.sum})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.streams.Out, "],%s\n", text[1:])
	return err
}
