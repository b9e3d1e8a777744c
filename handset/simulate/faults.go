package simulate

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Faults are what goes wrong on demand. The zero value is a phone in order.
type Faults struct {
	// DropAfterWrite closes the connection once a change is made, without an
	// answer.
	DropAfterWrite bool
	// Slow is how long each answer takes.
	Slow time.Duration
	// Busy answers every login as if somebody else were logged in. The basic
	// dialect has no sessions and never is.
	Busy bool
	// ExpireSession ends a session after so many requests; 0 never.
	ExpireSession int
	// HTTP500 is the share of requests, from 0 to 1, that meet status 500.
	HTTP500 float64
	// SuccessWithoutStoring says "Upload success!" and keeps nothing.
	SuccessWithoutStoring bool
	// InCall has the phone in a call, where the dialect can tell.
	InCall bool
	// Huge makes every page 10 MB longer.
	Huge bool
	// Hang never answers.
	Hang bool
}

// expireAfter is the number of requests that expire-session means by itself:
// the page after the login still comes.
const expireAfter = 1

// ParseFaults reads a list such as "drop-after-write,slow=5s,http500=0.1". The
// error names the word that is wrong.
func ParseFaults(text string) (Faults, error) {
	var f Faults
	flags := map[string]*bool{
		"drop-after-write": &f.DropAfterWrite, "busy": &f.Busy, "success-without-storing": &f.SuccessWithoutStoring,
		"in-call": &f.InCall, "huge": &f.Huge, "hang": &f.Hang,
	}
	for word := range strings.SplitSeq(text, ",") {
		name, value, given := strings.Cut(strings.TrimSpace(word), "=")
		if flag, ok := flags[name]; ok && !given {
			*flag = true
			continue
		}
		if name == "" && !given {
			continue
		}
		if err := f.set(name, value, given); err != nil {
			return Faults{}, err
		}
	}
	return f, nil
}

func (f *Faults) set(name, value string, given bool) error {
	var err error
	good := true
	switch name {
	case "slow":
		f.Slow, err = time.ParseDuration(value)
		good = f.Slow > 0
	case "http500":
		f.HTTP500, err = strconv.ParseFloat(value, 64)
		good = f.HTTP500 >= 0 && f.HTTP500 <= 1
	case "expire-session":
		f.ExpireSession = expireAfter
		if given {
			f.ExpireSession, err = strconv.Atoi(value)
			good = f.ExpireSession > 0
		}
	default:
		return fmt.Errorf("no fault is called %q; there are drop-after-write, slow=DURATION, busy, expire-session[=REQUESTS], http500=SHARE, success-without-storing, in-call, huge and hang", name)
	}
	if err != nil || !good {
		return fmt.Errorf("the fault %s cannot be %q", name, value)
	}
	return nil
}
