package paper

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// leastWrap is the width below which a text is not squeezed.
const leastWrap = 20

// Wrapped writes a text of any length in lines that fit, each with an indent.
func (p Sheet) Wrapped(indent, text string) {
	for _, part := range p.Wrap(text, p.Width-len(indent)) {
		p.Line(indent, part)
	}
}

// Wrap breaks a text into lines of at most width columns, at spaces only: a
// date or a name with hyphens stays whole.
func (p Sheet) Wrap(text string, width int) []string {
	width = max(width, leastWrap)
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = append(lines, p.fold(paragraph, width)...)
	}
	return lines
}

// fold wraps a text without line breaks.
func (p Sheet) fold(text string, width int) []string {
	lines, used := []string{""}, 0
	for i, word := range strings.Split(text, " ") {
		columns, last := lipgloss.Width(word), len(lines)-1
		switch {
		case i > 0 && used+1+columns <= width:
			lines[last] += " " + word
			used += 1 + columns
		case columns > width: // longer than a line: broken anywhere
			parts := strings.Split(p.plain.Width(width).Render(word), "\n")
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
