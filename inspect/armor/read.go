package armor

import (
	"bytes"
	"strings"
)

// Read reads any file. It never fails: what is no text, or is text without a
// sign of PEM or base64 of a DER, comes back with Armored false. The time is
// linear in the size of the file; the caller bounds that size.
func Read(data []byte) Text {
	if LooksLikeDER(data) {
		return Text{}
	}
	text, encoding := Decode(data)
	r := &reader{text: text}
	r.readBlocks()
	if r.result.Armored {
		r.reportEncoding(data, encoding)
		r.result.Encoding = encoding
		r.result.Findings = r.report.findings()
	}
	return r.result
}

// reader is the state of one Read.
type reader struct {
	text    []byte
	pos     int
	number  int // lines read so far
	result  Text
	report  report
	open    *openBlock // the block whose END is to come
	outside []piece    // what stands outside, since the last block
	full    bool       // there are more than MaxBlocks
}

// openBlock is a block that is being read.
type openBlock struct {
	label string
	line  int
	lines []piece
}

func (r *reader) readBlocks() {
	if bytes.IndexByte(r.text, '\n') < 0 && bytes.IndexByte(r.text, '\r') >= 0 {
		r.text = bytes.ReplaceAll(r.text, []byte("\r"), []byte("\n"))
		r.report.add(oddCR, 1)
	}
	for r.pos < len(r.text) && !r.full {
		if block, used, lines, ok := readClean(r.text[r.pos:]); ok {
			r.endMissing()
			r.flush(false)
			block.Line, block.EndLine = r.number+1, r.number+lines
			r.pos, r.number = r.pos+used, r.number+lines
			r.add(block)
			continue
		}
		line := r.text[r.pos:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		r.pos += len(line)
		r.number++
		pieces(r.number, bytes.TrimSuffix(line, []byte("\n")), r.take)
	}
	r.endMissing()
	r.flush(true)
}

// add appends a block, or stops the reading where it is one too many.
func (r *reader) add(block Block) {
	r.result.Armored = true
	if len(r.result.Blocks) == MaxBlocks {
		r.full = true
		r.report.damage(damage{oddity: oddTooMany, line: block.Line, have: MaxBlocks})
		return
	}
	r.result.Blocks = append(r.result.Blocks, block)
}

// take takes one line: markers in it, and the text around them.
func (r *reader) take(p piece) {
	m, found := FindMarker(p.text)
	for ; found && !r.full; m, found = FindMarker(p.text) {
		r.result.Armored = true
		before, behind := p.text[:m.Start], p.text[m.End:]
		odd := p.oddities | m.oddities | r.takeBefore(p.number, before)
		if m.Begin {
			r.begin(p, m)
		} else {
			r.end(p, m)
		}
		rest, restOdd := tidyBehind(behind)
		if len(rest) == 0 {
			r.report.addAll(odd|restOdd|spaceBehind(behind), p.number)
			return
		}
		odd |= restOdd&^set(oddIndent, oddTrailingSpace) | set(oddTextBeside)
		r.report.addAll(odd, p.number)
		if _, more := FindMarker(rest); !more && len(rest) < minBeside && !bytes.HasPrefix(rest, []byte("MI")) {
			return
		}
		p = piece{number: p.number, text: rest}
	}
	if !r.full {
		r.takeText(p)
	}
}

// tidyBehind tidies what stands behind a marker. Of a long rest only the start
// is looked at, so that a line with many markers takes no longer than another.
func tidyBehind(behind []byte) (rest []byte, odd oddities) {
	if len(behind) <= maxLabel {
		return tidy(behind)
	}
	rest = tidyStart(behind, &odd)
	return rest, odd
}

// minBeside is how long text beside a marker must be to be the block's data,
// if it does not begin as the base64 of a DER does.
const minBeside = 32

// spaceBehind says whether a line that is otherwise in order ends in spaces.
func spaceBehind(behind []byte) (odd oddities) {
	behind = bytes.TrimRight(behind, "\r")
	if len(behind) > 0 && len(bytes.TrimSpace(behind)) == 0 {
		odd.add(oddTrailingSpace)
	}
	return odd
}

// takeBefore takes what stands before a marker on its line: white space and
// quotation marks are oddities, base64 is data, anything else is only reported.
func (r *reader) takeBefore(number int, before []byte) oddities {
	rest, odd := tidy(before)
	switch {
	case len(rest) > 0:
		odd = odd&^set(oddTrailingSpace, oddIndent) | set(oddTextBeside)
		if r.open != nil || len(rest) >= minBeside && looksLikeData(rest) {
			r.takeText(piece{number: number, text: rest})
		}
	case len(before) > 0 && len(bytes.TrimSpace(before)) == 0:
		odd.add(oddIndent)
	}
	return odd
}

func (r *reader) takeText(p piece) {
	if r.open != nil {
		r.open.lines = append(r.open.lines, p)
		return
	}
	if !isBlank(p) || len(r.outside) > 0 {
		r.outside = append(r.outside, p)
	}
}

// begin opens a block.
func (r *reader) begin(p piece, m Marker) {
	r.endMissing()
	r.flush(false)
	r.open = &openBlock{label: m.label, line: p.number}
	if m.label == "" {
		r.report.add(oddNoLabel, p.number)
	}
}

// end closes the open block, or the one whose BEGIN line is missing.
func (r *reader) end(p piece, m Marker) {
	open := r.open
	r.open = nil
	if open == nil {
		r.beginMissing(p, m)
		return
	}
	switch {
	case m.label == "":
		r.report.add(oddNoLabel, p.number)
	case open.label == "":
		open.label = m.label
	case !m.closed && strings.HasPrefix(open.label, m.label):
		// The file ends within its END line.
	case m.label != open.label:
		r.report.detail(oddMismatch, p.number, QuoteLabel(m.label), QuoteLabel(open.label))
	}
	r.finish(open, p.number, true)
}

// endMissing closes a block whose END line does not come. Its data reach as
// far as lines look like base64; the rest is text.
func (r *reader) endMissing() {
	open := r.open
	if open == nil {
		return
	}
	r.open = nil
	n := dataLines(open.lines)
	rest := open.lines[n:]
	open.lines = open.lines[:n]
	if n == 0 {
		r.report.add(oddBeginAlone, open.line)
	} else {
		r.report.add(oddEndMissing, open.line)
		r.finish(open, open.lines[n-1].number, false)
	}
	for _, p := range rest {
		r.takeText(p)
	}
}

// reportEncoding reports what is odd about the characters of the whole text.
func (r *reader) reportEncoding(data []byte, encoding Encoding) {
	marked := hasMark(data, encoding)
	switch {
	case encoding == UTF8 && marked:
		r.report.add(oddBOM, 1)
	case encoding != UTF8:
		name := "little-endian UTF-16"
		if encoding == UTF16BE {
			name = "big-endian UTF-16"
		}
		if marked {
			name += " with a byte order mark"
		}
		r.report.detail(oddUTF16, 1, name, "")
		if len(data)%2 == 1 {
			r.report.add(oddHalfCharacter, max(r.number, 1))
		}
	}
}

// reportLabel reports a label that a reader may not know.
func (r *reader) reportLabel(block *Block) {
	switch {
	case block.Label == "":
	case !isKnown(block.Label):
		r.report.detail(oddUnknownLabel, block.Line, QuoteLabel(block.Label), "")
	case isOld(block.Label):
		r.report.detail(oddOldLabel, block.Line, QuoteLabel(block.Label), "")
	}
}

// dataLines returns how many of an unfinished block's lines belong to it:
// headers and base64. A line with a foreign character or two counts as base64.
func dataLines(lines []piece) (n int) {
	data := false
	for i, p := range lines {
		text, _ := tidy(p.text)
		switch {
		case len(text) == 0:
			continue
		case !data && bytes.IndexByte(text, ':') > 0:
		case looksLikeData(text):
			data = true
		default:
			return n
		}
		n = i + 1
	}
	return n
}

// looksLikeData reports whether a line is base64 but for one or two
// characters in many.
func looksLikeData(text []byte) bool {
	const few, inMany = 2, 8
	foreign := 0
	for _, c := range text {
		if c == ' ' {
			return false
		}
		if !isBase64(c) && c != '=' {
			foreign++
		}
	}
	return foreign <= few && foreign*inMany <= len(text)
}
