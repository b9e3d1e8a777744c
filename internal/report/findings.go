package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
)

// findings writes findings for people, the weightiest first: what decides,
// what is not known, warnings, notes. A fix that mends several stands once.
func (st style) findings(w io.Writer, width int, list []finding.Finding) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b finding.Finding) int { return cmp.Compare(weight(a), weight(b)) })
	for i, f := range list {
		line(w, "  ", st.severity(f), "  ", st.faint.Render(f.Code))
		st.wrapped(w, width, "    ", f.Message)
		if f.Severity != finding.Note {
			st.wrapped(w, width, "    ", st.faint.Render("because  "+string(f.Basis)+": "+f.Source))
		}
		if f.Fix != "" && (i+1 == len(list) || list[i+1].Fix != f.Fix) {
			st.fix(w, width, f.Fix)
		}
		line(w)
	}
}

func weight(f finding.Finding) int {
	switch {
	case f.Open():
		return 1
	case f.Severity == finding.Error:
		return 0
	case f.Severity == finding.Warning:
		return 2
	}
	return 3
}

// fix writes what mends it. A command stays on one line, to be copied.
func (st style) fix(w io.Writer, width int, fix string) {
	words, command, found := strings.Cut(fix, "phonecert ")
	if words = strings.TrimSpace(words); words != "" {
		st.wrapped(w, width, "    ", st.good.Render("fix")+"  "+words)
	}
	switch {
	case found && words == "":
		line(w, "    ", st.good.Render("fix"), "  ", st.strong.Render("phonecert "+command))
	case found:
		line(w, "         ", st.strong.Render("phonecert "+command))
	}
}

// wrapped writes a text of any length in lines of at most width columns.
func (st style) wrapped(w io.Writer, width int, indent, text string) {
	for _, part := range st.wrap(text, width-len(indent)) {
		line(w, indent, part)
	}
}

// wrap breaks a text into lines of at most width columns.
func (st style) wrap(text string, width int) []string {
	lines := strings.Split(st.plain.Width(max(width, 20)).Render(text), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}
