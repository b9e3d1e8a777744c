package dialect

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// Delete loads the page anew, for a token and to see that the certificate still
// stands where it stood. A control of its row with yltype="post" is written as
// the page writes all such fields; a form or a link of the row does as it says.
func (l *listener) Delete(ctx context.Context, role handset.Role, c page.Certificate) (Answer, error) {
	p, err := l.loadRole(ctx, role)
	if err != nil {
		return Answer{}, noForm(err)
	}
	row, err := rowOf(p.Page, c)
	if err != nil {
		return Answer{}, err
	}
	r, err := removalOf(row)
	if err != nil {
		return Answer{}, err
	}
	if r.fields == nil || r.control.Attributes["yltype"] != "post" {
		return deleteRow(ctx, l.client, p, c)
	}
	return l.write(ctx, p, certificatePage(role), r.fields)
}

// write posts fields of a page to the phone.
func (l *listener) write(ctx context.Context, p *live, name string, fields []web.Pair) (Answer, error) {
	ref, err := l.ajax(listenerPage(name, "write"))
	if err != nil {
		return Answer{}, err
	}
	return l.change(ctx, p, p.submit(http.MethodPost, ref, p.signed(fields)))
}

// change sends what changes the phone and reads its answer.
func (l *listener) change(ctx context.Context, p *live, r web.Request) (Answer, error) {
	if l.client.Cookie(sessionCookie) == "" {
		return Answer{}, ErrLoggedOut
	}
	a, err := l.client.Send(ctx, r)
	if answer, decided, err := changeAnswer(a, err); decided {
		return answer, err
	}
	if answer, ok := listenerAnswer(a.Body); ok {
		return answer, nil
	}
	return answerOf(page.Parse(a.Body), p.shown), nil
}

// Settings reads them from both pages of certificates.
func (l *listener) Settings(ctx context.Context) (Settings, error) {
	return readSettings(ctx, l.loadRole)
}

// staged is what Set writes on one page.
type staged struct {
	page   *live
	name   string
	fields []web.Pair
}

// Set writes the fields that change, and has the phone apply what it was told.
func (l *listener) Set(ctx context.Context, wanted Settings) (Answer, error) {
	all, err := l.stage(ctx, wanted)
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Class: Silent}
	for _, each := range all {
		if answer, err = l.write(ctx, each.page, each.name, each.fields); err != nil || answer.Class != Success && answer.Class != Dropped {
			return answer, err
		}
	}
	if len(all) == 0 {
		return answer, nil
	}
	return l.apply(ctx, all[len(all)-1].page)
}

// stage finds where each setting stands. Nothing is written unless all of them
// can be.
func (l *listener) stage(ctx context.Context, wanted Settings) ([]staged, error) {
	all := []staged{}
	for _, role := range settingsRoles() {
		if wanted == (Settings{}) {
			break
		}
		p, err := l.loadRole(ctx, role)
		if err != nil && absent(err) && role != handset.Trusted {
			break
		}
		if err != nil {
			return nil, err
		}
		choices, here := findChoices(p.Page), Settings{}
		here, wanted = choices.split(wanted)
		fields, err := choices.write(here)
		if err != nil {
			return nil, err
		}
		if fields = choices.changed(fields); len(fields) > 0 {
			all = append(all, staged{p, certificatePage(role), fields})
		}
	}
	// What is left is on no page, which is what the empty choices say.
	_, err := (choices{}).write(wanted)
	return all, err
}

// changed leaves out the fields that have their value already.
func (c choices) changed(fields []web.Pair) []web.Pair {
	return slices.DeleteFunc(fields, func(pair web.Pair) bool {
		for _, f := range []*page.Field{c.onlyTrusted, c.ca, c.cnValidation, c.deviceCert} {
			if f == nil || key(*f) != pair.Name {
				continue
			}
			return slices.ContainsFunc(f.Options, func(o page.Option) bool { return o.Selected && o.Value == pair.Value })
		}
		return false
	})
}

// apply has the phone take over what was written.
func (l *listener) apply(ctx context.Context, p *live) (Answer, error) {
	answer, err := l.change(ctx, p, p.submit(http.MethodPost, listenerApply, p.signed(nil)))
	if err != nil || answer.Class != Success {
		return answer, err
	}
	all, err := l.scripts.with(ctx, p, "applycacheconfig")
	if err == nil && asksReboot(all, "applycacheconfig") {
		answer.Reboot = true
	}
	return answer, nil
}

// listenerAnswer reads the element _RES_INFO_ (the fact sheet on the web
// interface): nothing or "ret":"ok" is done; of an upload the result says what
// became of it, unless the phone says it in a sentence beside it. ok is false
// when there is no such element.
func listenerAnswer(body []byte) (answer Answer, ok bool) {
	text, ok := page.Result(body)
	if !ok {
		text = string(bytes.TrimSpace(body))
		if !strings.HasPrefix(text, "{") || !json.Valid([]byte(text)) {
			return Answer{}, false
		}
	}
	if text == "" {
		return Answer{Class: Success}, true
	}
	var told map[string]any
	if json.Unmarshal([]byte(text), &told) != nil {
		return Classify(clip(text)), true
	}
	for _, name := range slices.Sorted(maps.Keys(told)) {
		if sentence, isText := told[name].(string); isText && name != "type" && name != "result" {
			if said := Classify(sentence); said.Class != Silent {
				return said, true
			}
		}
	}
	if told["ret"] == "ok" && told["result"] == nil {
		return Answer{Class: Success}, true
	}
	return Answer{Class: resultClass(told["result"]), Text: resultText(told)}, true
}

// resultClass sorts the result of an upload.
func resultClass(result any) Class {
	switch r := result.(type) {
	case float64:
		return Success
	case bool:
		if r {
			return Success
		}
		return Refused
	case string:
		switch strings.ToLower(r) {
		case "success", "true":
			return Success
		case "large":
			return TooLarge
		case "noparam":
			return InvalidFile
		case "failed", "false":
			return Refused
		}
	}
	return Silent
}

// resultText is what the phone said in words.
func resultText(told map[string]any) string {
	for _, name := range []string{"text", "msg", "message", "result", "ret"} {
		if text, ok := told[name].(string); ok && text != "" {
			return clip(text)
		}
	}
	return ""
}
