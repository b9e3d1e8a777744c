package listen

import (
	"fmt"
	"strconv"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/wire"
)

// maxClients is how many clients a summary tells apart: a scan of the network
// must not fill the memory.
const maxClients = 1000

// maxListed is how many of them people are shown.
const maxListed = 30

// caller is one client, by its address, and what its calls came to.
type caller struct {
	address, name                      string
	calls, registers, refused, unknown int
	last                               string
}

// callers are all clients in the order of their first call.
type callers struct {
	list  []*caller
	by    map[string]*caller
	total caller
}

func newCallers() *callers { return &callers{by: map[string]*caller{}} }

// add takes a connection into the sums.
func (c *callers) add(a *Answer) {
	address := a.seen.Client.Addr().Unmap().String()
	one := c.by[address]
	if one == nil && len(c.list) < maxClients {
		one = &caller{address: address}
		c.by[address], c.list = one, append(c.list, one)
	}
	for _, sum := range []*caller{one, &c.total} {
		if sum == nil {
			continue
		}
		sum.calls++
		switch a.Verdict {
		case diagnosis.Registers:
			sum.registers++
		case diagnosis.Refuses:
			sum.refused++
		default:
			sum.unknown++
		}
	}
	if one != nil {
		one.last = a.Sentence
		if a.UserAgent != "" {
			one.name = a.UserAgent
		}
	}
}

// rows are those of a pipe:
//
//	client  0, address, calls, registered, refused, not known, user agent, last ending
//	total   0, calls, registered, refused, not known
func (c *callers) rows() [][]string {
	t := wire.Rows{Number: "0"}
	for _, one := range c.list {
		t.Add("client", one.address, strconv.Itoa(one.calls), strconv.Itoa(one.registers), strconv.Itoa(one.refused), strconv.Itoa(one.unknown), one.name, one.last)
	}
	t.Add("total", strconv.Itoa(c.total.calls), strconv.Itoa(c.total.registers), strconv.Itoa(c.total.refused), strconv.Itoa(c.total.unknown))
	return t.List
}

// print writes the summary for people.
func (c *callers) print(sheet paper.Sheet) {
	sheet.Line("  ", sheet.Strong.Render(paper.Count(c.total.calls, "call")+" of "+c.clients()))
	for i, one := range c.list {
		if i == maxListed {
			sheet.Line("  ", sheet.Faint.Render(fmt.Sprintf("… %d more", len(c.list)-i)))
			break
		}
		sheet.Line()
		text := one.sums()
		if one.name != "" {
			text += " · " + one.name
		}
		sheet.Line("  ", sheet.Strong.Render(one.address))
		sheet.Wrapped("    ", text)
		sheet.Wrapped("    ", sheet.Faint.Render("the last: "+paper.Prose(one.last)))
	}
	sheet.Line()
}

// sums are what the calls of a client came to, in words.
func (c *caller) sums() string {
	text := paper.Count(c.calls, "call")
	for _, sum := range []struct {
		n    int
		what string
	}{{c.registers, "fine"}, {c.refused, "refused"}, {c.unknown, "not known"}} {
		if sum.n > 0 {
			text += fmt.Sprintf(" · %d %s", sum.n, sum.what)
		}
	}
	return text
}

func (c *callers) clients() string {
	text := paper.Count(len(c.list), "client")
	if len(c.list) == maxClients {
		text += " or more"
	}
	return text
}
