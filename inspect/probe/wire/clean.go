package wire

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxText is how much of a foreign text is shown.
const maxText = 256

// Clean makes a foreign text fit to be shown: one line, printable, not long.
func Clean(text string) string {
	text = strings.Map(func(c rune) rune {
		switch {
		case c == '\t':
			return ' '
		case !strconv.IsPrint(c), c == utf8.RuneError:
			return -1
		}
		return c
	}, text)
	if runes := []rune(text); len(runes) > maxText {
		text = string(runes[:maxText])
	}
	return strings.TrimSpace(text)
}
