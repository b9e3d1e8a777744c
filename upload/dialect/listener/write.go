package listener

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// Delete loads the page anew, for a token and to see that the certificate still
// stands where it stood. A control of its row with yltype="post" is written as
// the page writes all such fields; a form or a link of the row does as it says.
func (l *listener) Delete(ctx context.Context, role handset.Role, c page.Certificate) (dialect.Answer, error) {
	p, err := l.loadRole(ctx, role)
	if err != nil {
		return dialect.Answer{}, live.NoForm(err)
	}
	r, err := p.Removal(c)
	if err != nil {
		return dialect.Answer{}, err
	}
	if r.Fields == nil || r.Control.Attributes["yltype"] != "post" {
		return p.Delete(ctx, l.client, c)
	}
	return l.write(ctx, p, role, r.Fields)
}

// write posts fields of the page of a role to the phone.
func (l *listener) write(ctx context.Context, p *live.Page, role handset.Role, fields []web.Pair) (dialect.Answer, error) {
	ref, err := l.ajax(address(live.CertificatePage(role), "write"))
	if err != nil {
		return dialect.Answer{}, err
	}
	return l.change(ctx, p, p.Submit(http.MethodPost, ref, p.Signed(fields)))
}

// change sends what changes the phone and reads its answer.
func (l *listener) change(ctx context.Context, p *live.Page, r web.Request) (dialect.Answer, error) {
	if l.client.Cookie(live.SessionCookie) == "" {
		return dialect.Answer{}, dialect.ErrLoggedOut
	}
	a, err := l.client.Send(ctx, r)
	if answer, decided, err := live.Changed(a, err); decided {
		return answer, err
	}
	if answer, ok := answerOf(a.Body); ok {
		return answer, nil
	}
	return p.Answer(a), nil
}

// Settings reads them from both pages of certificates.
func (l *listener) Settings(ctx context.Context) (dialect.Settings, error) {
	return live.ReadSettings(ctx, l.loadRole)
}

// Set writes the fields that change, and has the phone apply what it was told.
func (l *listener) Set(ctx context.Context, wanted dialect.Settings) (dialect.Answer, error) {
	all := []live.Staged{}
	err := live.Stage(ctx, wanted, l.loadRole, func(s live.Staged) error {
		if s.Fields = s.Choices.Changed(s.Fields); len(s.Fields) > 0 {
			all = append(all, s)
		}
		return nil
	})
	if err != nil {
		return dialect.Answer{}, err
	}
	answer := dialect.Answer{Class: dialect.Silent}
	for _, each := range all {
		if answer, err = l.write(ctx, each.Page, each.Role, each.Fields); err != nil || answer.Class != dialect.Success && answer.Class != dialect.Dropped {
			return answer, err
		}
	}
	if len(all) == 0 {
		return answer, nil
	}
	return l.apply(ctx, all[len(all)-1].Page)
}

// apply has the phone take over what was written.
func (l *listener) apply(ctx context.Context, p *live.Page) (dialect.Answer, error) {
	answer, err := l.change(ctx, p, p.Submit(http.MethodPost, applyAddress, p.Signed(nil)))
	if err != nil || answer.Class != dialect.Success {
		return answer, err
	}
	if l.scripts.AskReboot(ctx, p, "applycacheconfig") {
		answer.Reboot = true
	}
	return answer, nil
}

// answerOf reads the element _RES_INFO_ (the fact sheet on the web
// interface): nothing or "ret":"ok" is done; of an upload the result says what
// became of it, unless the phone says it in a sentence beside it. ok is false
// when there is no such element.
func answerOf(body []byte) (answer dialect.Answer, ok bool) {
	text, ok := page.Result(body)
	if !ok {
		text = string(bytes.TrimSpace(body))
		if !strings.HasPrefix(text, "{") || !json.Valid([]byte(text)) {
			return dialect.Answer{}, false
		}
	}
	if text == "" {
		return dialect.Answer{Class: dialect.Success}, true
	}
	var told map[string]any
	if json.Unmarshal([]byte(text), &told) != nil {
		return dialect.Classify(dialect.Clip(text)), true
	}
	for _, name := range slices.Sorted(maps.Keys(told)) {
		if sentence, isText := told[name].(string); isText && name != "type" && name != "result" {
			if said := dialect.Classify(sentence); said.Class != dialect.Silent {
				return said, true
			}
		}
	}
	if told["ret"] == "ok" && told["result"] == nil {
		return dialect.Answer{Class: dialect.Success}, true
	}
	return dialect.Answer{Class: resultClass(told["result"]), Text: resultText(told)}, true
}

// resultClass sorts the result of an upload.
func resultClass(result any) dialect.Class {
	switch r := result.(type) {
	case float64:
		return dialect.Success
	case bool:
		if r {
			return dialect.Success
		}
		return dialect.Refused
	case string:
		switch strings.ToLower(r) {
		case "success", "true":
			return dialect.Success
		case "large":
			return dialect.TooLarge
		case "noparam":
			return dialect.InvalidFile
		case "failed", "false":
			return dialect.Refused
		}
	}
	return dialect.Silent
}

// resultText is what the phone said in words.
func resultText(told map[string]any) string {
	for _, name := range []string{"text", "msg", "message", "result", "ret"} {
		if text, ok := told[name].(string); ok && text != "" {
			return dialect.Clip(text)
		}
	}
	return ""
}
