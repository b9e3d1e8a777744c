package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/phonecert/phonecert/inspect/finding"
)

// findings writes findings for people, the weightiest first: what decides,
// what is not known, warnings, notes. A fix that mends several stands once.
func (st style) findings(w io.Writer, width int, list []finding.Finding) {
	list = sorted(list)
	for i, f := range list {
		line(w, "  ", st.severity(f), "  ", st.faint.Render(f.Code))
		if f.Message != "" {
			st.wrapped(w, width, "    ", prose(f.Message))
		}
		if f.Severity != finding.Note {
			st.wrapped(w, width, "    ", st.faint.Render("because  "+string(f.Basis)+": "+prose(f.Source)))
		}
		if f.Fix != "" && (i+1 == len(list) || list[i+1].Fix != f.Fix) {
			st.fix(w, width, spelled(f.Fix))
		}
		line(w)
	}
}

// sorted puts the weightiest first.
func sorted(list []finding.Finding) []finding.Finding {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b finding.Finding) int { return cmp.Compare(weight(a), weight(b)) })
	return list
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

// wrap breaks a text into lines of at most width columns, at spaces only: a
// date or a name with hyphens stays whole.
func (st style) wrap(text string, width int) []string {
	width = max(width, 20)
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = append(lines, st.fold(paragraph, width)...)
	}
	return lines
}

// fold wraps a text without line breaks.
func (st style) fold(text string, width int) []string {
	lines, used := []string{""}, 0
	for i, word := range strings.Split(text, " ") {
		columns, last := lipgloss.Width(word), len(lines)-1
		switch {
		case i > 0 && used+1+columns <= width:
			lines[last] += " " + word
			used += 1 + columns
		case columns > width: // longer than a line: broken anywhere
			parts := strings.Split(st.plain.Width(width).Render(word), "\n")
			for i := range parts {
				parts[i] = strings.TrimRight(parts[i], " ")
			}
			if used > 0 {
				lines = append(lines, parts...)
			} else {
				lines = append(lines[:last], parts...)
			}
			used = lipgloss.Width(parts[len(parts)-1])
		case i > 0:
			lines = append(lines, word)
			used = columns
		default:
			lines[last], used = word, columns
		}
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}
