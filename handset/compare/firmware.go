package compare

import (
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/handset"
)

// Covers reports whether a firmware ("2.73.0.50") lies in the range of releases
// that a profile speaks of: "V7x", "V86", "V80 to V86", "before V70". What is not
// known, or written in another way, counts as covered.
func Covers(of handset.Fact[string], firmware string) bool {
	release, ok := releaseOf(firmware)
	if !ok || !of.Known() || of.Value == firmware {
		return true
	}
	if own, ok := releaseOf(of.Value); ok {
		return own == release
	}
	from, to, ok := releases(of.Value)
	return !ok || from <= release && release <= to
}

// releaseOf is the release of a firmware, its second number: 2.73.0.50 is V73.
func releaseOf(firmware string) (int, bool) {
	parts := strings.Split(firmware, ".")
	if len(parts) < 3 {
		return 0, false
	}
	n, err := strconv.Atoi(parts[1])
	return n, err == nil
}

// releases reads a range as the profiles write it.
func releases(text string) (from, to int, ok bool) {
	if next, found := strings.CutPrefix(text, "before "); found {
		from, _, ok = releases(next)
		return 0, from - 1, ok
	}
	if first, last, found := strings.Cut(text, " to "); found {
		from, _, okFrom := releases(first)
		_, to, okTo := releases(last)
		return from, to, okFrom && okTo
	}
	digits, isV := strings.CutPrefix(text, "V")
	from, errFrom := strconv.Atoi(strings.ReplaceAll(digits, "x", "0"))
	to, errTo := strconv.Atoi(strings.ReplaceAll(digits, "x", "9"))
	return from, to, isV && errFrom == nil && errTo == nil
}
