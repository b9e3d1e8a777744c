// Package script reads what stands in the scripts of a phone's pages: the
// addresses that they put together, the fields that they send, and which
// function does it. It runs nothing and guesses nothing: what a script computes
// stays a hole. Nothing here does I/O.
package script

import "strings"

// Script is a script that was read.
type Script struct {
	tokens []token
	// match is the place of the bracket that closes or opens the one at a
	// place; -1 where there is none.
	match     []int
	functions []Function
}

// Function is a function that has a name.
type Function struct {
	Name   string
	Params []string
	// from and to are the places of its braces.
	from, to int
}

// Read reads a script. It takes whatever comes; what is no JavaScript gives a
// Script in which little is found.
func Read(text string) *Script {
	s := &Script{tokens: scan(text)}
	s.pair()
	for i := range s.tokens {
		if s.is(i, "{") && s.match[i] > i {
			if f := s.function(i); f.Name != "" {
				s.functions = append(s.functions, f)
			}
		}
	}
	return s
}

// pair finds for every bracket the other one. A bracket that closes nothing is
// passed over.
func (s *Script) pair() {
	s.match = make([]int, len(s.tokens))
	open := map[string]string{")": "(", "]": "[", "}": "{"}
	var stack []int
	for i, t := range s.tokens {
		s.match[i] = -1
		if t.kind != punct {
			continue
		}
		switch t.text {
		case "(", "[", "{":
			stack = append(stack, i)
		case ")", "]", "}":
			if n := len(stack) - 1; n >= 0 && s.tokens[stack[n]].text == open[t.text] {
				s.match[i], s.match[stack[n]] = stack[n], i
				stack = stack[:n]
			}
		}
	}
}

// is reports whether a punctuation mark stands at a place.
func (s *Script) is(at int, mark string) bool {
	return at >= 0 && at < len(s.tokens) && s.tokens[at].kind == punct && s.tokens[at].text == mark
}

// word is the word at a place, "" when there is none.
func (s *Script) word(at int) string {
	if at < 0 || at >= len(s.tokens) || s.tokens[at].kind != word {
		return ""
	}
	return s.tokens[at].text
}

// function reads the head before a brace. Without a name it is no function, or
// one to which nobody can refer:
//
//	function name(a) {   name(a) {   name: function (a) {   name = (a) => {
func (s *Script) function(brace int) Function {
	f := Function{from: brace, to: s.match[brace]}
	before := brace - 1
	arrow := s.is(before, "=>")
	if arrow {
		before--
	}
	switch {
	case s.is(before, ")") && s.match[before] >= 0:
		f.Params = s.words(s.match[before]+1, before)
		before = s.match[before] - 1
	case arrow && s.word(before) != "":
		f.Params = []string{s.word(before)}
		before--
	default:
		return Function{}
	}
	name := s.word(before)
	if !arrow && name != "" && name != "function" {
		switch name {
		case "if", "for", "while", "switch", "catch", "with":
			return Function{}
		}
		f.Name = name
		return f
	}
	for s.word(before) == "function" || s.word(before) == "async" {
		before--
	}
	if s.is(before, "=") || s.is(before, ":") {
		f.Name = s.word(before - 1)
	}
	return f
}

// words are the words between two places that stand first or behind a comma.
func (s *Script) words(from, to int) []string {
	var list []string
	for i := from; i < to; i++ {
		if i == from || s.is(i-1, ",") {
			list = append(list, s.word(i))
		}
	}
	return list
}

// In is the innermost function with a name around a place, nil outside all.
func (s *Script) In(at Place) *Function {
	var inner *Function
	for i := range s.functions {
		if f := &s.functions[i]; f.from < int(at) && int(at) < f.to {
			inner = f
		}
	}
	return inner
}

// Call is a call of a function.
type Call struct {
	// Arguments are what it passes, as it stands in the script without blanks.
	Arguments []string
	// At is where it stands, for Script.In.
	At Place
}

// Calls are the calls of a function by its name, in order.
func (s *Script) Calls(name string) []Call {
	var list []Call
	for i := range s.tokens {
		if len(list) == maxFound {
			break
		}
		if s.word(i) != name || !s.is(i+1, "(") || s.match[i+1] < 0 || s.word(i-1) == "function" || s.is(s.match[i+1]+1, "{") {
			continue
		}
		c := Call{At: Place(i)}
		for _, p := range s.split(i+2, s.match[i+1]) {
			if len(c.Arguments) == maxParts {
				break
			}
			c.Arguments = append(c.Arguments, s.source(p))
		}
		list = append(list, c)
	}
	return list
}

// Constants are the strings that are assigned to a name, each once: name = "x".
// A name that is also assigned something else has none.
func (s *Script) Constants(name string) []string {
	var list []string
	for i := range s.tokens {
		if s.word(i) != name || !s.is(i+1, "=") || s.is(i-1, ".") {
			continue
		}
		if i+2 >= len(s.tokens) || s.tokens[i+2].kind != literal || s.is(i+3, "+") {
			return nil
		}
		list = add(list, s.tokens[i+2].text)
	}
	return list
}

func add(list []string, text string) []string {
	for _, each := range list {
		if each == text {
			return list
		}
	}
	return append(list, text)
}

// span is a run of tokens, the end excluded.
type span struct{ from, to int }

// split cuts a run of tokens at the commas that stand in no inner bracket.
func (s *Script) split(from, to int) []span {
	var list []span
	start := from
	for i := from; i < to; i++ {
		switch {
		case s.match[i] > i:
			i = min(s.match[i], to)
		case s.is(i, ","):
			list = append(list, span{start, i})
			start = i + 1
		}
	}
	if start < to {
		list = append(list, span{start, to})
	}
	return list
}

// maxSource caps how much of a script is given back as it stands, in tokens.
const maxSource = 64

func (s *Script) source(p span) string {
	var b strings.Builder
	for _, t := range s.tokens[p.from:min(p.to, p.from+maxSource)] {
		b.WriteString(t.source())
	}
	return b.String()
}
