package armor

import (
	"bytes"
	"encoding/base64"
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
	if bytes.IndexByte(lines[i].text, ':') < 0 {
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
			last := &block.Headers[len(block.Headers)-1]
			last.Value += string(text)
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
	b.report.detail(oddHeaders, block.Line, quoteLabel(block.Headers[0].Name), "")
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
		case len(text) == 0:
			b.report.add(oddBlankInside, p.number)
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

// isQuotedPrintable reports whether lines have been through a mail program
// (RFC 2045, section 6.7): "=3D" for "=", or "=" at the end of long lines.
// Padding looks nearly the same but is followed by nothing.
func isQuotedPrintable(lines []piece) bool {
	breaks := 0
	for i, p := range lines {
		text := bytes.TrimRight(p.text, " \t")
		at := bytes.IndexByte(text, '=')
		if at < 0 {
			continue
		}
		if _, ok := hexByte(text[at+1:]); ok {
			return true
		}
		if at == len(text)-1 && i < len(lines)-1 {
			breaks++
			if len(text) > fullLine+1 {
				return true
			}
		}
	}
	return breaks > 1
}

// unprintable undoes quoted-printable in one line.
func (b *body) unprintable(text []byte, last bool, number int) []byte {
	plain := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '=' {
			if value, ok := hexByte(text[i+1:]); ok {
				b.report.add(oddQuotedPrintable, number)
				c = value
				i += 2
			} else if i+1 == len(text) && !last {
				b.report.add(oddQuotedPrintable, number)
				break
			}
		}
		plain = append(plain, c)
	}
	return bytes.TrimRight(plain, " \r\n")
}

// hexByte returns the character that two hexadecimal digits stand for, if it
// is one that quoted-printable has reason to write so.
func hexByte(b []byte) (byte, bool) {
	if len(b) < 2 {
		return 0, false
	}
	value, err := strconv.ParseUint(string(b[:2]), 16, 8)
	return byte(value), err == nil && bytes.IndexByte([]byte("=+/- \t\r\n"), byte(value)) >= 0
}

func (w *widths) add(width, line int) {
	w.lines++
	if width > fullLine {
		if w.wide++; w.wide == 1 {
			w.wideLine = line
		}
	}
	if w.last != 0 && w.last < fullLine {
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

// decode turns the characters into the block's bytes and says what of them is
// missing or too much.
func (b *body) decode(block *Block) {
	if len(b.characters) == 0 {
		b.damaged(block, damage{oddity: oddEmpty, line: block.Line})
		return
	}
	if b.foreign > 0 {
		b.decodeForeign(block)
		return
	}
	d := decodeBase64(b.characters)
	block.Bytes = d.bytes
	size, known := sequenceSize(d.bytes)
	if strings.HasSuffix(block.Label, "PARAMETERS") {
		size, known = elementSize(d.bytes) // a curve is an OBJECT IDENTIFIER
	}
	switch uneven := d.single || d.missing || d.extra; {
	case !holdsDER(block.Label) || block.Header("Proc-Type") != "":
		b.reportPadding(block, d)
	case known && size > len(d.bytes) && b.padInside:
		b.pad.oddity = oddLost
		b.damaged(block, b.pad)
	case known && size != len(d.bytes) && uneven && b.closed && !b.padInside:
		b.damaged(block, damage{oddity: oddLength, line: block.Line, have: len(b.characters)})
	case known && size > len(d.bytes):
		b.damaged(block, damage{oddity: oddCutOff, line: block.Line, have: len(d.bytes), want: size})
	case !known && !isIndefinite(d.bytes):
		b.damaged(block, damage{oddity: oddNotDER, line: block.Line})
	case known:
		block.Trailing = len(d.bytes) - size
		fallthrough
	default:
		b.reportPadding(block, d)
	}
	b.reportTrailing(block)
}

// reportPadding reports '=' that are missing, too many or in the wrong place,
// and groups that no '=' can mend.
func (b *body) reportPadding(block *Block, d decoded) {
	if d.single {
		b.damaged(block, damage{oddity: oddLength, line: block.Line, have: len(b.characters)})
		return
	}
	if d.missing {
		b.report.add(oddPadMissing, block.EndLine)
	}
	if d.extra {
		b.report.add(oddPadExtra, block.EndLine)
	}
	if b.padInside {
		b.report.add(oddPadInside, block.Line)
	}
}

func (b *body) reportTrailing(block *Block) {
	if block.Trailing == 0 || block.Damaged {
		return
	}
	odd := oddTrailing
	if block.Label == "TRUSTED CERTIFICATE" && isAux(block.Bytes[len(block.Bytes)-block.Trailing:]) {
		odd = oddTrusted
	}
	b.report.detail(odd, block.Line, byteCount(block.Trailing), "")
}

// decodeForeign decodes characters among which are foreign ones. If the rest
// is a whole DER they were superfluous. If not, each has taken the place of
// one that is lost, and a zero keeps its place.
func (b *body) decodeForeign(block *Block) {
	without := bytes.ReplaceAll(b.characters, []byte{foreignMark}, nil)
	d := decodeBase64(without)
	size, known := sequenceSize(d.bytes)
	if known && size == len(d.bytes) && !d.single {
		block.Bytes = d.bytes
		b.widths = b.mended
		b.report.detail(oddForeign, b.place.line, b.place.detail, "")
		b.reportPadding(block, d)
		return
	}
	block.Bytes = decodeBase64(bytes.ReplaceAll(b.characters, []byte{foreignMark}, []byte{'A'})).bytes
	b.place.oddity = oddLost
	b.damaged(block, b.place)
}

func (b *body) damaged(block *Block, d damage) {
	block.Damaged = true
	b.report.damage(d)
}

// isIndefinite reports whether bytes begin with a SEQUENCE of BER's indefinite
// length, as Windows exports PKCS #7.
func isIndefinite(b []byte) bool { return len(b) >= 2 && b[0] == 0x30 && b[1] == 0x80 }

// decoded is the outcome of decodeBase64.
type decoded struct {
	bytes                  []byte
	missing, extra, single bool
}

// decodeBase64 decodes every piece between padding. A single character that is
// left over carries no byte.
func decodeBase64(characters []byte) (d decoded) {
	d.bytes = make([]byte, 0, base64.RawStdEncoding.DecodedLen(len(characters)))
	for len(characters) > 0 {
		n := bytes.IndexByte(characters, '=')
		if n < 0 {
			n = len(characters)
		}
		pads := 0
		for n+pads < len(characters) && characters[n+pads] == '=' {
			pads++
		}
		wanted, usable := (4-n%4)%4, n
		if n%4 == 1 {
			usable--
		}
		d.single = d.single || n%4 == 1
		d.missing = d.missing || pads < wanted
		d.extra = d.extra || pads > wanted
		d.bytes, _ = base64.RawStdEncoding.AppendDecode(d.bytes, characters[:usable])
		characters = characters[n+pads:]
	}
	return d
}
