package openssl

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/phonecert/phonecert/inspect/armor"
)

// refused puts a refusal into an Outcome.
func refused(r refusal) Outcome {
	return Outcome{Refusal: r.finding(), library: r.reasonOf()}
}

// refusedBlock looks for the cause behind the library's few reasons, which
// name where it gave up and not what is wrong with the file.
func (r pemReader) refusedBlock(data []byte, want Want, b rawBlock, lines *textLines) Outcome {
	reason := b.refusal.reasonOf()
	if r.newLines && b.refusal.cause == causeWideLine {
		reason = librarySilent
	}
	found := b.refusal
	switch b.refusal.cause {
	case causeNoBegin:
		found = r.explainNoBegin(data, want, lines)
	case causeEndMissing:
		found = explainEnd(data, b)
	case causeEndLine:
		found = refusal{cause: causeEndLine, line: b.refusal.line, detail: "it does not end with its five dashes"}
	case causeBase64, causeCut, causeNotDER, causeEmpty, causeTrailing:
		found = r.explainBase64(data, b)
	}
	found.library = reason
	return refused(found)
}

// explainNoBegin says why no wanted block was found.
func (r pemReader) explainNoBegin(data []byte, want Want, lines *textLines) refusal {
	_, encoding := armor.Decode(data)
	switch {
	case len(data) == 0:
		return refusal{cause: causeEmptyFile}
	case armor.LooksLikeDER(data):
		return refusal{cause: causeDER}
	case encoding != armor.UTF8:
		return refusal{cause: causeUTF16}
	case lines.nul && lines.pos < len(data):
		return refusal{cause: causeNUL, line: lines.number}
	}
	if labels := r.skipped(data); len(labels) > 0 {
		return refusal{cause: causeNotWanted, detail: strings.Join(labels, ", ")}
	}
	number := 0
	for line := range bytes.Lines(data) {
		number++
		m, ok := armor.FindMarker(line)
		if !ok || !m.Begin {
			continue
		}
		before, behind := line[:m.Start], line[m.End:]
		switch {
		case bytes.IndexByte(bytes.TrimRight(behind, "\r\n"), '\r') >= 0:
			return refusal{cause: causeCR, line: number}
		case bytes.HasPrefix(before, []byte(armor.BOM)) && len(bytes.TrimSpace(before[len(armor.BOM):])) == 0:
			return refusal{cause: causeBOM, line: number}
		case len(before) > 0 && len(bytes.TrimSpace(before)) == 0:
			return refusal{cause: causeBeginIndented, line: number}
		}
		return refusal{cause: causeBeginLine, line: number, detail: fault(m, before, behind)}
	}
	return refusal{cause: causeNoBegin}
}

// fault says why OpenSSL does not know a line for a BEGIN or END line. What
// stands around the marker is not shown, for it may be a key.
func fault(m armor.Marker, before, behind []byte) string {
	own := m.Fault()
	switch {
	case own != "":
		return own
	case len(before) > 0 && len(bytes.TrimSpace(before)) == 0:
		return "white space stands before it"
	case len(before) > 0:
		return "something stands before it"
	case len(bytes.TrimSpace(behind)) > 0:
		return "something stands behind it"
	}
	return "it names nothing"
}

// skipped lists the labels of the blocks that the reader reads and skips.
func (r pemReader) skipped(data []byte) (labels []string) {
	const enough = 3
	for lines := (&textLines{data: data}); len(labels) < enough; {
		b, _ := r.next(lines)
		if b.refusal.cause == causeNoBegin {
			break
		}
		if b.refusal.cause == causeNone {
			labels = append(labels, armor.QuoteLabel(b.label))
		}
	}
	return labels
}

// explainEnd looks below a BEGIN line for an END line that the reader did not
// know as one.
func explainEnd(data []byte, b rawBlock) refusal {
	if strings.Contains(b.label, "\r") {
		return refusal{cause: causeCR, line: b.line}
	}
	for number, line := range numbered(data, b.line+1, b.end) {
		if m, ok := armor.FindMarker(line); ok && !m.Begin {
			return refusal{cause: causeEndLine, line: number, detail: fault(m, line[:m.Start], line[m.End:])}
		}
	}
	return b.refusal
}

// explainBase64 looks for the character that the decoder stumbled over.
func (r pemReader) explainBase64(data []byte, b rawBlock) refusal {
	from := b.line
	if b.blank > 0 {
		from = b.blank
	}
	if b.blank > 0 && b.refusal.cause == causeEmpty && len(b.header) > 0 {
		return refusal{cause: causeBlankLine, line: b.blank}
	}
	total, pads, padLine := 0, 0, 0
	for number, line := range numbered(data, from+1, b.end-1) {
		line = stripped(line)
		characters := 0
		for i, c := range line {
			v := base64Values[c]
			switch {
			case v == b64Dash:
				return refusal{cause: causeDash, line: number}
			case v == b64Error:
				char, _ := utf8.DecodeRune(line[i:])
				return refusal{cause: causeCharacter, line: number, detail: strconv.QuoteRune(char)}
			case c == '=':
				pads, padLine = pads+1, number
			case v < 0x40 && pads > 0:
				return refusal{cause: causeDataAfterPad, line: padLine}
			}
			if v < 0x40 {
				characters++
			}
		}
		if !r.newBase64 && characters > maxOldLine {
			return refusal{cause: causeLongLine, line: number, have: characters}
		}
		total += characters
	}
	switch {
	case pads > 2 || pads > 0 && (total-pads)%4 < 2 && b.refusal.cause == causeBase64:
		return refusal{cause: causePads, line: padLine}
	case total%4 != 0:
		return refusal{cause: causeLength, line: b.line, have: total}
	}
	return b.refusal
}

// numbered yields the lines of a file from one number to another, both
// included, each with its number.
func numbered(data []byte, from, to int) func(yield func(int, []byte) bool) {
	return func(yield func(int, []byte) bool) {
		number := 0
		for line := range bytes.Lines(data) {
			if number++; number > to {
				return
			}
			if number >= from && !yield(number, line) {
				return
			}
		}
	}
}
