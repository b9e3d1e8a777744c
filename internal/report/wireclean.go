package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"
)

// How many characters of a text from the network are shown: of a name, and of
// a sentence that may hold names.
const (
	maxName  = 300
	maxProse = 2000
)

// clean is a name or a phrase from the network as it may go to a terminal: what
// is not printable, which includes escape sequences and marks that turn the
// direction of writing, is spelled out, and a very long text is cut.
func clean(text string) string { return shortened(text, maxName) }

// prose is clean for sentences.
func prose(text string) string { return shortened(text, maxProse) }

func shortened(text string, most int) string {
	if len(text) > most {
		n := 0
		for i := range text {
			if n++; n > most {
				return spelled(text[:i]) + "…"
			}
		}
	}
	return spelled(text)
}

// spelled writes what is not printable as Go does between quotes.
func spelled(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			b.WriteString(`\x` + strconv.FormatUint(uint64(text[i])|0x100, 16)[1:])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return b.String()
}

// cut shortens a text to a number of columns.
func cut(text string, columns int) string {
	if lipgloss.Width(text) <= columns {
		return text
	}
	at := 0
	for i, r := range text {
		if at += lipgloss.Width(string(r)); at > columns-1 {
			return text[:i] + "…"
		}
	}
	return text
}

// left and right fill a text with spaces to a number of columns, and cut what
// is longer.
func left(text string, columns int) string {
	text = cut(text, columns)
	return text + strings.Repeat(" ", max(columns-lipgloss.Width(text), 0))
}

func right(text string, columns int) string {
	text = cut(text, columns)
	return strings.Repeat(" ", max(columns-lipgloss.Width(text), 0)) + text
}
