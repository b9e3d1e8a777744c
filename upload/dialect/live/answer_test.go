package live

import (
	"errors"
	"net/http"
	"testing"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

func TestAnswerOf(t *testing.T) {
	const (
		messages = `<script>var m = ["Upload success!", "Error:Invalid file!", 'Please select a file'];</script>`
		question = `<script>function ok() { return confirm("Warning: Some settings you changed take effect when you restart your machine! Do you want to reboot now?"); }</script>`
	)
	tests := []struct {
		what, before, after string
		want                dialect.Class
		reboot              bool
	}{
		{"nothing", "", "<p>Trusted Certificates</p>", dialect.Silent, false},
		{"in the text", "", "<p>Upload success!</p>", dialect.Success, false},
		{"in an alert", "", `<script>alert("Error:Invalid file!")</script>`, dialect.InvalidFile, false},
		{"messages that were there", messages, messages, dialect.Silent, false},
		{"one of them shown", messages, messages + "<b>Upload success!</b>", dialect.Success, false},
		{"one of them alerted", messages, messages + `<script>alert('Error:Invalid file!')</script>`, dialect.InvalidFile, false},
		{"messages for every case", "", messages, dialect.Silent, false},
		{"text before messages", "", messages + "<p>Error:Invalid file!</p>", dialect.InvalidFile, false},
		{"two that disagree", "", "<p>Upload success!</p><p>Error:Invalid file!</p>", dialect.Silent, false},
		{"a hint that always stands there", "<p>Please select a file</p>", "<p>Please select a file</p><p>Upload success!</p>", dialect.Success, false},
		{"the question in a script", question, question, dialect.Silent, false},
		{"the question shown", question, question + "<p>Warning: Some settings you changed take effect when you restart your machine! Do you want to reboot now?</p>", dialect.Success, true},
		{"hidden from people", "", `<p style="display:none">Upload success!</p>`, dialect.Silent, false},
		{"waiting", "", "<p>Uploading, please wait ...</p>", dialect.Silent, false},
	}
	for _, test := range tests {
		shown := shownOn(page.Parse([]byte(test.before)))
		if got := answerOf(page.Parse([]byte(test.after)), shown); got.Class != test.want || got.Reboot != test.reboot {
			t.Errorf("%s: %+v", test.what, got)
		}
	}
}

func TestChanged(t *testing.T) {
	form := []byte(`<form id="formInput"><input name="username"><input type="password" name="pwd"></form>`)
	dropped := &web.Error{Kind: web.Dropped, Sent: true}
	tests := []struct {
		what    string
		answer  *web.Answer
		err     error
		want    dialect.Class
		decided bool
		wantErr error
	}{
		{"a page", &web.Answer{Status: 200}, nil, "", false, nil},
		{"dropped", nil, dropped, dialect.Dropped, true, nil},
		{"no token", &web.Answer{Status: 403, Body: []byte("User Identity Forbidden\n")}, nil, dialect.Forbidden, true, nil},
		{"too large", &web.Answer{Status: 413}, nil, dialect.TooLarge, true, nil},
		{"no password", &web.Answer{Status: 401}, nil, "", true, dialect.ErrLoggedOut},
		{"login form", &web.Answer{Status: 200, Body: form}, nil, "", true, dialect.ErrLoggedOut},
		{"to the login form", &web.Answer{Status: 302, Header: http.Header{"Location": {"/servlet?p=login&q=loginForm"}}}, nil, "", true, dialect.ErrLoggedOut},
		{"elsewhere", &web.Answer{Status: 302, Header: http.Header{"Location": {"/servlet?p=status&q=load"}}}, nil, "", false, nil},
	}
	for _, test := range tests {
		got, decided, err := Changed(test.answer, test.err)
		if got.Class != test.want || decided != test.decided || !errors.Is(err, test.wantErr) {
			t.Errorf("%s: %+v %v %v", test.what, got, decided, err)
		}
	}
	unsent := &web.Error{Kind: web.Dropped}
	if _, _, err := Changed(nil, unsent); !errors.Is(err, unsent) {
		t.Errorf("dropped before it was sent: %v", err)
	}
	for _, code := range []int{403, 404, 500} {
		var status *dialect.StatusError
		if _, _, err := Changed(&web.Answer{Status: code}, nil); !errors.As(err, &status) || status.Status != code {
			t.Errorf("status %d: %v", code, err)
		}
	}
}
