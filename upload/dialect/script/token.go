package script

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind is what a token is.
type kind uint8

const (
	punct kind = iota
	word
	number
	literal
	regex
)

// token is a piece of a script. The text of a literal is its value.
type token struct {
	kind kind
	text string
}

// source is the token as it could stand in a script.
func (t token) source() string {
	if t.kind == literal {
		return strconv.Quote(t.text)
	}
	return t.text
}

// maxTokens caps the tokens of one script.
const maxTokens = 1 << 20

// scanner cuts a script into tokens. A template literal comes out as the sum
// that it means: "a" + ( x ) + "b".
type scanner struct {
	text   string
	at     int
	tokens []token
	// holes are the depths of braces in the open holes of template literals.
	holes []int
}

// scan cuts a whole script.
func scan(text string) []token {
	s := &scanner{text: text}
	for s.at < len(s.text) && len(s.tokens) < maxTokens {
		s.next()
	}
	return s.tokens
}

func (s *scanner) emit(k kind, text string) { s.tokens = append(s.tokens, token{k, text}) }

func (s *scanner) rest() string { return s.text[s.at:] }

func (s *scanner) next() {
	switch c := s.text[s.at]; {
	case c <= ' ':
		s.at++
	case strings.HasPrefix(s.rest(), "//"), strings.HasPrefix(s.rest(), "<!--"):
		s.skip("\n")
	case strings.HasPrefix(s.rest(), "/*"):
		s.at += 2
		s.skip("*/")
	case c == '"' || c == '\'':
		s.at++
		s.emit(literal, s.quoted(c))
	case c == '`':
		s.at++
		s.template()
	case c >= '0' && c <= '9':
		s.run(number)
	case isWord(c):
		s.run(word)
	case c == '/' && s.beginsRegex():
		s.regex()
	default:
		s.punct(c)
	}
}

// skip goes behind the next end, or to the end of the text.
func (s *scanner) skip(end string) {
	if i := strings.Index(s.rest(), end); i >= 0 {
		s.at += i + len(end)
		return
	}
	s.at = len(s.text)
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf
}

func (s *scanner) run(k kind) {
	from := s.at
	for s.at < len(s.text) && (isWord(s.text[s.at]) || k == number && s.text[s.at] == '.') {
		s.at++
	}
	s.emit(k, s.text[from:s.at])
}

// operator is the one at the beginning of a text that must not be mistaken for
// what it begins with, "" for none.
func operator(text string) string {
	for _, length := range []int{3, 2} {
		if len(text) < length {
			continue
		}
		switch text[:length] {
		case "===", "!==", "...", "=>", "==", "!=", "<=", ">=", "++", "--", "+=", "-=", "&&", "||", "??", "?.":
			return text[:length]
		}
	}
	return ""
}

func (s *scanner) punct(c byte) {
	if op := operator(s.rest()); op != "" {
		s.at += len(op)
		// a?.b selects as a.b does.
		s.emit(punct, strings.TrimPrefix(op, "?"))
		return
	}
	s.at++
	if n := len(s.holes); n > 0 {
		switch {
		case c == '{':
			s.holes[n-1]++
		case c == '}' && s.holes[n-1] == 0:
			s.holes = s.holes[:n-1]
			s.emit(punct, ")")
			s.emit(punct, "+")
			s.template()
			return
		case c == '}':
			s.holes[n-1]--
		}
	}
	s.emit(punct, string(rune(c)))
}

// template reads a template literal to its end or to its next hole.
func (s *scanner) template() {
	from := s.at
	for s.at < len(s.text) {
		switch {
		case s.text[s.at] == '`':
			s.emit(literal, unescape(s.text[from:s.at]))
			s.at++
			return
		case strings.HasPrefix(s.rest(), "${"):
			s.emit(literal, unescape(s.text[from:s.at]))
			s.at += 2
			s.emit(punct, "+")
			s.emit(punct, "(")
			s.holes = append(s.holes, 0)
			return
		case s.text[s.at] == '\\':
			s.at++
		}
		s.at++
	}
	s.at = len(s.text)
	s.emit(literal, unescape(s.text[min(from, s.at):]))
}

// quoted reads a string to its quote; a line that ends before ends it too.
func (s *scanner) quoted(quote byte) string {
	from := s.at
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case quote:
			s.at++
			return unescape(s.text[from : s.at-1])
		case '\n':
			return unescape(s.text[from:s.at])
		case '\\':
			s.at++
		}
		s.at++
	}
	s.at = len(s.text)
	return unescape(s.text[min(from, s.at):])
}

// beginsRegex tells a regular expression from a division by what stands before
// it. After a brace it is taken for a division.
func (s *scanner) beginsRegex() bool {
	if len(s.tokens) == 0 {
		return true
	}
	switch t := s.tokens[len(s.tokens)-1]; t.kind {
	case word:
		switch t.text {
		case "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do":
			return true
		}
	case punct:
		return t.text != ")" && t.text != "]" && t.text != "}"
	}
	return false
}

// regex reads a regular expression to its slash; one without ends with its line.
func (s *scanner) regex() {
	from, class := s.at, false
	for s.at++; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '\\':
			s.at++
		case c == '\n':
			s.emit(regex, s.text[from:s.at])
			return
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			s.at++
			s.emit(regex, s.text[from:s.at])
			return
		}
	}
	s.at = len(s.text)
	s.emit(regex, s.text[from:])
}
