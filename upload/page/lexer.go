package page

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxExpression is the longest regular expression that is taken for one, in
// bytes.
const maxExpression = 1000

// kind is what a token of a script is.
type kind byte

const (
	atEnd kind = iota
	// word is a name, dots and all: window.location.href.
	word
	literal
	number
	// other are operators, a sign each, regular expressions, and templates
	// with values in them.
	other
)

type token struct {
	kind kind
	text string
	// newline says that a line ended before it.
	newline bool
}

// lexer reads the tokens of a script as far as it takes to tell names, literals
// and braces apart (ECMA-262, section 12). Whatever it reads, it ends.
type lexer struct {
	rest string
	// depth counts open brackets of all kinds.
	depth int
	last  token
}

func (l *lexer) next() token {
	t := token{newline: l.skip()}
	switch {
	case l.rest == "":
	case strings.ContainsRune(`"'`+"`", rune(l.rest[0])):
		t.kind, t.text = l.quoted()
	case l.rest[0] == '/' && l.expression():
		t.kind, t.text = other, "/"
	case isWord(l.rest[0]):
		t.text = l.take(func(c byte) bool { return isWord(c) || c == '.' })
		t.kind = word
		if c := t.text[0]; c >= '0' && c <= '9' {
			t.kind = number
		}
	default:
		t.kind, t.text = other, l.sign()
	}
	l.last = t
	return t
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= utf8.RuneSelf
}

// skip passes blanks and comments, also those with which old pages hide scripts
// from older browsers.
func (l *lexer) skip() (newline bool) {
	for {
		trimmed := strings.TrimLeft(l.rest, " \t\r\n\f\v")
		newline = newline || strings.ContainsAny(l.rest[:len(l.rest)-len(trimmed)], "\r\n")
		l.rest = trimmed
		end := ""
		switch {
		case strings.HasPrefix(l.rest, "//"), strings.HasPrefix(l.rest, "<!--"), strings.HasPrefix(l.rest, "-->") && newline:
			end = "\n"
		case strings.HasPrefix(l.rest, "/*"):
			end = "*/"
		default:
			return newline
		}
		from := min(2, len(l.rest))
		i := strings.Index(l.rest[from:], end)
		if i < 0 {
			l.rest = ""
			return newline
		}
		newline = newline || end == "\n"
		l.rest = l.rest[from+i+len(end):]
	}
}

func (l *lexer) take(is func(byte) bool) string {
	i := 0
	for i < len(l.rest) && is(l.rest[i]) {
		i++
	}
	taken := l.rest[:i]
	l.rest = l.rest[i:]
	return taken
}

// sign takes one sign, and "=" with what makes it no assignment.
func (l *lexer) sign() string {
	text := l.rest[:1]
	switch text {
	case "{", "(", "[":
		l.depth++
	case "}", ")", "]":
		l.depth = max(0, l.depth-1)
	case "=":
		text = l.take(func(c byte) bool { return c == '=' || c == '>' })
		return text
	}
	l.rest = l.rest[1:]
	return text
}

// expression takes a regular expression, where one can stand: a quote in it
// opens no string.
func (l *lexer) expression() bool {
	if k := l.last.kind; k == literal || k == number || k == word && l.last.text != "return" || l.last.text == ")" || l.last.text == "]" {
		return false
	}
	class := false
	for i := 1; i < min(len(l.rest), maxExpression) && l.rest[i] != '\n'; i++ {
		switch c := l.rest[i]; {
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			l.rest = l.rest[i+1:]
			l.take(isWord)
			return true
		}
	}
	return false
}

// quoted takes a string. One that does not end on its line ends there.
func (l *lexer) quoted() (kind, string) {
	quote := l.rest[0]
	var b strings.Builder
	k, i := literal, 1
	for ; i < len(l.rest) && l.rest[i] != quote && (quote == '`' || l.rest[i] != '\n'); i++ {
		if quote == '`' && strings.HasPrefix(l.rest[i:], "${") {
			k = other
		}
		if l.rest[i] != '\\' || i+1 == len(l.rest) {
			b.WriteByte(l.rest[i])
			continue
		}
		i += escape(&b, l.rest[i+1:])
	}
	l.rest = l.rest[min(i+1, len(l.rest)):]
	return k, b.String()
}

// escape writes what stands after a backslash, and returns how many bytes it
// took.
func escape(b *strings.Builder, rest string) int {
	digits := map[byte]int{'x': 2, 'u': 4}[rest[0]]
	if code, err := strconv.ParseUint(rest[1:min(1+digits, len(rest))], 16, 32); digits > 0 && err == nil {
		b.WriteRune(rune(code))
		return 1 + min(digits, len(rest)-1)
	}
	switch c := rest[0]; c {
	case 'n', 't', 'r', 'b', 'f', 'v':
		b.WriteByte(map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'v': '\v'}[c])
	case '0':
		b.WriteByte(0)
	case '\n':
	case '\r':
		if strings.HasPrefix(rest, "\r\n") {
			return 2
		}
	default:
		b.WriteByte(c)
	}
	return 1
}
