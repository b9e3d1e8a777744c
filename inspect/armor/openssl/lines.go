package openssl

import (
	"bytes"

	"github.com/phonecert/phonecert/inspect/armor"
)

// textLines reads lines as BIO_gets does from a file: no more bytes at a time
// than the buffer holds, and nothing of a line behind a NUL byte.
type textLines struct {
	data   []byte
	pos    int
	number int  // of the last line, from 1
	inside bool // the last piece did not end its line
	nul    bool // a NUL byte was met at the start of a piece
}

// next returns the next piece of at most size-1 bytes. An empty piece is the
// end of the file to the library, though it may come from a NUL byte.
func (l *textLines) next(size int) []byte {
	rest := l.data[l.pos:]
	rest = rest[:min(size-1, len(rest))]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i+1]
	}
	if len(rest) == 0 {
		return nil
	}
	l.pos += len(rest)
	if !l.inside {
		l.number++
	}
	l.inside = rest[len(rest)-1] != '\n'
	if i := bytes.IndexByte(rest, 0); i >= 0 {
		rest = rest[:i]
		l.nul = l.nul || i == 0
	}
	return rest
}

// stripped removes what PEM_read_bio removes from a line's end: everything up
// to the space, and everything above 0x7F too, for it compares a char, which is
// signed on x86 and MIPS. On ARM those bytes stay, and a no-break space behind
// an END line makes it unknown.
func stripped(piece []byte) []byte {
	for len(piece) > 0 && (piece[len(piece)-1] <= ' ' || piece[len(piece)-1] >= 0x80) {
		piece = piece[:len(piece)-1]
	}
	return piece
}

// rawBlock is a block as PEM_read_bio hands it out, before anybody looks at
// its label, or the refusal that it ends in.
type rawBlock struct {
	label     string
	line, end int    // of BEGIN, and of the last line read
	header    []byte // with a line feed after each line
	body      []byte // likewise
	blank     int    // the blank line that ended the header, 0 if none did
	refusal   refusal
}

func (b *rawBlock) refuse(c cause, line int) rawBlock {
	b.refusal = refusal{cause: c, line: line}
	return *b
}

// closed judges the line that begins as an END line. All of it is compared,
// so that nothing may stand behind the five dashes.
func (b *rawBlock) closed(line []byte) rawBlock {
	label, whole := bytes.CutSuffix(line[len(armor.EndPrefix):], []byte(armor.Dashes))
	switch {
	case whole && string(label) == b.label:
		return *b
	case whole:
		b.refusal = refusal{cause: causeEndLabel, line: b.end, detail: armor.QuoteLabel(string(label))}
		return *b
	}
	return b.refuse(causeEndLine, b.end)
}

// add adds a line to a text.
func add(text, line []byte) []byte { return append(append(text, line...), '\n') }

func startsEnd(line []byte) bool { return bytes.HasPrefix(line, []byte(armor.EndPrefix)) }

// findBegin reads up to the next BEGIN line and over whatever stands before
// it. Its refusal is the only one that is no fault of the file by itself.
func findBegin(l *textLines, size int, skipBOM bool) (b rawBlock, found bool) {
	for {
		piece := l.next(size)
		if len(piece) == 0 {
			return b.refuse(causeNoBegin, l.number), false
		}
		if skipBOM && len(piece) > len(armor.BOM) {
			piece = bytes.TrimPrefix(piece, []byte(armor.BOM))
		}
		skipBOM = false
		rest, begins := bytes.CutPrefix(stripped(piece), []byte(armor.BeginPrefix))
		if label, ends := bytes.CutSuffix(rest, []byte(armor.Dashes)); begins && ends {
			const usual = 2 << 10 // bytes of base64 in a certificate
			b.label, b.line, b.end = string(label), l.number, l.number
			b.header = make([]byte, 0, min(usual, len(l.data)-l.pos))
			return b, true
		}
	}
}

// readOld is PEM_read_bio up to 1.1.0. What stands before the first blank line
// is a header; if END comes first, it was the data. Data behind a header must
// come in lines of 64 characters, and only the last may be shorter.
func readOld(l *textLines) rawBlock {
	const size = 254
	b, found := findBegin(l, size, false)
	if !found {
		return b
	}
	for {
		piece := l.next(size)
		line := stripped(piece)
		b.end = l.number
		if startsEnd(line) {
			b.header, b.body = nil, b.header
			return b.closed(line)
		}
		if len(line) == 0 {
			b.blank = l.number
			break
		}
		b.header = add(b.header, line)
	}
	short, shortIsBlank := 0, false
	for {
		piece := l.next(size)
		line := stripped(piece)
		b.end = l.number
		switch {
		case len(piece) == 0:
			return b.refuse(causeEndMissing, b.line)
		case startsEnd(line):
			return b.closed(line)
		case short > 0 && shortIsBlank:
			return b.refuse(causeBlankLine, short)
		case short > 0 && len(line) == 0:
			return b.refuse(causeBlankLine, l.number)
		case short > 0:
			return b.refuse(causeShortLine, short)
		case len(line) > armor.FullLine:
			return b.refuse(causeWideLine, l.number)
		case len(line) < armor.FullLine:
			short, shortIsBlank = l.number, len(line) == 0
		}
		b.body = add(b.body, line)
	}
}

// readNew is PEM_read_bio_ex with get_name and get_header_and_data, from 1.1.1
// on: blank lines are counted instead of ending a phase, and a colon tells a
// header from data.
func readNew(l *textLines, skipBOM bool) rawBlock {
	const size = 255
	b, found := findBegin(l, size, skipBOM)
	if !found {
		return b
	}
	colon, partial, short := false, false, 0
	for {
		piece := l.next(size)
		line := stripped(piece)
		b.end = l.number
		wasPartial := partial
		partial = len(piece) == size-1 && piece[size-2] != '\n'
		colon = colon || b.blank == 0 && bytes.IndexByte(piece, ':') >= 0
		switch {
		case len(piece) == 0:
			return b.refuse(causeEndMissing, b.line)
		case len(line) == 0 && wasPartial:
			continue
		case len(line) == 0 && b.blank > 0:
			return b.refuse(causeBlankLine, l.number)
		case len(line) == 0:
			b.blank = l.number
			continue
		case startsEnd(line):
			if b.blank == 0 && !colon {
				b.header, b.body = nil, b.header
			}
			return b.closed(line)
		case short > 0:
			return b.refuse(causeShortLine, short)
		case b.blank == 0:
			b.header = add(b.header, line)
			continue
		case len(line) > armor.FullLine:
			return b.refuse(causeWideLine, l.number)
		case len(line) < armor.FullLine:
			short = l.number
		}
		b.body = add(b.body, line)
	}
}
