package testpem

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
)

// Wrap writes a block whose lines are width characters wide.
func Wrap(label string, der []byte, width int) string {
	text := base64.StdEncoding.EncodeToString(der)
	var b strings.Builder
	b.WriteString("-----BEGIN " + label + "-----\n")
	for ; len(text) > width; text = text[width:] {
		b.WriteString(text[:width] + "\n")
	}
	b.WriteString(text + "\n-----END " + label + "-----\n")
	return b.String()
}

// ReplaceLine replaces the numbered line, counted from 1.
func ReplaceLine(text string, number int, edit func(string) string) string {
	lines := strings.SplitAfter(text, "\n")
	body := strings.TrimSuffix(lines[number-1], "\n")
	lines[number-1] = edit(body) + strings.TrimPrefix(lines[number-1], body)
	return strings.Join(lines, "")
}

// joinLines joins the numbered line, counted from 1, with the next one.
func joinLines(text string, number int) string {
	lines := strings.SplitAfter(text, "\n")
	lines[number-1] = strings.TrimSuffix(lines[number-1], "\n")
	return strings.Join(lines, "")
}

// EachLine edits every line, or only those between BEGIN and END.
func EachLine(text string, all bool, edit func(string) string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		if all || !strings.HasPrefix(line, "-----") {
			lines[i] = edit(line)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// Before puts a prefix before a line.
func Before(prefix string) func(string) string { return func(s string) string { return prefix + s } }

// After puts a suffix behind a line.
func After(suffix string) func(string) string { return func(s string) string { return s + suffix } }

func replaced(s string) func(string) string { return func(string) string { return s } }

// UTF16 writes a text in UTF-16, big-endian or not, with a byte order mark or
// without.
func UTF16(text string, big, mark bool) string {
	units := utf16.Encode([]rune(text))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	var b strings.Builder
	for _, u := range units {
		if big {
			b.WriteString(string([]byte{byte(u >> 8), byte(u)}))
		} else {
			b.WriteString(string([]byte{byte(u), byte(u >> 8)}))
		}
	}
	return b.String()
}
