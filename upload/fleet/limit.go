package fleet

import (
	"fmt"
	"strconv"
	"strings"
)

// leastForPercent is how many phones must have finished before a share of them
// says anything.
const leastForPercent = 20

// Limit is how many phones may fail: a number of them, or a share in percent.
// The zero Limit is none.
type Limit struct {
	Count   int
	Percent float64
}

// ParseLimit reads a limit: "5" or "2.5%".
func ParseLimit(text string) (Limit, error) {
	if share, found := strings.CutSuffix(text, "%"); found {
		p, err := strconv.ParseFloat(strings.TrimSpace(share), 64)
		if err != nil || !(p > 0 && p <= 100) { // not a number fails too
			return Limit{}, fmt.Errorf("%q is no share of the phones: it lies above 0%% and goes to 100%%", text)
		}
		return Limit{Percent: p}, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return Limit{}, fmt.Errorf("%q is no number of phones: it is 1 or more, or a share such as 5%%", text)
	}
	return Limit{Count: n}, nil
}

// String writes the limit as ParseLimit reads it; "" is none.
func (l Limit) String() string {
	switch {
	case l.Percent > 0:
		return strconv.FormatFloat(l.Percent, 'f', -1, 64) + "%"
	case l.Count > 0:
		return strconv.Itoa(l.Count)
	}
	return ""
}

// reached reports whether so many failures are too many.
func (l Limit) reached(failed, finished int) bool {
	if l.Count > 0 && failed >= l.Count {
		return true
	}
	return l.Percent > 0 && finished >= leastForPercent && float64(failed)*100 >= l.Percent*float64(finished)
}
