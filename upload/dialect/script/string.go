package script

import (
	"slices"
	"strings"
)

// String is a string that a script puts together, beginning with a literal.
type String struct {
	Parts []Part
	// At is where it stands, for Script.In.
	At Place
	// to is the place behind it.
	to int
}

// Place is a place in a script.
type Place int

// Part is a literal piece of a string, or a hole: what the script fills in, as
// it stands there without blanks.
type Part struct {
	Text string
	Hole bool
}

const (
	// maxParts caps the parts of one string, and the arguments of a call.
	maxParts = 64
	// maxFound caps the strings and the calls that are found.
	maxFound = 500
)

// Strings are the strings with a literal piece that holds a text, in order.
func (s *Script) Strings(with string) []String {
	holds := func(p span) bool {
		return p.to == p.from+1 && s.tokens[p.from].kind == literal && strings.Contains(s.tokens[p.from].text, with)
	}
	var list []String
	for i := 0; i < len(s.tokens) && len(list) < maxFound; i++ {
		if s.tokens[i].kind != literal {
			continue
		}
		if operands, end := s.sum(i); slices.ContainsFunc(operands, holds) {
			list = append(list, s.join(operands, end))
			i = end - 1
		}
	}
	return list
}

// sum reads the operands of a sum from its first literal on, and those of
// "a".concat(b, "c"), and where it ends.
func (s *Script) sum(at int) (operands []span, end int) {
	operands, end = []span{{at, at + 1}}, at+1
	for len(operands) < maxParts {
		switch {
		case s.is(end, ".") && s.word(end+1) == "concat" && s.is(end+2, "(") && s.match[end+2] > end:
			inside := s.split(end+3, s.match[end+2])
			operands = append(operands, inside[:min(len(inside), maxParts-len(operands))]...)
			end = s.match[end+2] + 1
		case s.is(end, "+") && s.operand(end+1) > end+1:
			next := span{end + 1, s.operand(end + 1)}
			operands, end = append(operands, next), next.to
		default:
			return operands, end
		}
	}
	return operands, end
}

// join makes one string of operands, literals that stand beside each other as
// one part.
func (s *Script) join(operands []span, end int) String {
	t := String{At: Place(operands[0].from), to: end}
	for _, p := range operands {
		last := len(t.Parts) - 1
		isLiteral := p.to == p.from+1 && s.tokens[p.from].kind == literal
		switch {
		case isLiteral && last >= 0 && !t.Parts[last].Hole:
			t.Parts[last].Text += s.tokens[p.from].text
		case isLiteral:
			t.Parts = append(t.Parts, Part{Text: s.tokens[p.from].text})
		default:
			t.Parts = append(t.Parts, Part{Text: s.source(p), Hole: true})
		}
	}
	return t
}

// operand is where an operand of a sum ends: a literal, a number, or a name or
// a bracket with what is called and selected on it.
func (s *Script) operand(at int) int {
	if at >= len(s.tokens) {
		return at
	}
	end := at
	switch {
	case s.tokens[at].kind != punct:
		end = at + 1
	case s.is(at, "(") && s.match[at] > at:
		end = s.match[at] + 1
	default:
		return at
	}
	for end < len(s.tokens) {
		switch {
		case s.is(end, ".") && s.word(end+1) != "":
			end += 2
		case (s.is(end, "(") || s.is(end, "[")) && s.match[end] > end:
			end = s.match[end] + 1
		default:
			return end
		}
	}
	return end
}

// Path is the string up to its query; ok is false when a hole stands in it.
func (t String) Path() (path string, ok bool) {
	path, _, query := strings.Cut(t.Parts[0].Text, "?")
	return path, query || len(t.Parts) == 1
}

// Query is the value of a parameter of an address; ok is false when there is
// none, or when its value is put together of several parts.
func (t String) Query(name string) (value Part, ok bool) {
	for i, p := range t.Parts {
		if p.Hole {
			continue
		}
		for at := range len(p.Text) {
			if at == 0 || p.Text[at-1] != '?' && p.Text[at-1] != '&' || !strings.HasPrefix(p.Text[at:], name+"=") {
				continue
			}
			text, _, ended := strings.Cut(p.Text[at+len(name)+1:], "&")
			switch {
			case ended || i == len(t.Parts)-1:
				return Part{Text: text}, true
			case text == "" && (i+2 >= len(t.Parts) || strings.HasPrefix(t.Parts[i+2].Text, "&")):
				return t.Parts[i+1], true
			}
			return Part{}, false
		}
	}
	return Part{}, false
}

// HasQuery reports whether an address has a parameter, whatever its value.
func (t String) HasQuery(name string) bool {
	return slices.ContainsFunc(t.Parts, func(p Part) bool {
		return !p.Hole && (strings.Contains(p.Text, "?"+name+"=") || strings.Contains(p.Text, "&"+name+"="))
	})
}

// String is the string as a person may read it, each hole as "***".
func (t String) String() string {
	var b strings.Builder
	for _, p := range t.Parts {
		if p.Hole {
			b.WriteString("***")
			continue
		}
		b.WriteString(p.Text)
	}
	return b.String()
}
