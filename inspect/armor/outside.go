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
func (r *reader) beginMissing(p piece, m Marker) {
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

// nextRun splits lines into text, the first bare base64 of a DER in them, and
// the rest.
func nextRun(lines []piece) (text, run, rest []piece) {
	for i := 0; i < len(lines); {
		n, bare := dataRun(lines[i:])
		if bare {
			return lines[:i], lines[i : i+n], lines[i+n:]
		}
		i += max(n, 1)
	}
	return lines, nil, nil
}

// dataRun returns how many lines at the start are the base64 of one DER, blank
// lines within it included, and whether it is a DER: a whole one, or the
// beginning of one with a long length.
func dataRun(lines []piece) (n int, bare bool) {
	wanted, isLong := derLength(lines)
	have := 0
	for i, p := range lines {
		if !isData(p) {
			if isBlank(p) && i > 0 && have < wanted {
				continue
			}
			break
		}
		text, _ := tidy(p.text)
		have += len(bytes.TrimRight(text, "="))
		n = i + 1
		if wanted > 0 && have >= wanted {
			break
		}
	}
	return n, have >= minBare && wanted > 0 && (isLong || have >= wanted)
}

// derLength returns how many characters the base64 must have whose first lines
// these are, 0 if it is no DER, and whether the DER has a long length.
func derLength(lines []piece) (characters int, isLong bool) {
	const enough = 12
	var start []byte
	for i := 0; i < len(lines) && len(start) < enough && isData(lines[i]); i++ {
		text, _ := tidy(lines[i].text)
		start = append(start, text[:min(len(text), enough)]...)
	}
	start = standard(start[:len(start)&^3])
	der := make([]byte, base64.StdEncoding.DecodedLen(len(start)))
	n, _ := base64.StdEncoding.Decode(der, start)
	size, known := SequenceSize(der[:n])
	if !known {
		return 0, false
	}
	return base64.RawStdEncoding.EncodedLen(size), size > 0x81
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

// isData reports whether a line is nothing but base64 once it is tidy. A rule
// of hyphens is none.
func isData(p piece) bool {
	text, _ := tidy(p.text)
	found := false
	for _, c := range text {
		if !isBase64(c) && c != '=' {
			return false
		}
		found = found || c != '-' && c != '_' && c != '='
	}
	return found
}

// isBlank reports whether a line holds nothing, or nothing but ASCII's spaces.
func isBlank(p piece) bool { return len(bytes.Trim(p.text, " \t\v\f\r")) == 0 }

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
