package armor

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how the characters of a text are written.
type Encoding string

// The encodings that are recognised. ASCII and the Latin alphabets count as
// UTF8, for what matters in them is ASCII.
const (
	UTF8    Encoding = "UTF-8"
	UTF16LE Encoding = "UTF-16LE"
	UTF16BE Encoding = "UTF-16BE"
)

// BOM is U+FEFF in UTF-8, which Windows writes before a text (RFC 3629,
// section 6).
const BOM = "\uFEFF"

// Decode returns a text as UTF-8 without byte order mark, and how it was
// written. Line numbers do not change. Half a character at the end of a UTF-16
// text is lost. Text that needs no change is returned as it is.
func Decode(data []byte) (text []byte, encoding Encoding) {
	encoding = charset(data)
	if encoding == UTF8 {
		return bytes.TrimPrefix(data, []byte(BOM)), UTF8
	}
	text = make([]byte, 0, len(data)/2+utf8.UTFMax)
	unit := func(i int) rune {
		if encoding == UTF16LE {
			return rune(data[i]) | rune(data[i+1])<<8
		}
		return rune(data[i])<<8 | rune(data[i+1])
	}
	for i := 0; i+1 < len(data); i += 2 {
		char := unit(i)
		if utf16.IsSurrogate(char) && i+3 < len(data) {
			if char = utf16.DecodeRune(char, unit(i+2)); char != utf8.RuneError {
				i += 2
			}
		}
		text = utf8.AppendRune(text, char)
	}
	return bytes.TrimPrefix(text, []byte(BOM)), encoding
}

// hasMark reports whether a text begins with a byte order mark.
func hasMark(data []byte, encoding Encoding) bool {
	switch encoding {
	case UTF16LE:
		return bytes.HasPrefix(data, []byte{0xFF, 0xFE})
	case UTF16BE:
		return bytes.HasPrefix(data, []byte{0xFE, 0xFF})
	}
	return bytes.HasPrefix(data, []byte(BOM))
}

// charset tells UTF-16 by its mark, or without one by its zero bytes: in text
// that is mostly ASCII nearly every second byte is zero.
func charset(data []byte) Encoding {
	switch {
	case hasMark(data, UTF16LE):
		return UTF16LE
	case hasMark(data, UTF16BE):
		return UTF16BE
	}
	const sample = 1024
	data = data[:min(len(data), sample)]
	if bytes.IndexByte(data, 0) < 0 {
		return UTF8
	}
	var zeros [2]int
	for i, c := range data[:len(data)&^1] {
		if c == 0 {
			zeros[i%2]++
		}
	}
	pairs := len(data) / 2
	switch {
	case zeros[1] > pairs*3/4 && zeros[0] <= pairs/4:
		return UTF16LE
	case zeros[0] > pairs*3/4 && zeros[1] <= pairs/4:
		return UTF16BE
	}
	return UTF8
}
