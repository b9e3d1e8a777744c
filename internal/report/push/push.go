// Package push tells what became of phones to which certificates were pushed:
// line by line while that goes on, and in the end what it came to.
package push

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/fleet"
)

// Options say how it is told.
type Options struct {
	// JSON writes one object a line.
	JSON bool
	// Quiet leaves the text out; JSON is written all the same.
	Quiet bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Printer writes results to standard output and progress to standard error. Its
// methods may be called by many at once.
type Printer struct {
	streams *terminal.Streams
	sheet   paper.Sheet
	options Options

	mu  sync.Mutex
	bar *bar
}

// NewPrinter returns a printer.
func NewPrinter(s *terminal.Streams, o Options) *Printer {
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Printer{streams: s, sheet: paper.NewSheet(s), options: o}
	if s.ErrTTY && !o.Quiet {
		p.bar = newBar(s.Err, s.Width(), o.Now)
	}
	return p
}

// Phone is the JSON object of a phone.
type Phone struct {
	paper.Header
	upload.Result
	Files    []upload.FileResult `json:"files"`
	Findings []finding.Finding   `json:"findings"`
	// Earlier: an earlier run did it, and its journal tells.
	Earlier bool `json:"earlier,omitempty"`
}

func newPhone(r *upload.Result, earlier bool) Phone {
	return Phone{
		Header: paper.NewHeader("upload"), Result: *r,
		Files: paper.Listed(r.Files), Findings: paper.Listed(r.Findings), Earlier: earlier,
	}
}

// Phone writes what became of one phone of many: an object, a row for a pipe, or
// a line for people. On a terminal those of an earlier run and those to which
// nobody came are left to the summary: they would hide what happens now.
func (p *Printer) Phone(f fleet.Finished) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch r := &f.Result; {
	case p.options.JSON:
		return p.above(func() error { return paper.JSON(p.streams.Out, newPhone(r, f.Earlier)) })
	case p.options.Quiet:
		return nil
	case !p.streams.OutTTY:
		return paper.Tabbed(p.streams.Out, rows(r))
	case f.Earlier || f.NotReached():
		return nil
	default:
		return p.above(func() error { return p.line(r) })
	}
}

// Progress tells how far it has come, where a person looks at standard error.
func (p *Printer) Progress(c fleet.Counts) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bar.show(c)
}

// Note writes a remark to standard error while phones are visited.
func (p *Printer) Note(message string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.options.Quiet {
		return
	}
	p.bar.clear()
	paper.Note(p.streams, message)
	p.bar.redraw()
}

// above writes to standard output so that the progress, which may be on the same
// screen, stays below.
func (p *Printer) above(write func() error) error {
	if !p.streams.OutTTY {
		return write()
	}
	p.bar.clear()
	defer p.bar.redraw()
	return write()
}

// rows are a phone for a pipe, and each plan of a dry run.
func rows(r *upload.Result) [][]string {
	list := [][]string{{
		r.Phone, model(r), string(r.Result), string(r.Route), string(r.Stage), r.Cause,
		strconv.FormatInt(r.DurationMS, 10), because(r).Message,
	}}
	for _, f := range r.Files {
		if f.Plan != "" {
			list = append(list, []string{r.Phone, f.File, "plan", string(f.Route), "", "", "", f.Plan})
		}
	}
	return list
}

// model is what the phone calls itself, else what the list or the user calls it.
func model(r *upload.Result) string {
	if r.Model != "" {
		return r.Model
	}
	return r.Handset
}

// because is the finding that decided on a result.
func because(r *upload.Result) finding.Finding {
	if r.Cause == "" {
		return finding.Finding{}
	}
	if at := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.Code == r.Cause }); at >= 0 {
		return r.Findings[at]
	}
	return finding.Finding{Code: r.Cause}
}
