package api

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/script"
)

func TestFind(t *testing.T) {
	tests := []struct{ data, want string }{
		{`{"wui.common.token":"7"}`, "7"},
		{`{"wui":{"common":{"token":7}}}`, "7"},
		{`{"wui":{"common.token":"7"}}`, "7"},
		{`{"wui":{"wui.common.token":"7"}}`, "7"},
		{`{"wui.common":{"token":"7"}}`, "7"},
		{`{"wui":{"common":{"wui.common.token":"7"}}}`, "7"},
		{`{"wui":{"other":1},"wui.common":{"token":"7"}}`, "7"},
		{`{"token":"7"}`, ""},
		{`{"wui":["common"]}`, ""},
		{`["wui.common.token"]`, ""},
		{`null`, ""},
	}
	for _, test := range tests {
		a, err := decode([]byte(`{"ret":"ok","data":` + test.data + `}`))
		if err != nil {
			t.Fatal(err)
		}
		found, _ := find(a.Data, "wui.common.token")
		if got := textOf(found); got != test.want {
			t.Errorf("%s: got %q", test.data, got)
		}
	}
}

func TestAPIAnswer(t *testing.T) {
	tests := []struct {
		body      string
		want      dialect.Answer
		loggedOut bool
	}{
		{body: `{"ret":"ok","data":true}`, want: dialect.Answer{Class: dialect.Success}},
		{body: `{"ret":"ok","data":"change"}`, want: dialect.Answer{Class: dialect.Success}},
		{body: `{"ret":"ok","data":"nochange"}`, want: dialect.Answer{Class: dialect.Success}},
		{body: `{"ret":"ok","data":{},"error":{}}`, want: dialect.Answer{Class: dialect.Success}},
		{body: `{"ret":"ok","data":false}`, want: dialect.Answer{Class: dialect.Refused}},
		{body: `{"ret":"ok","data":"Error:Invalid file!"}`, want: dialect.Answer{Class: dialect.InvalidFile, Text: "Error:Invalid file!"}},
		{body: `{"ret":"ok","data":"Upload success!"}`, want: dialect.Answer{Class: dialect.Success, Text: "Upload success!"}},
		{body: `{"ret":"failed","error":{"msg":"Invalid file name!"}}`, want: dialect.Answer{Class: dialect.InvalidName, Text: "Invalid file name!"}},
		{body: `{"ret":"failed","error":{"msg":"error_invalid_value"}}`, want: dialect.Answer{Class: dialect.Refused, Text: "error_invalid_value"}},
		{body: `{"ret":"failed","error":"Please select a file"}`, want: dialect.Answer{Class: dialect.NoFile, Text: "Please select a file"}},
		{body: `{"ret":"failed","data":"Upload success!"}`, want: dialect.Answer{Class: dialect.Refused}},
		{body: `{"error":{"msg":"auth_err_not_login","webStatus":"login"}}`, want: dialect.Answer{Class: dialect.Refused, Text: "auth_err_not_login"}, loggedOut: true},
		{body: `{"ret":"failed","error":{"webStatus":"login"}}`, want: dialect.Answer{Class: dialect.Refused, Text: "login"}, loggedOut: true},
		{body: `{"ret":"failed","error":{"msg":"the certificate of this session has expired"}}`, want: dialect.Answer{Class: dialect.Refused, Text: "the certificate of this session has expired"}},
	}
	for _, test := range tests {
		a, err := decode([]byte(test.body))
		if err != nil {
			t.Errorf("%s: %v", test.body, err)
			continue
		}
		if got := a.changed(); got != test.want || a.loggedOut() != test.loggedOut {
			t.Errorf("%s: got %+v, logged out %v", test.body, got, a.loggedOut())
		}
	}
	for _, body := range []string{"", "<html>", "[]", "{}", `"ok"`, "null", `{"ret":1}`} {
		if _, err := decode([]byte(body)); err == nil {
			t.Errorf("%q is taken for an answer", body)
		}
	}
}

func TestListFor(t *testing.T) {
	const row = `{"Issued To":"A","issuedBy":"B","cert_expiration":"May 1 2031","Index":"3"}`
	tests := []struct{ what, data, trusted, server string }{
		{"one", `{"certList":[` + row + `]}`, "certList", "certList"},
		{"one, empty", `{"certList":[]}`, "certList", "certList"},
		{"one, null", `{"certList":null,"size":"3"}`, "certList", "certList"},
		{"one without a word", `{"rows":[]}`, "rows", "rows"},
		{"beside an empty one", `{"certList":[` + row + `],"rows":[]}`, "certList", "certList"},
		{"both", `{"trusted":[],"server":[` + row + `]}`, "trusted", "server"},
		{"the other role's", `{"serverList":[` + row + `]}`, "", "serverList"},
		{"two", `{"certs":[` + row + `],"rows":[` + row + `]}`, "", ""},
		{"deep", `{"page":{"certList":[` + row + `]}}`, "certList", "certList"},
		{"no list of certificates", `{"certList":[{"name":"A"}]}`, "", ""},
		{"a text", `{"certList":"A"}`, "", ""},
	}
	for _, test := range tests {
		a, err := decode([]byte(`{"ret":"ok","data":` + test.data + `}`))
		if err != nil {
			t.Fatal(err)
		}
		found := lists(a.Data, []string{"certList", "rows", "trusted", "server", "certs", "serverList"})
		for role, want := range map[handset.Role]string{handset.Trusted: test.trusted, handset.Server: test.server} {
			name, rows, ok := listFor(found, role)
			if name != want || ok != (want != "") {
				t.Errorf("%s, %s: got %q", test.what, role, name)
			}
			for _, c := range certificatesOf(rows) {
				if c.IssuedTo != "A" || c.IssuedBy != "B" || c.Expires.Year() != 2031 {
					t.Errorf("%s: got %+v", test.what, c)
				}
				if value, _ := memberOf(c.Row, "Index"); value != `"3"` {
					t.Errorf("%s: the member is %s", test.what, value)
				}
			}
		}
	}
}

func TestErasures(t *testing.T) {
	rows, err := decode([]byte(`{"ret":"ok","data":[{"Issued To":"A","Issued By":"B","Expiration":"C","id":7}]}`))
	if err != nil {
		t.Fatal(err)
	}
	row := certificatesOf(rows.Data.([]any))[0].Row
	const list = `function show() { ask("/api/inner/readconfig?p=" + page, {formData: ["certs"]}); `
	tests := []struct {
		what, script string
		want         int
	}{
		{"a path that deletes certificates", `ask("/api/certs/delete", {formData: {id: row.id}})`, 1},
		{"a path that deletes something", `ask("/api/contact/delete", {formData: {id: row.id}})`, 0},
		{"a page of certificates", `ask("/api/x/delete?p=SecurityTrustedCert", {formData: {id: row.id}})`, 1},
		{"another page", `ask("/api/certs/delete?p=SecurityServerCert", {formData: {id: row.id}})`, 0},
		{"called where the list is read", list + `drop(row.id) } function drop(x) { ask("/api/x/delete", {formData: {a: x}}) }`, 1},
		{"called elsewhere", list + `} function other() { drop(row.id) } function drop(x) { ask("/api/x/delete", {formData: {a: x}}) }`, 0},
		{"a function that deletes", list + `removeIt(row.id) } function removeIt(x) { ask("/api/x/y", {formData: {a: x}}) }`, 1},
		{"a function that does not", list + `change(row.id) } function change(x) { ask("/api/x/y", {formData: {a: x}}) }`, 0},
		{"a literal", `ask("/api/certs/delete", {formData: {id: "id"}})`, 0},
		{"no literal path", `ask("/api/" + what + "/certs/delete", {formData: {id: row.id}})`, 0},
		{"nothing sent", `ask("/api/certs/delete")`, 0},
	}
	for _, test := range tests {
		if got := erasures(script.Read(test.script), "SecurityTrustedCert", row, "certs"); len(got) != test.want {
			t.Errorf("%s: got %+v", test.what, got)
		}
	}
}

// FuzzAPI reads an answer, and a script for that answer.
func FuzzAPI(f *testing.F) {
	f.Add([]byte(""), "")
	f.Fuzz(func(t *testing.T, body []byte, text string) {
		s := script.Read(text)
		names := []string{}
		for _, r := range readings([]*script.Script{s}, "SecurityTrustedCert") {
			names = append(names, r.names...)
		}
		a, err := decode(body)
		if err != nil {
			return
		}
		if a.changed().Class == "" {
			t.Errorf("no class for %q", body)
		}
		a.lockTime()
		find(a.Data, "wui.common.token")
		name, rows, _ := listFor(lists(a.Data, names), handset.Trusted)
		for _, c := range certificatesOf(rows) {
			for _, f := range c.Row.Fields {
				if !json.Valid([]byte(f.Value)) {
					t.Errorf("%q is no JSON", f.Value)
				}
			}
			for _, e := range erasures(s, "SecurityTrustedCert", c.Row, name) {
				if _, ok := memberOf(c.Row, e.member); !ok || !strings.HasPrefix(e.path, "/api/") {
					t.Errorf("would send %+v", e)
				}
			}
		}
	})
}

func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzAPI"); err != nil || len(seeds) == 0 {
		t.Errorf("the committed seed corpus is empty (%v)", err)
	}
}
