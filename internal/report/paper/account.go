package paper

import "fmt"

// Row is one line of an account: what is told, and what it is.
type Row struct{ Label, Value string }

// Account tells what something is, line by line.
type Account []Row

// Add adds a line.
func (a *Account) Add(label, value string) { *a = append(*a, Row{label, value}) }

// Account writes rows with their labels aligned and long values wrapped.
func (p Sheet) Account(rows Account) {
	const column = 14
	for _, r := range rows {
		for i, part := range p.Wrap(r.Value, p.Width-column-4) {
			label := ""
			if i == 0 {
				label = r.Label
			}
			p.Line("    ", p.Faint.Render(fmt.Sprintf("%-*s", column, label)), part)
		}
	}
}
