package script

// Sent is what a script sends under a key of an object.
type Sent struct {
	// Names are the strings of an array: ["a", "b"].
	Names []string
	// Fields are the members of an object, each with its value as it stands in
	// the script: {"a": b}.
	Fields []Field
}

// Field is a member of an object in a script.
type Field struct {
	Name  string
	Value Part
}

// Sent looks in the call that a string is an argument of, and behind the
// string, for the key, and reads the array or the object under it. ok is false
// when there is none, or when the script puts it together elsewhere.
func (s *Script) Sent(t String, key string) (what Sent, ok bool) {
	end := s.callEnd(t.to)
	for i := t.to; i < min(end, t.to+maxCall); i++ {
		name := s.word(i)
		if s.tokens[i].kind == literal {
			name = s.tokens[i].text
		}
		if name != key || !s.is(i+1, ":") || i+2 >= len(s.tokens) || s.match[i+2] < 0 {
			continue
		}
		inside := s.split(i+3, s.match[i+2])
		switch {
		case s.is(i+2, "["):
			return s.names(inside)
		case s.is(i+2, "{"):
			return s.fields(inside)
		}
	}
	return Sent{}, false
}

// maxCall is how far behind a string its call is read, in tokens.
const maxCall = 4096

// callEnd is the place of the bracket that closes around a place.
func (s *Script) callEnd(at int) int {
	for last := min(len(s.tokens), at+maxCall); at < last; at++ {
		switch {
		case s.match[at] > at:
			at = s.match[at]
		case s.is(at, ")"), s.is(at, "]"), s.is(at, "}"), s.is(at, ";"):
			return at
		}
	}
	return min(at, len(s.tokens))
}

func (s *Script) names(list []span) (Sent, bool) {
	var names []string
	for _, p := range list {
		if p.to != p.from+1 || s.tokens[p.from].kind != literal {
			return Sent{}, false
		}
		names = append(names, s.tokens[p.from].text)
	}
	return Sent{Names: names}, len(names) > 0
}

func (s *Script) fields(list []span) (Sent, bool) {
	var fields []Field
	for _, p := range list {
		if p.to < p.from+1 {
			return Sent{}, false
		}
		f := Field{Name: s.word(p.from)}
		if s.tokens[p.from].kind == literal {
			f.Name = s.tokens[p.from].text
		}
		value := span{p.from + 2, p.to}
		switch {
		case f.Name == "":
			return Sent{}, false
		case p.to == p.from+1:
			// {place} is short for {place: place}.
			value = p
		case !s.is(p.from+1, ":"):
			return Sent{}, false
		}
		if value.to == value.from+1 && s.tokens[value.from].kind == literal {
			f.Value = Part{Text: s.tokens[value.from].text}
		} else {
			f.Value = Part{Text: s.source(value), Hole: true}
		}
		fields = append(fields, f)
	}
	return Sent{Fields: fields}, len(fields) > 0
}
