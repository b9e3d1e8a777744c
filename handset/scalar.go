package handset

import (
	"strings"
	"unicode"
)

// width is the column at which lines are broken, as in the shipped profiles.
const width = 98

// text writes a key with a text: as it is where YAML takes it for nothing else,
// folded where it is long, else in quotes.
func (w *writer) text(indent, key, s string) {
	s = visible(s)
	switch {
	case plain(s, ",;:()'<>=+@%&*\"?!") && len(indent)+len(key)+2+len(s) <= width:
		w.line(indent, "%s: %s", key, s)
	case foldable(s):
		w.line(indent, "%s: >-", key)
		w.fold(indent+step, strings.Split(s, " "))
	default:
		w.line(indent, "%s: %s", key, quoted(s))
	}
}

// list writes a key with words that are written already.
func (w *writer) list(indent, key string, words []string) {
	if line := indent + key + ": [" + strings.Join(words, ", ") + "]"; len(line) <= width {
		w.line("", "%s", line)
		return
	}
	w.line(indent, "%s: [", key)
	w.fold(indent+step, each(words, func(s string) string { return s + "," }))
	w.line(indent, "]")
}

// fold fills lines with words.
func (w *writer) fold(indent string, words []string) {
	line := indent + words[0]
	for _, word := range words[1:] {
		if len(line)+1+len(word) > width {
			w.line("", "%s", line)
			line = indent + word
			continue
		}
		line += " " + word
	}
	w.line("", "%s", line)
}

// word writes one text of a list.
func word(s string) string {
	if s = visible(s); plain(s, "") {
		return s
	}
	return quoted(s)
}

// visible is a text without what Parse refuses: a line break or another sign that
// cannot be seen is a space, and what is no UTF-8 a question mark.
func visible(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == unicode.ReplacementChar:
			return '?'
		case hidden(r):
			return ' '
		}
		return r
	}, s))
}

// plain reports whether a text is safe without quotes: it begins as a word does,
// is no word of YAML, and has no signs but those given beside the commonest. A
// colon before a space would make a key of it, and one at the end as well.
func plain(s, signs string) bool {
	for _, reserved := range []string{"", "true", "false", "null", ".inf", ".nan"} {
		if strings.EqualFold(s, reserved) {
			return false
		}
	}
	first := s[0]
	if first == '.' && len(s) > 1 {
		first = s[1]
	}
	if !letter(rune(first)) || strings.Contains(s, ": ") || strings.HasSuffix(s, ":") || strings.Contains(s, "  ") {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return !letter(r) && (r < '0' || r > '9') && !strings.ContainsRune(" ./_-"+signs, r)
	}) < 0
}

func letter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// foldable reports whether a text comes out of folded lines as it went in.
func foldable(s string) bool {
	return len(s) > width/2 && !strings.Contains(s, "  ") && letter(rune(s[0])) &&
		strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// quoted puts a text in double quotes.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
