package dialect

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// forbidden is what a phone answers to a write without the page's token.
const forbidden = "User Identity Forbidden"

// sentence is one that phones say after a change.
type sentence struct {
	class   Class
	reboot  bool
	pattern *regexp.Regexp
}

// spaced compiles a pattern in which each blank stands for any number of them.
func spaced(text string) *regexp.Regexp {
	return regexp.MustCompile("(?i)" + strings.ReplaceAll(text, " ", `[\s\x{a0}]*`))
}

// sentences are those of the last section of the fact sheet on the web
// interface. The one on size and the last, any other error, are none of them:
// they are read as the English that they are.
var sentences = []sentence{
	{Full, false, spaced(`(?:error : )?the maximum number of certificates is \d+ ,? please delete one before upload`)},
	{InvalidFile, false, spaced(`(?:error : )?invalid file !`)},
	{InvalidName, false, spaced(`(?:error : )?invalid file name !?`)},
	{NoFile, false, spaced(`please select a file !?`)},
	{TooLarge, false, spaced(`(?:error : )?(?:the )?file (?:size )?(?:is )?too (?:large|big) !?`)},
	{Success, false, spaced(`upload success !?`)},
	{Success, true, spaced(`warning : some settings you changed take effect when you restart your machine !?(?: do you want to reboot now \??)?`)},
	{Refused, false, spaced(`\berror : [^\s"'<>.!?][^"'<>.!?]{0,199}[.!?]?`)},
}

// read finds the sentences in a text. None is found in two ways.
func read(text string) []Answer {
	found := []Answer{}
	for _, s := range sentences {
		text = s.pattern.ReplaceAllStringFunc(text, func(words string) string {
			found = append(found, Answer{s.class, strings.Join(strings.Fields(words), " "), s.reboot})
			return "\n"
		})
	}
	return found
}

// Classify sorts a phone's sentence. One that is not known is Silent and keeps
// its text; "Uploading, please wait ..." is no answer at all.
func Classify(text string) Answer {
	if answer, ok := decide(read(text)); ok {
		return answer
	}
	text = strings.Join(strings.Fields(text), " ")
	if strings.HasPrefix(strings.ToLower(text), "uploading") {
		text = ""
	}
	return Answer{Class: Silent, Text: text}
}

// decide makes one answer of several sentences, if they agree. The question
// whether to restart may stand beside any other.
func decide(found []Answer) (Answer, bool) {
	if len(found) == 0 {
		return Answer{}, false
	}
	answer := found[0]
	for _, each := range found[1:] {
		switch {
		case answer.Reboot && !each.Reboot:
			answer.Class, answer.Text = each.Class, each.Text
		case !each.Reboot && each.Class != answer.Class:
			return Answer{}, false
		}
		answer.Reboot = answer.Reboot || each.Reboot
	}
	return answer, true
}

// literal is a string in a script.
var literal = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`)

// spoken are the sentences that stand on a page: those that a person reads, and
// those in the strings of its scripts.
func spoken(p *page.Page) (text, scripts []Answer) {
	for _, script := range p.Inline {
		for _, s := range literal.FindAllString(script, -1) {
			scripts = append(scripts, read(s[1:len(s)-1])...)
		}
	}
	return read(p.Text), scripts
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

// answerOf finds the phone's sentence on the page that came back from a change.
// What stood on the page before, often all messages at once in its scripts, is
// no answer: a sentence counts when it stands there once more than before. What
// a person reads goes before strings of scripts, which may be messages for every
// case; where they disagree nothing was said.
func answerOf(p *page.Page, shown []string) Answer {
	before := map[string]int{}
	for _, each := range shown {
		before[strings.ToLower(each)]++
	}
	text, scripts := spoken(p)
	// The scripts are counted first, for what they held they still hold.
	scripts = added(scripts, before)
	if answer, ok := decide(added(text, before)); ok {
		return answer
	}
	if answer, ok := decide(scripts); ok {
		return answer
	}
	return Answer{Class: Silent}
}

// added are the sentences beyond those that stood there before, which it
// crosses out.
func added(found []Answer, before map[string]int) []Answer {
	more := []Answer{}
	for _, each := range found {
		if key := strings.ToLower(each.Text); before[key] > 0 {
			before[key]--
		} else {
			more = append(more, each)
		}
	}
	return more
}

// changeAnswer reads what became of a request that changes something, as far as
// connection, status and login form tell. With decided false the phone answered
// a page, and answerOf is to be asked.
func changeAnswer(a *web.Answer, err error) (answer Answer, decided bool, _ error) {
	var failed *web.Error
	if errors.As(err, &failed) && failed.Kind == web.Dropped && failed.Sent {
		return Answer{Class: Dropped}, true, nil
	}
	switch {
	case err != nil:
		return Answer{}, true, err
	case a.Status == http.StatusForbidden && strings.Contains(string(a.Body), forbidden):
		return Answer{Class: Forbidden, Text: forbidden}, true, nil
	case a.Status == http.StatusUnauthorized:
		return Answer{}, true, ErrLoggedOut
	case a.Status == http.StatusRequestEntityTooLarge:
		return Answer{Class: TooLarge}, true, nil
	case a.Status >= 400:
		return Answer{}, true, &StatusError{a.Status}
	case toLogin(a.Header.Get("Location")), a.Status == http.StatusOK && isLogin(page.Parse(a.Body)):
		return Answer{}, true, ErrLoggedOut
	}
	return Answer{}, false, nil
}

// toLogin says whether an address is that of a login form.
func toLogin(ref string) bool {
	u, err := url.Parse(ref)
	return err == nil && u.Query().Get("p") == "login" && slices.Contains([]string{"loginForm", ""}, u.Query().Get("q"))
}

// isLogin says whether a page is a login form, or sends on to it: the form of
// plain and session, or the fields of listener. A page with a token is for
// somebody who is in.
func isLogin(p *page.Page) bool {
	if p.Variables["g_strToken"] != "" {
		return false
	}
	if toLogin(p.Redirect()) {
		return true
	}
	names := map[string]bool{}
	for _, f := range p.Fields() {
		names[f.Name], names[f.ID] = true, true
	}
	return names["username"] && names["pwd"] || names["idUsername"] && names["idPassword"]
}
