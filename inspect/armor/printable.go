package armor

import (
	"bytes"
	"strconv"
)

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
			if len(text) > FullLine+1 {
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
