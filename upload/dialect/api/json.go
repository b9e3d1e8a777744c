package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"time"

	"github.com/phonecert/phonecert/upload/dialect"
)

// errNotJSON is an answer that the phone's own page could not read.
var errNotJSON = errors.New("the phone's answer is not the JSON that its own page reads")

// reply is what the phone answers to a call: {"ret":"ok","data":…}, or an
// error, whose msg is a word or a sentence.
type reply struct {
	Ret  string `json:"ret"`
	Data any    `json:"data"`
	// Error is an object, and a text on phones that nobody has described.
	Error any `json:"error"`
}

// decode reads an answer. Numbers stay as they are written.
func decode(body []byte) (reply, error) {
	var a reply
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&a) != nil || a.Ret == "" && a.Data == nil && a.Error == nil {
		return reply{}, errNotJSON
	}
	return a, nil
}

func (a reply) ok() bool { return a.Ret == "ok" }

// message is what the phone says went wrong, "" for nothing: error.msg, or else
// error.webStatus.
func (a reply) message() string {
	if text, ok := a.Error.(string); ok {
		return text
	}
	return cmp.Or(textOf(a.reason("msg")), textOf(a.reason("webStatus")))
}

func (a reply) reason(name string) any {
	reasons, _ := a.Error.(map[string]any)
	return reasons[name]
}

// outside are the words for somebody who is not logged in, as far as words of
// this kind that are known go (auth_err_user_busy); sentences are none.
var outside = regexp.MustCompile(`(?i)^(?:auth_err\w*|\w*not_?log\w*|\w*un_?log\w*|log_?in|log_?out|\w*session\w*)$`)

func (a reply) loggedOut() bool {
	return !a.ok() && (outside.MatchString(textOf(a.reason("msg"))) || outside.MatchString(textOf(a.reason("webStatus"))))
}

// lockTime is error.lockTime, in minutes; 0 when the phone does not say.
func (a reply) lockTime() time.Duration {
	minutes, err := strconv.ParseFloat(textOf(a.reason("lockTime")), 64)
	const most = 24 * 60
	if err != nil || !(minutes > 0) || minutes > most {
		return 0
	}
	return time.Duration(minutes * float64(time.Minute))
}

// changed sorts the answer to a change.
func (a reply) changed() dialect.Answer {
	said := textOf(a.Data)
	if !a.ok() {
		said = a.message()
	}
	if answer := dialect.Classify(said); answer.Class != dialect.Silent {
		return answer
	}
	if !a.ok() || a.Data == false {
		return dialect.Answer{Class: dialect.Refused, Text: dialect.Clip(a.message())}
	}
	return dialect.Answer{Class: dialect.Success}
}

// textOf writes a text, a number or a truth value; anything else is "".
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// maxNested is how deep values are looked for in an answer.
const maxNested = 8

// find looks up a dotted id, "wui.common.token", in whatever way the answer
// nests it: as one key, or as objects within each other whose keys are parts of
// it or begin with the whole again.
func find(v any, id string) (any, bool) { return findFrom(v, id, id, 0) }

func findFrom(v any, rest, id string, depth int) (any, bool) {
	object, ok := v.(map[string]any)
	if !ok || depth > maxNested {
		return nil, false
	}
	for _, name := range []string{rest, id} {
		if found, ok := object[name]; ok {
			return found, true
		}
	}
	for i := range rest {
		if rest[i] != '.' {
			continue
		}
		if inside, ok := object[rest[:i]]; ok {
			if found, ok := findFrom(inside, rest[i+1:], id, depth+1); ok {
				return found, true
			}
		}
	}
	return nil, false
}
