package browser

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/web"
)

const (
	// maxDialogs is how many of a page's dialogs are remembered, maxText how
	// much of a text of the page's is told, in characters.
	maxDialogs = 20
	maxText    = 300
	// afterword is how long a page may take to say something more.
	afterword = 300 * time.Millisecond
)

// words are what the page says.
type words struct {
	Ready bool `json:"ready"`
	// Result is the text of the element for results, Success that the bar of
	// progress is green, with its text in Done.
	Result  string `json:"result"`
	Success bool   `json:"success"`
	Done    string `json:"done"`
	// Text is all that can be read.
	Text string `json:"text"`
}

// answer waits for the phone's word: on the page, in a dialog, in the answer to
// the request.
func (v *visit) answer(before words) (dialect.Answer, error) {
	var last words
	var said dialect.Answer
	_, err := v.watch(Waiting, func() (bool, error) {
		now, err := act[words](v, "read")
		if err == nil {
			last = now
		}
		said = v.said(before, last)
		sent, ok := v.tab.proxy.upload()
		// A page that nothing else will be shown on need not be watched longer.
		over := ok && sent.done && (sent.err != nil || sent.status >= 400)
		return said.Class != dialect.Silent || over, nil
	})
	if err != nil {
		return dialect.Answer{}, err
	}
	v.linger()
	sent, ok := v.tab.proxy.upload()
	_, asked := v.tab.dialogs()
	said.Reboot = said.Reboot || asked
	switch {
	case said.Class != dialect.Silent:
		return said, nil
	case !ok:
		return dialect.Answer{}, v.fail(Waiting, nil, "the page has not sent the file%s", v.excuse(last))
	case sent.err != nil:
		return v.unanswered(sent.err)
	}
	told := reply(sent.status, string(sent.body))
	told.Reboot = said.Reboot || told.Reboot
	if told.Text == "" {
		told.Text = said.Text
	}
	return told, nil
}

// linger leaves the page the time for another dialog: the question whether to
// restart often follows the answer.
func (v *visit) linger() {
	select {
	case <-v.tab.ctx.Done():
	case <-time.After(afterword):
	}
	// A page that is in the middle of a script is read when that is over, with
	// all its dialogs, however long the browser takes. An error comes from a page
	// that is being replaced.
	_, _ = act[words](v, "read")
}

// said sorts what page and dialogs say; Silent while there is nothing known.
func (v *visit) said(before, now words) dialect.Answer {
	dialogs, _ := v.tab.dialogs()
	if _, sent := v.tab.proxy.upload(); !sent {
		// Without a file on its way, a question whether to restart is no answer.
		dialogs = slices.DeleteFunc(dialogs, restarts)
	}
	texts := append(dialogs, now.Done)
	if now.Result != before.Result {
		texts = append(texts, now.Result)
	}
	for _, text := range append(texts, added(before.Text, now.Text)) {
		if a := dialect.Classify(text); a.Class != dialect.Silent {
			return a
		}
	}
	if now.Success && !before.Success {
		return dialect.Answer{Class: dialect.Success, Text: plain(now.Done)}
	}
	if now.Result != before.Result && !waiting(now.Result) {
		return dialect.Answer{Class: dialect.Silent, Text: plain(now.Result)}
	}
	return dialect.Answer{Class: dialect.Silent}
}

// excuse is what the page says when it does not send the file, with a comma.
func (v *visit) excuse(now words) string {
	dialogs, reboot := v.tab.dialogs()
	switch {
	case reboot:
		return ", for it asks to restart the phone first"
	case now.Result != "":
		return "; it says: " + plain(now.Result)
	case len(dialogs) > 0:
		return "; it says: " + dialogs[len(dialogs)-1]
	}
	return ""
}

// unanswered is an upload without an answer. A connection that ends after a
// change is how some successful ones look.
func (v *visit) unanswered(err error) (dialect.Answer, error) {
	var failed *web.Error
	if !errors.As(err, &failed) || failed.Kind == web.Dropped && failed.Sent {
		return dialect.Answer{Class: dialect.Dropped}, nil
	}
	return dialect.Answer{}, v.fail(Waiting, err, "the phone has not answered the upload")
}

// reached says that the phone may have got the file.
func (p post) reached() bool {
	var failed *web.Error
	return !errors.As(p.err, &failed) || failed.Sent
}

// added are the lines of a text that were not in the one before.
func added(before, now string) string {
	count := map[string]int{}
	for line := range strings.Lines(before) {
		count[strings.TrimSpace(line)]++
	}
	more := []string{}
	for line := range strings.Lines(now) {
		if line = strings.TrimSpace(line); count[line] > 0 {
			count[line]--
		} else {
			more = append(more, line)
		}
	}
	return strings.Join(more, "\n")
}

// restarts finds the question whether to restart.
func restarts(text string) bool { return restart.MatchString(text) }

var restart = regexp.MustCompile(`(?i)\bre-?(boot|start)`)

// plain makes one printable line of a text, cut where it gets long.
func plain(text string) string {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)), " ")
	if r := []rune(text); len(r) > maxText {
		return string(r[:maxText]) + "…"
	}
	return text
}
