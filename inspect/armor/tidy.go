package armor

import (
	"bytes"
	"html"
	"strconv"
	"unicode/utf8"
)

// piece is a line of the file, or the part of one that stands between two
// escaped line ends, with what was odd about it.
type piece struct {
	number   int // the file's line
	text     []byte
	oddities oddities
}

// pieces calls take for each line that is hidden in a line: behind "\n" as in
// JSON, behind a tag as in HTML, behind a lone CR. Nearly every line is one
// piece and costs a look for the four characters.
func pieces(number int, line []byte, take func(piece)) {
	text := bytes.TrimRight(line, "\r")
	p := piece{number: number, text: text}
	if len(line)-len(text) > 1 {
		p.oddities.add(oddDoubledCR)
	}
	if !bytes.ContainsAny(text, "\\<&\r") {
		take(p)
		return
	}
	start := 0
	for i := 0; i < len(text); {
		size, odd := lineEnd(text[i:])
		if size == 0 {
			i++
			continue
		}
		p.oddities.add(odd)
		if i > start {
			p.text = unescaped(text[start:i], &p.oddities)
			take(p)
		}
		i += size
		start = i
	}
	if start < len(text) {
		p.text = unescaped(text[start:], &p.oddities)
		take(p)
	}
}

// lineEnd returns the length of the thing at the start of b that stands for a
// line end, and what is odd about it.
func lineEnd(b []byte) (size int, odd oddity) {
	const longestTag = 100
	switch {
	case b[0] == '\r':
		return 1, oddCR
	case bytes.HasPrefix(b, []byte(`\n`)), bytes.HasPrefix(b, []byte(`\r`)):
		return 2, oddEscapedLineEnd
	case bytes.HasPrefix(b, []byte(`\\n`)), bytes.HasPrefix(b, []byte(`\\r`)):
		return 3, oddEscapedLineEnd
	case b[0] == '<' && len(b) > 1 && (b[1] == '/' || b[1] == '!' || b[1]|0x20 >= 'a' && b[1]|0x20 <= 'z'):
		if i := bytes.IndexByte(b[:min(len(b), longestTag)], '>'); i > 0 {
			return i + 1, oddTag
		}
	}
	return 0, 0
}

// unescaped undoes the escapes of JSON and HTML.
func unescaped(text []byte, odd *oddities) []byte {
	if i := bytes.IndexByte(text, '&'); i >= 0 && bytes.IndexByte(text[i:], ';') > 0 {
		if plain := html.UnescapeString(string(text)); plain != string(text) {
			odd.add(oddEntity)
			text = []byte(plain)
		}
	}
	if bytes.IndexByte(text, '\\') < 0 {
		return text
	}
	plain := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		switch {
		case rest[0] == '\\' && len(rest) > 1 && (rest[1] == '/' || rest[1] == '"'):
			i++
		case rest[0] == '\\' && len(rest) >= 6 && rest[1] == 'u':
			code, err := strconv.ParseUint(string(rest[2:6]), 16, 16)
			if err != nil {
				plain = append(plain, rest[0])
				continue
			}
			plain = utf8.AppendRune(plain, rune(code))
			i += 5
			odd.add(oddEscapedChar)
			continue
		default:
			plain = append(plain, rest[0])
			continue
		}
		plain = append(plain, text[i])
		odd.add(oddEscapedChar)
	}
	return plain
}

// tidy takes off a line what does not belong to base64 and stands around it:
// white space, quotation marks, the '>' of mail, line numbers, the punctuation
// of source code, characters without width.
func tidy(text []byte) ([]byte, oddities) {
	var odd oddities
	text = visible(text, &odd)
	text = tidyEnd(text, &odd)
	text = tidyStart(text, &odd)
	if len(text) == 0 {
		odd &^= set(oddIndent, oddTrailingSpace)
	}
	if odd.has(oddInvisible) {
		odd.remove(oddTrailingSpace)
	}
	return text, odd
}

// visible removes what is not seen: NUL, and spaces and marks outside ASCII.
func visible(text []byte, odd *oddities) []byte {
	plain := true
	for _, c := range text {
		if c == 0 || c >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		return text
	}
	seen := make([]byte, 0, len(text))
	for len(text) > 0 {
		char, size := utf8.DecodeRune(text)
		switch char {
		case 0:
			odd.add(oddNUL)
		case '\u00A0', '\u2002', '\u2003', '\u2009', '\u202F', '\u3000':
			odd.add(oddInvisible)
			seen = append(seen, ' ')
		case '\u00AD', '\u200B', '\u200C', '\u200D', '\u200E', '\u200F', '\u2060', '\uFEFF':
			odd.add(oddInvisible)
		case '“', '”', '„', '‟', '«', '»', '‘', '’', '‚':
			odd.add(oddSmartQuote)
		default:
			seen = append(seen, text[:size]...)
		}
		text = text[size:]
	}
	return seen
}

func tidyStart(text []byte, odd *oddities) []byte {
	for first := true; len(text) > 0; {
		switch c := text[0]; {
		case isSpace(c):
			if first {
				odd.add(oddIndent)
			}
			text = text[1:]
			continue
		case c == '>':
			odd.add(oddMailQuote)
		case c == '"' || c == '\'' || c == '`':
			odd.add(oddQuote)
		case c >= '0' && c <= '9':
			n := numberPrefix(text)
			if n == 0 {
				return text
			}
			odd.add(oddLineNumber)
			text = text[n-1:]
		default:
			return text
		}
		text = text[1:]
		first = false
	}
	return text
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\v' || c == '\f' }

// numberPrefix returns the length of a line number with what separates it from
// the line, 0 if there is none.
func numberPrefix(text []byte) int {
	const longest = 6
	for i := 1; i < len(text) && i <= longest; i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
		case c == ':' || c == '.' || c == ')' || c == '|' || c == '\t' || c == ' ':
			return i + 1
		default:
			return 0
		}
	}
	return 0
}

func tidyEnd(text []byte, odd *oddities) []byte {
	for len(text) > 0 {
		last := len(text) - 1
		switch c := text[last]; {
		case isSpace(c) || c == '\r':
			odd.add(oddTrailingSpace)
		case c == '"' || c == '\'' || c == '`':
			odd.add(oddQuote)
		case c == ',' || c == ';' || c == '\\' || c == ']' || c == '}' || c == ')':
			odd.add(oddPunctuation)
		case (c == '+' || c == '.') && last > 0 && (text[last-1] == ' ' || text[last-1] == '"' || text[last-1] == '\''):
			odd.add(oddPunctuation)
		default:
			return text
		}
		text = text[:last]
	}
	return text
}
