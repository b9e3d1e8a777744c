package web

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxEncoded is the most bytes that one byte of a secret takes in a text:
// "&#x0000F7;".
const maxEncoded = 12

// secret is a value that is found in a text however it is encoded: each of its
// characters may stand there as it is or as in URLs, in HTML, in JSON or in
// scripts, and the whole may be hexadecimal or Base64.
type secret struct {
	name, value string
	forms       []form
}

// form is a spelling of the secret; first are the bytes with which it can begin.
type form struct {
	text  []rune
	first [256]bool
}

func newSecret(name, value string) secret {
	s := secret{name: name, value: value}
	spelled := []string{value, hex.EncodeToString([]byte(value)), strings.ToUpper(hex.EncodeToString([]byte(value)))}
	if strings.Contains(value, "\n") { // a form has its line ends so
		spelled = append(spelled, strings.ReplaceAll(value, "\n", "\r\n"))
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		spelled = append(spelled, encoding.EncodeToString([]byte(value)))
		spelled = append(spelled, inside(encoding, value)...)
	}
	slices.Sort(spelled)
	for _, text := range slices.Compact(spelled) {
		s.forms = append(s.forms, newForm(text))
	}
	return s
}

// inside are the characters of Base64 that are the same whatever stands before
// and after the value, as in "user:password".
func inside(encoding *base64.Encoding, value string) []string {
	const telling = 6
	var list []string
	for before, lost := range []int{0, 2, 3} {
		text := encoding.EncodeToString([]byte(strings.Repeat("\x00", before) + value))[lost:]
		if (before+len(value))%3 != 0 {
			text = text[:len(text)-1]
		}
		if len(text) >= telling {
			list = append(list, text)
		}
	}
	return list
}

func newForm(text string) form {
	f := form{}
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && size == 1 {
			r = rawByte(text[0])
		}
		f.text = append(f.text, r)
		text = text[size:]
	}
	for _, c := range []byte(`%\&`) {
		f.first[c] = true
	}
	r := f.text[0]
	f.first[literal(r)[0]] = true
	f.first[byte(r)] = true // Latin-1
	if r == ' ' {
		f.first['+'] = true
	}
	return f
}

// A byte that is no UTF-8 is a rune beyond all others.
func rawByte(c byte) rune { return utf8.MaxRune + 1 + rune(c) }

func literal(r rune) string {
	if r > utf8.MaxRune {
		return string([]byte{byte(r - utf8.MaxRune - 1)})
	}
	return string(r)
}

// find appends the places where the secret stands in a text. They overlap where
// a secret repeats itself.
func (s *secret) find(text string, spans []span) []span {
	for i := range s.forms {
		f := &s.forms[i]
		for at := range len(text) {
			if end := f.match(text, at); end > at {
				spans = append(spans, span{at, end, s.name})
			}
		}
	}
	return spans
}

// match returns where the longest spelling ends that begins at a place, 0 for
// none. Since "\\" may be one backslash or two, it goes on from all places where
// a character may end.
func (f *form) match(text string, at int) int {
	if !f.first[text[at]] {
		return 0
	}
	places, next := []int{at}, []int(nil)
	for _, r := range f.text {
		next = next[:0]
		for _, place := range places {
			next = ends(next, text, place, r)
		}
		if len(next) == 0 {
			return 0
		}
		slices.Sort(next)
		places, next = slices.Compact(next), places
	}
	return slices.Max(places)
}

// ends appends the places where a character that begins at a place may end.
func ends(list []int, text string, at int, r rune) []int {
	rest := text[at:]
	if rest == "" {
		return list
	}
	own := literal(r)
	if strings.HasPrefix(rest, own) {
		list = append(list, at+len(own))
	}
	if r >= 0x80 && r < 0x100 && rest[0] == byte(r) {
		list = append(list, at+1)
	}
	switch rest[0] {
	case '+':
		if r == ' ' {
			list = append(list, at+1)
		}
	case '%':
		list = percent(list, rest, at, r, own)
	case '\\':
		list = backslash(list, rest, at, r)
	case '&':
		if end := strings.IndexByte(rest[:min(len(rest), maxEncoded)], ';'); end > 0 && html.UnescapeString(rest[:end+1]) == own {
			list = append(list, at+end+1)
		}
	}
	return list
}

// percent finds a character as in URLs, in UTF-8 and in Latin-1, and as the
// function escape of scripts writes it.
func percent(list []int, rest string, at int, r rune, own string) []int {
	length := 0
	for _, c := range []byte(own) {
		if n, ok := number(rest, length, "%", 2); !ok || n != rune(c) {
			length = 0
			break
		}
		length += 3
	}
	if length > 0 {
		list = append(list, at+length)
	}
	if n, ok := number(rest, 0, "%", 2); ok && n == r && r >= 0x80 {
		list = append(list, at+3)
	}
	return wide(list, rest, at, r, "%u")
}

// backslash finds a character as in JSON and scripts.
func backslash(list []int, rest string, at int, r rune) []int {
	if n, ok := number(rest, 0, `\x`, 2); ok && n == r {
		list = append(list, at+4)
	}
	if len(rest) > 1 {
		if i := strings.IndexByte(`bfnrtv`, rest[1]); i >= 0 && rune("\b\f\n\r\t\v"[i]) == r || rune(rest[1]) == r && r < 0x80 {
			list = append(list, at+2)
		}
	}
	return wide(list, rest, at, r, `\u`)
}

// wide finds a character as one or two units of UTF-16.
func wide(list []int, rest string, at int, r rune, lead string) []int {
	first, ok := number(rest, 0, lead, 4)
	if ok && first == r {
		return append(list, at+6)
	}
	if second, again := number(rest, 6, lead, 4); ok && again && utf16.IsSurrogate(first) && utf16.DecodeRune(first, second) == r {
		return append(list, at+12)
	}
	return list
}

// number reads hexadecimal digits after a lead.
func number(text string, from int, lead string, digits int) (rune, bool) {
	end := from + len(lead) + digits
	if len(text) < end || text[from:from+len(lead)] != lead {
		return 0, false
	}
	n, err := strconv.ParseUint(text[end-digits:end], 16, 32)
	return rune(n), err == nil
}
