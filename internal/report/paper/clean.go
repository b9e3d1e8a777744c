package paper

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

// Clean is a name or a phrase from the network as it may go to a terminal: what
// is not printable, which includes escape sequences and marks that turn the
// direction of writing, is spelled out, and a very long text is cut.
func Clean(text string) string { return shortened(text, maxName) }

// Prose is Clean for sentences.
func Prose(text string) string { return shortened(text, maxProse) }

func shortened(text string, most int) string {
	if len(text) > most {
		n := 0
		for i := range text {
			if n++; n > most {
				return Spelled(text[:i]) + "…"
			}
		}
	}
	return Spelled(text)
}

// Path is a file's name as it may go to a terminal: one with control characters
// in it is quoted.
func Path(name string) string {
	if strings.ContainsFunc(name, unicode.IsControl) {
		return strconv.Quote(name)
	}
	return name
}

// Spelled writes what is not printable as Go does between quotes.
func Spelled(text string) string {
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

// Cut shortens a text to a number of columns.
func Cut(text string, columns int) string {
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

// Left fills a text with spaces at its end to a number of columns, and cuts what
// is longer.
func Left(text string, columns int) string {
	text = Cut(text, columns)
	return text + strings.Repeat(" ", max(columns-lipgloss.Width(text), 0))
}

// Right is Left with the spaces before the text.
func Right(text string, columns int) string {
	text = Cut(text, columns)
	return strings.Repeat(" ", max(columns-lipgloss.Width(text), 0)) + text
}
