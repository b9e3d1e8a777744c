// Package tally counts many answers about the wire and tells what they come to:
// those of servers and handsets, of repeated runs, and of a whole capture.
package tally

import (
	"slices"
	"strconv"

	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire"
)

// maxCauses is how many causes are told apart; there are fewer codes.
const maxCauses = 256

// Cause is what stood in the way, and how often.
type Cause struct {
	Code    string `json:"code"`
	Count   int    `json:"count"`
	Message string `json:"message"`
}

// causes counts causes by their codes, in the order in which they came.
type causes struct{ list []Cause }

// add counts a cause and reports whether it is new.
func (c *causes) add(code, message string) bool {
	for i := range c.list {
		if c.list[i].Code == code {
			c.list[i].Count++
			return false
		}
	}
	if len(c.list) == maxCauses {
		return false
	}
	c.list = append(c.list, Cause{code, 1, message})
	return true
}

// byCount are the causes, the most frequent first.
func (c *causes) byCount() []Cause {
	list := paper.Listed(slices.Clone(c.list))
	slices.SortStableFunc(list, func(a, b Cause) int { return b.Count - a.Count })
	return list
}

func (c *causes) rows(kind string) [][]string {
	t := wire.Rows{Number: "0"}
	for _, cause := range c.byCount() {
		t.Add(kind, cause.Code, strconv.Itoa(cause.Count), cause.Message)
	}
	return t.List
}

// print writes what codes mean, once each.
func (c *causes) print(p paper.Sheet) {
	for _, cause := range c.byCount() {
		p.Line("  ", p.Bad.Render(cause.Code), p.Faint.Render("  "+strconv.Itoa(cause.Count)+"×"))
		p.Wrapped("    ", paper.Prose(cause.Message))
	}
}
