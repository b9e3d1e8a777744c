package armor

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// body is the text of one block on its way to bytes.
type body struct {
	report     *report
	printable  bool   // the lines are quoted-printable
	url        bool   // the alphabet is that for URLs
	characters []byte // base64 of the standard alphabet, '=', and a 0 for each foreign character
	widths     widths // of the lines as they are
	mended     widths // of the lines without foreign characters
	foreign    int    // foreign characters
	place      damage // of the first one
	pad        damage // the first '='
	padInside  bool   // characters follow it
	closed     bool   // an END line was found
}

// widths is what the lengths of the data lines tell.
type widths struct{ lines, wide, wideLine, short, shortLine, last int }

// maxHeaderValue is the length from which on a header's value is not continued.
const maxHeaderValue = 1 << 10

// foreignMark stands in characters for what is no base64.
const foreignMark = 0

// finish decodes a block and appends it.
func (r *reader) finish(open *openBlock, endLine int, closed bool) {
	block := Block{Label: open.label, Line: open.line, EndLine: endLine, Bare: open.label == "" && !closed}
	b := &body{report: &r.report, closed: closed}
	data := b.headers(&block, open.lines)
	b.reportHeaders(&block)
	b.printable, b.url = isQuotedPrintable(data), isURLAlphabet(data)
	b.lines(data)
	b.decode(&block)
	b.widths.report(&r.report)
	r.reportLabel(&block)
	r.add(block)
}

// headers takes the headers off the lines (RFC 1421, section 4.6): a name, a
// colon, a value that may go on in an indented line, a blank line at the end.
func (b *body) headers(block *Block, lines []piece) []piece {
	i := skipBlank(lines)
	if i == len(lines) {
		return nil
	}
	if first, _ := tidy(lines[i].text); bytes.IndexByte(first, ':') < 0 {
		if i > 0 {
			b.report.addMany(oddBlankFirst, lines[0].number, i)
		}
		return lines[i:]
	}
	for ; i < len(lines); i++ {
		text, odd := tidy(lines[i].text)
		name, value, found := bytes.Cut(text, []byte(":"))
		switch {
		case len(text) == 0:
			return lines[i+skipBlank(lines[i:]):]
		case found:
			block.Headers = append(block.Headers, Header{string(name), string(bytes.TrimSpace(value))})
		case odd.has(oddIndent) && !isData(piece{text: text}):
			if last := &block.Headers[len(block.Headers)-1]; len(last.Value) < maxHeaderValue {
				last.Value += string(text)
			}
		default:
			b.report.add(oddHeaderEnd, lines[i].number)
			return lines[i:]
		}
		b.report.addAll(odd, lines[i].number)
	}
	return nil
}

// reportHeaders reports headers that do not belong to a block: RFC 7468 has
// none, encrypted keys of OpenSSL, OpenPGP and RFC 4716 have.
func (b *body) reportHeaders(block *Block) {
	if len(block.Headers) == 0 || block.Header("Proc-Type") != "" || isPGP(block.Label) || isSSH2(block.Label) {
		return
	}
	detail := "in a line with ':'"
	if name := block.Headers[0].Name; isHeaderName(name) {
		detail = QuoteLabel(name)
	}
	b.report.detail(oddHeaders, block.Line, detail, "")
}

// isHeaderName reports whether a name is one for certain. Data into which a
// colon has got is not: it may be a private key's, which no message may show.
func isHeaderName(name string) bool {
	const short, long = 10, 24
	for _, c := range []byte(name) {
		if c != '-' && (c < 'A' || c > 'z' || c > 'Z' && c < 'a') {
			return false
		}
	}
	return len(name) <= short || len(name) <= long && strings.Contains(name, "-")
}

func skipBlank(lines []piece) (n int) {
	for n < len(lines) && isBlank(lines[n]) {
		n++
	}
	return n
}

// lines collects the characters of the data lines.
func (b *body) lines(lines []piece) {
	size := 0
	for _, p := range lines {
		size += len(p.text)
	}
	b.characters = make([]byte, 0, size)
	for i, p := range lines {
		text, odd := tidy(p.text)
		switch {
		case isBlank(p):
			b.report.add(oddBlankInside, p.number)
			continue
		case len(text) == 0:
			b.report.addAll(odd, p.number)
			continue
		case isProse(text):
			b.report.add(oddTextInside, p.number)
			continue
		case b.printable:
			text = b.unprintable(text, i+1 == len(lines), p.number)
		}
		b.report.addAll(odd|p.oddities, p.number)
		characters, foreign := len(b.characters), b.foreign
		b.collect(p, text)
		width := len(b.characters) - characters
		b.widths.add(width, p.number)
		b.mended.add(width-b.foreign+foreign, p.number)
	}
}

// isProse reports whether a line between BEGIN and END is text: words with
// something between them that base64 does not have.
func isProse(text []byte) bool {
	const longest = 200
	if len(text) > longest || looksLikeData(text) {
		return false
	}
	for _, c := range text {
		if !isBase64(c) && c != '=' && !isSpace(c) {
			return true
		}
	}
	return false
}

// isURLAlphabet reports whether lines are in the base64 for URLs: they have
// its characters and not those in whose place they stand.
func isURLAlphabet(lines []piece) bool {
	found := false
	for _, p := range lines {
		if bytes.ContainsAny(p.text, "+/") {
			return false
		}
		found = found || bytes.ContainsAny(p.text, "-_")
	}
	return found
}

// collect takes the characters of one line.
func (b *body) collect(p piece, text []byte) {
	for i := 0; i < len(text); {
		c, size := text[i], 1
		switch {
		case c == '=':
			if b.pad.line == 0 {
				b.pad = b.placeOf(p, text, i, 1)
			}
		case b.url && (c == '-' || c == '_'):
			b.report.add(oddURLAlphabet, p.number)
			c = standard(text[i : i+1])[0]
		case isBase64(c) && c != '-' && c != '_':
		case isSpace(c):
			b.report.add(oddSpaceInside, p.number)
			i++
			continue
		default:
			_, size = utf8.DecodeRune(text[i:])
			if b.foreign == 0 {
				b.place = b.placeOf(p, text, i, size)
			}
			b.foreign++
			c = foreignMark
		}
		b.padInside = b.padInside || b.pad.line > 0 && c != '=' && c != foreignMark
		b.characters = append(b.characters, c)
		i += size
	}
}

// placeOf says where a character stands and what it is.
func (b *body) placeOf(p piece, text []byte, i, size int) damage {
	what := text[i : i+size]
	column := max(bytes.Index(p.text, what), i) + 1
	detail := strconv.QuoteRune(rune(what[0]))
	if char, _ := utf8.DecodeRune(what); char != utf8.RuneError {
		detail = strconv.QuoteRune(char)
	}
	return damage{line: p.number, have: column, detail: detail}
}

func (w *widths) add(width, line int) {
	w.lines++
	if width > FullLine {
		if w.wide++; w.wide == 1 {
			w.wideLine = line
		}
	}
	if w.last != 0 && w.last < FullLine {
		if w.short++; w.short == 1 {
			w.shortLine = line - 1
		}
	}
	w.last = width
}

func (w *widths) report(r *report) {
	if w.short > 0 {
		r.addMany(oddShortLine, w.shortLine, w.short)
	}
	switch {
	case w.wide > 0 && w.lines == 1:
		r.add(oddOneLine, w.wideLine)
	case w.wide > 0:
		r.addMany(oddLongLine, w.wideLine, w.wide)
	}
}
