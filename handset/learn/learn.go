// Package learn makes a profile out of what was seen of a phone. Every value that
// it writes was observed; what was not seen is left to the base. Nothing here does
// I/O.
package learn

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/listen/measure"
)

// Observation is what was seen of one phone. What was not seen is zero.
type Observation struct {
	// At is when, How in which way: Listening, InCapture or OnWebPage.
	At  time.Time
	How string
	// Hello is the record of a ClientHello as it came, header included.
	Hello []byte
	// Host is what the phone was told to reach, "" when that is not known: an
	// address never is in the ClientHello.
	Host string
	// UserAgent is the phone's name for itself in SIP or HTTP.
	UserAgent string
	// Requested says that the phone was asked for a certificate, Own are those
	// that it sent.
	Requested bool
	Own       []*certificate.Certificate
	// Survey is what a survey measured.
	Survey *measure.Table
	// Web is what the phone's web interface showed.
	Web *Web
	// Others are other phones that Add met at this one's address, by their
	// User-Agents.
	Others []string
	// named is what the connections show that have this User-Agent.
	named *Observation
}

// Web is a phone as TLS server.
type Web struct {
	// Dialect is the kind of web interface, "" when it was not recognised.
	Dialect string
	// Model and Firmware are as the page shows them before a login.
	Model, Firmware string
	// Chain is what the phone presents.
	Chain []*certificate.Certificate
	// Versions are the versions of TLS that it takes.
	Versions []string
}

// Options are what the user decides.
type Options struct {
	// ID is that of the new profile, Summary its one line; "" are made up.
	ID, Summary string
	// Base is the profile whose facts hold where nothing was seen; nil for none.
	Base *handset.Profile
}

// ErrNothing says that nothing was seen that a profile has a place for.
var ErrNothing = errors.New("nothing was seen that a profile could hold")

// Profile writes down what was seen, and nothing else: what the base knows is
// taken from it when the profile is read. The notes say in words what was left
// out or did not show. The error is ErrNothing, with notes that say why.
func Profile(o Observation, with Options) (*handset.Profile, []string, error) {
	o = o.alone()
	l := learner{
		seen: o, base: with.Base,
		profile: &handset.Profile{ID: with.ID, Summary: with.Summary},
	}
	if with.Base != nil {
		l.profile.Base = with.Base.ID
	}
	l.source = source(o)
	if len(o.Others) > 0 {
		l.note("connections from the same address name %s: the profile holds only what those show that name %q; one phone alone shows more, and a survey is of one phone alone",
			strings.Join(o.Others, ", "), clean(o.UserAgent))
	}
	l.agent()
	l.hello()
	l.certificate()
	l.web()
	l.survey()
	if !l.found {
		return nil, l.notes, ErrNothing
	}
	if l.profile.ID == "" {
		l.profile.ID = l.id()
	}
	if l.profile.Summary == "" {
		l.profile.Summary = l.summary()
	}
	return l.profile, l.notes, nil
}

// learner fills a profile.
type learner struct {
	seen    Observation
	base    *handset.Profile
	profile *handset.Profile
	source  string
	notes   []string
	// found says that at least one fact was.
	found bool
}

func (l *learner) note(format string, args ...any) {
	l.notes = append(l.notes, fmt.Sprintf(format, args...))
}

// state writes a value that was seen.
func state[T any](l *learner, into *handset.Fact[T], value T) {
	*into = handset.Fact[T]{Value: value, Basis: finding.Observed, Source: l.source}
	l.found = true
}

// gap writes that a fact is not known although something of it was seen.
func gap[T any](l *learner, into *handset.Fact[T], why string) {
	*into = handset.Fact[T]{NotKnown: why, Basis: finding.Assumed, Source: l.source}
}

// source says how, when and from whom.
func source(o Observation) string {
	text := strings.TrimSpace("seen " + o.How)
	if !o.At.IsZero() {
		text += " on " + day(o.At)
	}
	if agent := clean(o.UserAgent); agent != "" {
		text += " from User-Agent " + strconv.Quote(agent)
	}
	return text
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// maxCleaned is how many characters of a phone's words are kept.
const maxCleaned = 120

// clean makes one line of printable words out of what a phone says of itself.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text[:min(len(text), maxAgent)])
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > maxCleaned {
		return string(runes[:maxCleaned-1]) + "…"
	}
	return string(runes)
}

// agent takes maker, model and firmware from the User-Agent.
func (l *learner) agent() {
	if l.seen.UserAgent == "" {
		if l.seen.Web == nil {
			l.note("the phone's User-Agent was not seen, so maker, model and firmware are not told")
		}
		return
	}
	a, ok := ParseAgent(l.seen.UserAgent)
	if !ok {
		l.note("the User-Agent %q has no form that is known, so maker, model and firmware are not told", clean(l.seen.UserAgent))
		return
	}
	state(l, &l.profile.Brand, a.Maker)
	state(l, &l.profile.Models, []string{a.Model})
	if a.Firmware != "" {
		state(l, &l.profile.Firmware, a.Firmware)
	}
}

// id is made of the model, so that two models do not get the same.
func (l *learner) id() string {
	const most = 40
	var b strings.Builder
	for _, r := range strings.ToLower(l.model()) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if name := b.String(); name != "" {
		return "learned-" + strings.Trim(name[:min(len(name), most)], "-")
	}
	return "learned-phone"
}

// model is its name as it was seen, "" when it was not.
func (l *learner) model() string {
	if l.profile.Models.Known() && len(l.profile.Models.Value) > 0 {
		return l.profile.Models.Value[0]
	}
	return ""
}

func (l *learner) summary() string {
	words := strings.Join(strings.Fields(l.profile.Brand.Value+" "+l.model()), " ")
	if words == "" {
		words = "a phone"
	}
	if l.profile.Firmware.Known() {
		words += ", firmware " + l.profile.Firmware.Value
	}
	words += ", learned"
	if !l.seen.At.IsZero() {
		words += " on " + day(l.seen.At)
	}
	return words
}
