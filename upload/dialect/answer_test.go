package dialect

import (
	"errors"
	"net/http"
	"testing"

	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

func TestClassify(t *testing.T) {
	const reboot = "Warning: Some settings you changed take effect when you restart your machine! Do you want to reboot now?"
	tests := []struct {
		text string
		want Answer
	}{
		{"Error: The maximum number of certificates is 10, please delete one before upload", Answer{Class: Full}},
		{"error:the maximum number of certificates is 5 ,  please delete one before upload", Answer{Class: Full}},
		{"Error:Invalid file!", Answer{Class: InvalidFile}},
		{"Error: invalid\u00a0File !", Answer{Class: InvalidFile}},
		{"Invalid file name!", Answer{Class: InvalidName}},
		{"Please select a file", Answer{Class: NoFile}},
		{"Upload success!", Answer{Class: Success}},
		{"UPLOAD  SUCCESS", Answer{Class: Success}},
		{reboot, Answer{Class: Success, Reboot: true}},
		{"Error: The file is too large!", Answer{Class: TooLarge}},
		{"Error: no space left", Answer{Class: Refused}},
		{"Uploading, please wait ...", Answer{Class: Silent}},
		{"", Answer{Class: Silent}},
		{"Successful people upload", Answer{Class: Silent}},
	}
	for _, test := range tests {
		got := Classify(test.text)
		if got.Class != test.want.Class || got.Reboot != test.want.Reboot {
			t.Errorf("%q is %+v", test.text, got)
		}
		if got.Class != Silent && got.Text == "" {
			t.Errorf("%q lost its text", test.text)
		}
	}
	if got := Classify("Upload success! " + reboot); got != (Answer{Success, "Upload success!", true}) {
		t.Errorf("both: %+v", got)
	}
	if got := Classify("Error:Invalid file! " + reboot); got.Class != InvalidFile || !got.Reboot {
		t.Errorf("refusal and question: %+v", got)
	}
}

func TestAnswerOf(t *testing.T) {
	const (
		messages = `<script>var m = ["Upload success!", "Error:Invalid file!", 'Please select a file'];</script>`
		question = `<script>function ok() { return confirm("Warning: Some settings you changed take effect when you restart your machine! Do you want to reboot now?"); }</script>`
	)
	tests := []struct {
		what, before, after string
		want                Class
		reboot              bool
	}{
		{"nothing", "", "<p>Trusted Certificates</p>", Silent, false},
		{"in the text", "", "<p>Upload success!</p>", Success, false},
		{"in an alert", "", `<script>alert("Error:Invalid file!")</script>`, InvalidFile, false},
		{"messages that were there", messages, messages, Silent, false},
		{"one of them shown", messages, messages + "<b>Upload success!</b>", Success, false},
		{"one of them alerted", messages, messages + `<script>alert('Error:Invalid file!')</script>`, InvalidFile, false},
		{"messages for every case", "", messages, Silent, false},
		{"text before messages", "", messages + "<p>Error:Invalid file!</p>", InvalidFile, false},
		{"two that disagree", "", "<p>Upload success!</p><p>Error:Invalid file!</p>", Silent, false},
		{"a hint that always stands there", "<p>Please select a file</p>", "<p>Please select a file</p><p>Upload success!</p>", Success, false},
		{"the question in a script", question, question, Silent, false},
		{"the question shown", question, question + "<p>Warning: Some settings you changed take effect when you restart your machine! Do you want to reboot now?</p>", Success, true},
		{"hidden from people", "", `<p style="display:none">Upload success!</p>`, Silent, false},
		{"waiting", "", "<p>Uploading, please wait ...</p>", Silent, false},
	}
	for _, test := range tests {
		shown := shownOn(page.Parse([]byte(test.before)))
		if got := answerOf(page.Parse([]byte(test.after)), shown); got.Class != test.want || got.Reboot != test.reboot {
			t.Errorf("%s: %+v", test.what, got)
		}
	}
}

func TestChangeAnswer(t *testing.T) {
	form := []byte(`<form id="formInput"><input name="username"><input type="password" name="pwd"></form>`)
	dropped := &web.Error{Kind: web.Dropped, Sent: true}
	tests := []struct {
		what    string
		answer  *web.Answer
		err     error
		want    Class
		decided bool
		wantErr error
	}{
		{"a page", &web.Answer{Status: 200}, nil, "", false, nil},
		{"dropped", nil, dropped, Dropped, true, nil},
		{"no token", &web.Answer{Status: 403, Body: []byte("User Identity Forbidden\n")}, nil, Forbidden, true, nil},
		{"too large", &web.Answer{Status: 413}, nil, TooLarge, true, nil},
		{"no password", &web.Answer{Status: 401}, nil, "", true, ErrLoggedOut},
		{"login form", &web.Answer{Status: 200, Body: form}, nil, "", true, ErrLoggedOut},
		{"to the login form", &web.Answer{Status: 302, Header: http.Header{"Location": {"/servlet?p=login&q=loginForm"}}}, nil, "", true, ErrLoggedOut},
		{"elsewhere", &web.Answer{Status: 302, Header: http.Header{"Location": {"/servlet?p=status&q=load"}}}, nil, "", false, nil},
	}
	for _, test := range tests {
		got, decided, err := changeAnswer(test.answer, test.err)
		if got.Class != test.want || decided != test.decided || !errors.Is(err, test.wantErr) {
			t.Errorf("%s: %+v %v %v", test.what, got, decided, err)
		}
	}
	unsent := &web.Error{Kind: web.Dropped}
	if _, _, err := changeAnswer(nil, unsent); !errors.Is(err, unsent) {
		t.Errorf("dropped before it was sent: %v", err)
	}
	for _, code := range []int{403, 404, 500} {
		var status *StatusError
		if _, _, err := changeAnswer(&web.Answer{Status: code}, nil); !errors.As(err, &status) || status.Status != code {
			t.Errorf("status %d: %v", code, err)
		}
	}
}
