package armor

import (
	"bytes"
	"encoding/base64"
)

// minBare is how many characters bare base64 must have to be more than a word.
const minBare = 40

// flush looks at what stands outside the blocks: bare base64 becomes a block,
// anything else that is not blank is reported as text.
func (r *reader) flush(atEnd bool) {
	lines := r.outside
	r.outside = nil
	for len(lines) > 0 && !r.full {
		text, run, rest := nextRun(lines)
		r.reportText(text, atEnd && len(rest) == 0 && len(run) == 0)
		if len(run) > 0 {
			r.result.Armored = true
			r.report.add(oddBare, run[0].number)
			r.finish(&openBlock{line: run[0].number, lines: run}, run[len(run)-1].number, false)
		}
		lines = rest
	}
}

// beginMissing closes a block that has only an END line: the last lines of
// base64 before it, if there are any.
func (r *reader) beginMissing(p piece, m marker) {
	lines := r.outside
	start := len(lines)
	for start > 0 && (isData(lines[start-1]) || isBlank(lines[start-1])) {
		start--
	}
	for start < len(lines) && isBlank(lines[start]) {
		start++
	}
	body := lines[start:]
	r.outside = lines[:start:start]
	r.flush(false)
	if len(body) == 0 {
		r.report.add(oddEndAlone, p.number)
		return
	}
	r.report.add(oddBeginMissing, p.number)
	r.finish(&openBlock{label: m.label, line: body[0].number, lines: body}, p.number, true)
}

// nextRun splits lines into text, the first run of bare base64 in them, and
// the rest.
func nextRun(lines []piece) (text, run, rest []piece) {
	for i := 0; i < len(lines); {
		n := dataRun(lines[i:])
		if n > 0 && isBare(lines[i:i+n]) {
			return lines[:i], lines[i : i+n], lines[i+n:]
		}
		i += max(n, 1)
	}
	return lines, nil, nil
}

// dataRun returns how many lines at the start are base64, blank ones between
// them included.
func dataRun(lines []piece) (n int) {
	for i, p := range lines {
		switch {
		case isData(p):
			n = i + 1
		case !isBlank(p):
			return n
		}
	}
	return n
}

// isBare reports whether a run of base64 is a DER: it begins as a SEQUENCE
// with a long length does, or it is a short one and whole.
func isBare(run []piece) bool {
	const enough = 1 << 8
	var start []byte
	length := 0
	for _, p := range run {
		text, _ := tidy(p.text)
		length += len(text)
		if len(start) < enough {
			start = append(start, text...)
		}
	}
	if length < minBare {
		return false
	}
	start = bytes.TrimRight(start, "=")
	der := make([]byte, base64.RawStdEncoding.DecodedLen(len(start)))
	n, _ := base64.RawStdEncoding.Decode(der, standard(start))
	size, known := sequenceSize(der[:n])
	return known && (size == n || size > 0x80 && bytes.HasPrefix(start, []byte("MI")))
}

// standard returns base64 in the standard alphabet.
func standard(text []byte) []byte {
	return bytes.Map(func(char rune) rune {
		switch char {
		case '-':
			return '+'
		case '_':
			return '/'
		}
		return char
	}, text)
}

// isData reports whether a line is nothing but base64 once it is tidy.
func isData(p piece) bool {
	text, _ := tidy(p.text)
	for _, c := range text {
		if !isBase64(c) && c != '=' {
			return false
		}
	}
	return len(text) > 0
}

func isBlank(p piece) bool { return len(bytes.TrimSpace(p.text)) == 0 }

// isBase64 reports whether a character is of the standard alphabet or of the
// one for URLs (RFC 4648, sections 4 and 5).
func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' ||
		c == '+' || c == '/' || c == '-' || c == '_'
}

// reportText reports lines of text by their place and by what they are.
func (r *reader) reportText(lines []piece, atEnd bool) {
	for len(lines) > 0 {
		text, odd := tidy(lines[0].text)
		if len(text) > 0 {
			break
		}
		r.report.addAll(odd, lines[0].number)
		lines = lines[1:]
	}
	if len(lines) == 0 {
		return
	}
	for _, p := range lines {
		if bytes.IndexByte(p.text, 0) >= 0 {
			r.report.add(oddNUL, p.number)
		}
	}
	first := bytes.TrimSpace(lines[0].text)
	odd := oddTextBetween
	switch {
	case bytes.HasPrefix(first, []byte("Bag Attributes")), bytes.HasPrefix(first, []byte("Key Attributes")):
		odd = oddBagAttributes
	case bytes.HasPrefix(first, []byte("Certificate:")), bytes.HasPrefix(first, []byte("Certificate Request:")),
		bytes.HasPrefix(first, []byte("Certificate Revocation List")), bytes.HasPrefix(first, []byte("Private-Key:")):
		odd = oddTextDump
	case atEnd:
		odd = oddTextAfter
	case len(r.result.Blocks) == 0:
		odd = oddTextBefore
	}
	r.report.add(odd, lines[0].number)
}
