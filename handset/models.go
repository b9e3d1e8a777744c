package handset

import (
	"slices"
	"strings"
)

// Matching are the profiles that speak of a model, by the name that the phone
// shows of itself ("SIP-T28P"), and of a web interface in this dialect; a
// profile whose dialects are not known is kept. Empty arguments match all.
func Matching(list []*Profile, model, dialect string) []*Profile {
	return slices.DeleteFunc(slices.Clone(list), func(p *Profile) bool {
		named := !p.Models.Known() || !slices.ContainsFunc(p.Models.Value, func(pattern string) bool { return matches(pattern, model) })
		d := p.Web.Dialects
		return model != "" && named || dialect != "" && d.Known() && !slices.Contains(d.Value, dialect)
	})
}

// matches compares a name with what profiles write: a name, a series whose
// digit is an x ("T5x", "T4xU"), or a range ("T40 to T48").
func matches(pattern, model string) bool {
	model = bare(model)
	from, to, isRange := strings.Cut(pattern, " to ")
	if isRange {
		from, to = bare(from), bare(to)
		if len(model) < len(from) {
			return false
		}
		number, rest := model[:len(from)], model[len(from):]
		// The U of T46U is another series.
		return from <= number && number <= to && isDigit(number[len(number)-1]) && !strings.HasPrefix(rest, "U") && (rest == "" || !isDigit(rest[0]))
	}
	pattern = bare(pattern)
	if pattern == model {
		return true
	}
	before, after, isSeries := strings.Cut(pattern, "X")
	if !isSeries || !strings.HasPrefix(model, before) {
		return false
	}
	rest := model[len(before):]
	return rest != "" && isDigit(rest[0]) && (after == "" || rest[1:] == after)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// bare leaves what names have in common: letters and digits, without the "SIP-"
// that some pages put before and others leave out.
func bare(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '_' {
			return -1
		}
		return r
	}, strings.ToUpper(name))
	return strings.TrimPrefix(name, "SIP")
}
