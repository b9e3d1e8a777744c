package dialect

import (
	"regexp"
	"strings"
)

// Class sorts what a phone answered to a change.
type Class string

// The classes of answers.
const (
	// Success: the phone says that it has done it. That is no proof.
	Success Class = "success"
	// Dropped: the connection ended without an answer, as some successful
	// writes do.
	Dropped Class = "dropped"
	// Full, InvalidFile, InvalidName, NoFile, TooLarge: the phone's refusals.
	Full        Class = "full"
	InvalidFile Class = "invalid-file"
	InvalidName Class = "invalid-name"
	NoFile      Class = "no-file"
	TooLarge    Class = "too-large"
	// Refused: a refusal in other words. Forbidden: the token was missing.
	Refused   Class = "refused"
	Forbidden Class = "forbidden"
	// Silent: an answer in which no known word stands.
	Silent Class = "silent"
)

// Answer is what a phone answered to a change.
type Answer struct {
	Class Class
	// Text is the phone's own sentence, "" if there was none.
	Text string
	// Remark is what became of it where the phone said nothing, "" for nothing.
	Remark string
	// Reboot says that the phone asks to be restarted.
	Reboot bool
}

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

// Sentences finds those in a text that phones say after a change. None is found
// in two ways.
func Sentences(text string) []Answer {
	found := []Answer{}
	for _, s := range sentences {
		text = s.pattern.ReplaceAllStringFunc(text, func(words string) string {
			found = append(found, Answer{Class: s.class, Text: strings.Join(strings.Fields(words), " "), Reboot: s.reboot})
			return "\n"
		})
	}
	return found
}

// Classify sorts a phone's sentence. One that is not known is Silent and keeps
// its text; "Uploading, please wait ..." is no answer at all.
func Classify(text string) Answer {
	if answer, ok := Agree(Sentences(text)); ok {
		return answer
	}
	text = strings.Join(strings.Fields(text), " ")
	if strings.HasPrefix(strings.ToLower(text), "uploading") {
		text = ""
	}
	return Answer{Class: Silent, Text: text}
}

// Agree makes one answer of several sentences, if they agree. The question
// whether to restart may stand beside any other.
func Agree(found []Answer) (Answer, bool) {
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
