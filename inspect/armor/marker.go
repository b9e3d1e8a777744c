package armor

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// What the lines of a block are made of (RFC 7468, section 3).
const (
	// BeginPrefix is what a BEGIN line has before its label.
	BeginPrefix = "-----BEGIN "
	// EndPrefix is what an END line has before its label.
	EndPrefix = "-----END "
	// Dashes are what both have behind it.
	Dashes = "-----"
	// FullLine is how many characters of base64 every data line but the last
	// has.
	FullLine = 64
)

// Marker is a BEGIN or END line, or what is left of one, within a line.
type Marker struct {
	// Start and End are its place: line[Start:End].
	Start, End int
	// Begin reports whether it is a BEGIN line.
	Begin bool

	closed   bool // dashes stand behind the label
	label    string
	oddities oddities
}

// Fault says what keeps a strict reader from knowing the marker, for the end of
// a sentence; it is empty when nothing of the marker itself does.
func (m Marker) Fault() string {
	switch {
	case m.oddities.has(oddTypographicDash):
		return "its dashes are no hyphens"
	case m.oddities.has(oddDashCount):
		return "it has not five dashes on each side"
	case m.oddities.has(oddLabelCase):
		return "it is not in capital letters"
	case m.oddities.has(oddMarkerSpace):
		return "it has a space too many or too few"
	}
	return ""
}

// maxLabel is how far behind BEGIN the closing dashes are looked for, in bytes.
const maxLabel = 100

// FindMarker finds the first BEGIN or END line within a line of text. It
// accepts what people and programs make of such lines; a line that is not
// exactly as it should be counts only if its label is about certificates or
// keys, and its oddities say what is wrong.
func FindMarker(line []byte) (Marker, bool) {
	for i := 0; i < len(line); {
		size, _ := dash(line[i:])
		if size == 0 {
			i++
			continue
		}
		run := dashRun(line[i:])
		if m, ok := parseMarker(line, i, i+run.size, run); ok {
			return m, true
		}
		i += run.size
	}
	return bareMarker(line)
}

// dash returns the length of the dash at the start of b, 0 if there is none,
// and whether it is the hyphen that belongs there.
func dash(b []byte) (size int, hyphen bool) {
	switch {
	case len(b) == 0:
		return 0, false
	case b[0] == '-':
		return 1, true
	case b[0] < utf8.RuneSelf:
		return 0, false
	}
	switch char, size := utf8.DecodeRune(b); char {
	case '\u00AD', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2015', '\u2043',
		'\u2212', '\u2500', '\uFE58', '\uFE63', '\uFF0D':
		return size, false
	}
	return 0, false
}

// dashes in a row, with single spaces between them allowed.
type dashesInRow struct {
	size, count         int
	typographic, spaced bool
}

func dashRun(b []byte) (run dashesInRow) {
	for {
		gap := 0
		if run.count > 0 && run.size < len(b) && b[run.size] == ' ' {
			gap = 1
		}
		size, hyphen := dash(b[run.size+gap:])
		if size == 0 {
			return run
		}
		run.size += gap + size
		run.count++
		run.typographic = run.typographic || !hyphen
		run.spaced = run.spaced || gap > 0
	}
}

// enough reports whether dashes can be those around a marker. Word makes one
// typographic dash of two hyphens.
func (run dashesInRow) enough() bool { return run.count >= 2 || run.typographic }

// parseMarker reads the marker whose dashes stand at line[start:behind].
func parseMarker(line []byte, start, behind int, left dashesInRow) (Marker, bool) {
	m := Marker{Start: start}
	rest := bytes.TrimLeft(line[behind:], " \t")
	spaced := left.spaced || len(rest) < len(line)-behind
	word, ok := beginOrEnd(rest)
	if !ok || !left.enough() {
		return m, false
	}
	m.Begin = len(word) == len("BEGIN")
	rest = rest[len(word):]
	raw, right := closing(rest)
	m.label, m.closed = canonical(raw), right.count > 0
	m.End = len(line) - len(rest) + len(raw) + right.size

	exact := left.count == 5 && right.count == 5 && !left.typographic && !right.typographic &&
		!spaced && !right.spaced && isUpper(word) && raw == " "+m.label
	switch {
	case exact && m.label != "":
		return m, true
	case m.label == "" && (left.count < 3 || right.count < 3):
		return m, false
	case m.label != "" && !isFamiliar(m.label):
		return m, false
	case isSSH2(m.label):
		return m, true
	}
	if left.count != 5 || right.count != 5 {
		m.oddities.add(oddDashCount)
	}
	if left.typographic || right.typographic {
		m.oddities.remove(oddDashCount)
		m.oddities.add(oddTypographicDash)
	}
	if m.label != "" && !strings.EqualFold(raw, " "+m.label) || spaced || right.spaced {
		m.oddities.add(oddMarkerSpace)
	}
	if !isUpper(word) || !isUpper([]byte(raw)) {
		m.oddities.add(oddLabelCase)
	}
	return m, true
}

// beginOrEnd returns the word BEGIN or END at the start of b, in any case. A
// letter may follow only where a known label does, its space lost.
func beginOrEnd(b []byte) (word []byte, ok bool) {
	for _, word := range [...]string{"BEGIN", "END"} {
		size := len(word)
		if len(b) < size || !strings.EqualFold(string(b[:size]), word) {
			continue
		}
		if len(b) == size || b[size] == ' ' || b[size] == '\t' {
			return b[:size], true
		}
		if n, _ := dash(b[size:]); n > 0 {
			return b[:size], true
		}
		raw, _ := closing(b[size:])
		return b[:size], isKnown(canonical(raw))
	}
	return nil, false
}

// closing returns the label at the start of b and the dashes that close it. A
// single hyphen may belong to the label, unless the text ends with it. Without
// closing dashes the label is a known one, or all there is.
func closing(b []byte) (label string, right dashesInRow) {
	limit := min(len(b), maxLabel)
	for i := 0; i < limit; i++ {
		if size, _ := dash(b[i:]); size == 0 {
			continue
		}
		run := dashRun(b[i:])
		if run.enough() || len(bytes.TrimSpace(b[i+run.size:])) == 0 {
			return string(b[:i]), run
		}
	}
	space := len(b) - len(bytes.TrimLeft(b, " \t"))
	if known := knownPrefix(b[space:]); known != "" {
		return string(b[:space+len(known)]), right
	}
	return string(bytes.TrimRight(b[:limit], " \t\r\n")), right
}

// bareMarker finds a line that is nothing but BEGIN or END and a known label.
func bareMarker(line []byte) (Marker, bool) {
	text := bytes.TrimSpace(line)
	word, ok := beginOrEnd(text)
	if !ok || !isUpper(word) || len(text) > maxLabel || !isKnown(string(bytes.TrimSpace(text[len(word):]))) {
		return Marker{}, false
	}
	m := Marker{Begin: len(word) == len("BEGIN"), label: string(bytes.TrimSpace(text[len(word):]))}
	m.Start = bytes.Index(line, text)
	m.End = m.Start + len(text)
	m.oddities.add(oddDashCount)
	return m, true
}

func isUpper(b []byte) bool { return bytes.Equal(b, bytes.ToUpper(b)) }
