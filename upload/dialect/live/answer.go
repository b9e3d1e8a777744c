package live

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/entry"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// forbidden is what a phone answers to a write without the page's token.
const forbidden = "User Identity Forbidden"

// literal is a string in a script.
var literal = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`)

// spoken are the sentences that stand on a page: those that a person reads, and
// those in the strings of its scripts.
func spoken(p *page.Page) (text, scripts []dialect.Answer) {
	for _, script := range p.Inline {
		for _, s := range literal.FindAllString(script, -1) {
			scripts = append(scripts, dialect.Sentences(s[1:len(s)-1])...)
		}
	}
	return dialect.Sentences(p.Text), scripts
}

// shownOn lists the sentences of a page before a change, for answerOf: each as
// often as it stands there.
func shownOn(p *page.Page) []string {
	text, scripts := spoken(p)
	shown := []string{}
	for _, each := range append(text, scripts...) {
		shown = append(shown, each.Text)
	}
	return shown
}

// Answer finds the phone's sentence on the page that came back from a change
// that was sent from this one.
func (p *Page) Answer(a *web.Answer) dialect.Answer { return answerOf(page.Parse(a.Body), p.shown) }

// answerOf finds the phone's sentence on the page that came back from a change.
// What stood on the page before, often all messages at once in its scripts, is
// no answer: a sentence counts when it stands there once more than before. What
// a person reads goes before strings of scripts, which may be messages for every
// case; where they disagree nothing was said.
func answerOf(p *page.Page, shown []string) dialect.Answer {
	before := map[string]int{}
	for _, each := range shown {
		before[strings.ToLower(each)]++
	}
	text, scripts := spoken(p)
	// The scripts are counted first, for what they held they still hold.
	scripts = added(scripts, before)
	if answer, ok := dialect.Agree(added(text, before)); ok {
		return answer
	}
	if answer, ok := dialect.Agree(scripts); ok {
		return answer
	}
	return dialect.Answer{Class: dialect.Silent}
}

// added are the sentences beyond those that stood there before, which it
// crosses out.
func added(found []dialect.Answer, before map[string]int) []dialect.Answer {
	more := []dialect.Answer{}
	for _, each := range found {
		if key := strings.ToLower(each.Text); before[key] > 0 {
			before[key]--
		} else {
			more = append(more, each)
		}
	}
	return more
}

// Changed reads what became of a request that changes something, as far as
// connection, status and login form tell. With decided false the phone answered
// a page, and Page.Answer is to be asked.
func Changed(a *web.Answer, err error) (answer dialect.Answer, decided bool, _ error) {
	var failed *web.Error
	if errors.As(err, &failed) && failed.Kind == web.Dropped && failed.Sent {
		return dialect.Answer{Class: dialect.Dropped}, true, nil
	}
	switch {
	case err != nil:
		return dialect.Answer{}, true, err
	case a.Status == http.StatusForbidden && strings.Contains(string(a.Body), forbidden):
		return dialect.Answer{Class: dialect.Forbidden, Text: forbidden}, true, nil
	case a.Status == http.StatusUnauthorized:
		return dialect.Answer{}, true, dialect.ErrLoggedOut
	case a.Status == http.StatusRequestEntityTooLarge:
		return dialect.Answer{Class: dialect.TooLarge}, true, nil
	case a.Status >= 400:
		return dialect.Answer{}, true, &dialect.StatusError{Status: a.Status}
	case entry.ToLogin(a.Header.Get("Location")), a.Status == http.StatusOK && entry.IsLogin(page.Parse(a.Body)):
		return dialect.Answer{}, true, dialect.ErrLoggedOut
	}
	return dialect.Answer{}, false, nil
}
