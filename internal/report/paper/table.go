package paper

import (
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/phonecert/phonecert/internal/terminal"
)

// Table writes rows: bordered on a terminal, tab-separated in a pipe.
func Table(s *terminal.Streams, header []string, rows [][]string) error {
	if !s.OutTTY {
		return Tabbed(s.Out, rows)
	}
	t := tablewriter.NewTable(s.Out,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{Symbols: tw.NewSymbols(tw.StyleRounded)})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithMaxWidth(s.Width()),
		tablewriter.WithRowAutoWrap(tw.WrapNormal),
	)
	t.Header(header)
	if err := t.Bulk(rows); err != nil {
		return err
	}
	return t.Render()
}

// Tabbed writes rows for programs: one line each, fields parted by tabs. A tab
// or line break inside a field becomes a space, so that fields stay fields.
func Tabbed(w io.Writer, rows [][]string) error {
	clean := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")
	var b strings.Builder
	for _, row := range rows {
		for i, field := range row {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(clean.Replace(field))
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}
