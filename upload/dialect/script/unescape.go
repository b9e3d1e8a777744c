package script

import (
	"strconv"
	"strings"
)

// unescape gives the value of what stands between quotes (ECMA-262, section
// 12.9.4). An escape that is none stands for the character behind it.
func unescape(text string) string {
	before, rest, found := strings.Cut(text, `\`)
	if !found {
		return text
	}
	var b strings.Builder
	for ; found; before, rest, found = strings.Cut(rest, `\`) {
		b.WriteString(before)
		value, length := escape(rest)
		b.WriteString(value)
		rest = rest[length:]
	}
	b.WriteString(before)
	return b.String()
}

// escape reads one escape behind its backslash.
func escape(text string) (value string, length int) {
	if text == "" {
		return "", 0
	}
	switch text[0] {
	case 'n':
		return "\n", 1
	case 't':
		return "\t", 1
	case 'r':
		return "\r", 1
	case 'b':
		return "\b", 1
	case 'f':
		return "\f", 1
	case 'v':
		return "\v", 1
	case '0':
		return "\x00", 1
	case '\n':
		return "", 1
	case 'x':
		return code(text, 1, 3)
	case 'u':
		if end := strings.IndexByte(text, '}'); strings.HasPrefix(text, "u{") && end > 0 {
			value, _ := code(text, 2, end)
			return value, end + 1
		}
		return code(text, 1, 5)
	}
	return text[:1], 1
}

// code reads the hexadecimal digits of a character between two places; without
// them the escape stands for its letter.
func code(text string, from, to int) (value string, length int) {
	if to > len(text) {
		return text[:1], 1
	}
	n, err := strconv.ParseUint(text[from:to], 16, 21)
	if err != nil {
		return text[:1], 1
	}
	return string(rune(n)), to
}
