// Package desk is what is told of one phone that somebody logged in to: what is
// on it, and what was changed.
package desk

import (
	"fmt"
	"slices"
	"time"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/page"
)

// Phone is who was spoken to, the beginning of every answer.
type Phone struct {
	paper.Header
	Phone    string            `json:"phone"`
	Dialect  dialect.Name      `json:"dialect"`
	Model    string            `json:"model,omitempty"`
	Firmware string            `json:"firmware,omitempty"`
	MAC      string            `json:"mac,omitempty"`
	Findings []finding.Finding `json:"findings"`
}

// NewPhone begins an answer of a command.
func NewPhone(command, address string, p *upload.Phone) Phone {
	return Phone{
		Header: paper.NewHeader(command), Phone: address, Dialect: p.Dialect,
		Model: p.Identity.Model, Firmware: p.Identity.Firmware, MAC: p.Identity.MAC, Findings: paper.Listed(p.Findings),
	}
}

// head writes who was spoken to.
func (p Phone) head(sheet paper.Sheet) {
	sheet.Line("  ", sheet.Strong.Render(paper.Path(p.Phone)), "  ", paper.Clean(p.Model), "  ", sheet.Faint.Render(paper.Clean(p.Firmware)+"  "+string(p.Dialect)))
	sheet.Line()
}

// foot writes what remains to be said.
func (p Phone) foot(sheet paper.Sheet) {
	sheet.Findings(slices.DeleteFunc(slices.Clone(p.Findings), upload.ToldBefore))
}

// Line is one certificate as the phone's list shows it.
type Line struct {
	IssuedTo   string     `json:"issued_to"`
	IssuedBy   string     `json:"issued_by"`
	Expiration string     `json:"expiration"`
	Expires    *time.Time `json:"expires"`
	Expired    *bool      `json:"expired"`
}

// newLine reads a line at a moment; what is not understood stays null.
func newLine(c page.Certificate, now time.Time) Line {
	l := Line{IssuedTo: c.IssuedTo, IssuedBy: c.IssuedBy, Expiration: c.Expiration}
	if !c.Expires.IsZero() {
		end, expired := c.Expires, now.After(c.Expires)
		l.Expires, l.Expired = &end, &expired
	}
	return l
}

// state says in words whether a line is expired.
func (l Line) state(now time.Time) string {
	if l.Expires == nil {
		return "date not understood"
	}
	days := int(l.Expires.Sub(now).Hours() / 24)
	if *l.Expired {
		return "expired"
	}
	return fmt.Sprintf("%d days left", days)
}

// lines puts a list into Lines.
func lines(list dialect.Listing, now time.Time) []Line {
	result := []Line{}
	for _, c := range list.Certificates {
		result = append(result, newLine(c, now))
	}
	return result
}

// print writes an answer in the form that was asked for.
func print(s *terminal.Streams, asJSON, quiet bool, value any, rows [][]string, screen func(paper.Sheet)) error {
	switch {
	case asJSON:
		return paper.JSON(s.Out, value)
	case quiet:
		return nil
	case !s.OutTTY:
		return paper.Tabbed(s.Out, rows)
	}
	screen(paper.NewSheet(s))
	return nil
}
