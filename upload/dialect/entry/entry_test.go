package entry

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/web"
)

func TestEntered(t *testing.T) {
	const form = `<form id="formInput"><input name="username"><input type="password" name="pwd"></form><p>This is a phone</p>`
	page := func(more string) *web.Answer { return &web.Answer{Status: 200, Body: []byte(more + form)} }
	to := func(where string) *web.Answer {
		return &web.Answer{Status: 302, Header: http.Header{"Location": {where}}}
	}
	tests := []struct {
		what   string
		answer *web.Answer
		want   dialect.Outcome
		lock   time.Duration
	}{
		{"a redirect", to("/servlet?p=status&q=load"), "", 0},
		{"a page with a token", &web.Answer{Status: 200, Body: []byte(`<script>var g_strToken = "1";</script>`)}, "", 0},
		{"back to the form", to("/servlet?p=login&q=loginForm&jumpto=status"), dialect.LoginRefused, 0},
		{"the form again", page(""), dialect.LoginRefused, 0},
		{"with words", page("<p>Wrong password</p>"), dialect.LoginRefused, 0},
		{"locked", page("<p>The account is locked, try again in 3 minutes</p>"), dialect.Locked, 3 * time.Minute},
		{"locked for seconds", page("<p>Lock: 180s</p>"), dialect.Locked, 180 * time.Second},
		{"a clock is no lock", page("<p>Set the clock</p>"), dialect.LoginRefused, 0},
		{"busy", page("<p>Another user has logged in</p>"), dialect.Busy, 0},
		{"something else", &web.Answer{Status: 200, Body: []byte("<title>Router</title>")}, dialect.Strange, 0},
		{"no such page", &web.Answer{Status: 404}, dialect.Strange, 0},
	}
	for _, test := range tests {
		err := entered("This is a phone", test.answer)
		var e *dialect.LoginError
		if test.want == "" && err == nil {
			continue
		}
		if !errors.As(err, &e) || e.Outcome != test.want || e.LockTime != test.lock {
			t.Errorf("%s: %#v", test.what, err)
		}
	}
	// What stood on the form before the login says nothing about it.
	if err := entered("Busy? Locked? Call us. This is a phone", page("<p>Busy? Locked? Call us.</p>")); err.(*dialect.LoginError).Outcome != dialect.LoginRefused {
		t.Errorf("words that always stand there: %v", err)
	}
	var status *dialect.StatusError
	if err := entered("", &web.Answer{Status: 503}); !errors.As(err, &status) {
		t.Errorf("status 503: %v", err)
	}
}
