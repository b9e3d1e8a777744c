package dialect_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/dialect"
)

// rewrites puts another text into the phone's answers to some requests.
func rewrites(request, old, text string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, phone http.Handler) {
		answer := httptest.NewRecorder()
		phone.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		body := answer.Body.Bytes()
		if strings.Contains(r.URL.RequestURI(), request) {
			body = regexp.MustCompile(old).ReplaceAllLiteral(body, []byte(text))
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body)
	}
}

// eachListener runs a test with both seals and with two sets of names.
func eachListener(t *testing.T, test func(t *testing.T, name dialect.Name, with func(simulate.Faults) *rig)) {
	each(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *rig) {
		if name == dialect.Listener || name == dialect.ListenerRSA {
			test(t, name, with)
		}
	})
}

func TestListenerLoginWords(t *testing.T) {
	tests := []struct {
		what, answer string
		want         dialect.Outcome
		text         string
	}{
		{"none", `{"authstatus":"none"}`, dialect.LoginRefused, ""},
		{"lock", `{"authstatus":"lock"}`, dialect.Locked, ""},
		{"busy", `{"authstatus":"user_busy"}`, dialect.Busy, "user_busy"},
		{"busy in words", `{"authstatus":"web busy"}`, dialect.Busy, "web busy"},
		{"another word", `{"authstatus":"maybe"}`, dialect.Strange, "maybe"},
		{"no JSON", `try later`, dialect.Strange, "try later"},
		{"another object", `{"ret":"ok"}`, dialect.Strange, `{"ret":"ok"}`},
		{"what was told", `admin/secret refused`, dialect.Strange, "admin/*** refused"},
	}
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *rig) {
		for _, test := range tests {
			r := with(simulate.Faults{})
			r.front = rewrites("q=login&Rajax", `\{.*\}`, test.answer)
			err := r.visit(t).Login(t.Context(), "admin", "secret")
			equal(t, test.what, outcome(t, err), test.want)
			var e *dialect.LoginError
			errors.As(err, &e)
			equal(t, test.what, e.Text, test.text)
			equal(t, "logins", r.requests("q=login&Rajax=0."), 1)
		}
	})
}

// A T3x takes the password under RSA alone, and nothing else.
func TestListenerSeal(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *rig) {
		r := with(simulate.Faults{})
		var fields []string
		r.front = func(w http.ResponseWriter, q *http.Request, phone http.Handler) {
			if strings.Contains(q.URL.RawQuery, "q=login&") {
				body, _ := io.ReadAll(q.Body)
				for pair := range strings.SplitSeq(string(body), "&") {
					field, _, _ := strings.Cut(pair, "=")
					fields = append(fields, field)
				}
				q.Body = io.NopCloser(bytes.NewReader(body))
			}
			phone.ServeHTTP(w, q)
		}
		r.in(t)
		want := map[dialect.Name]string{dialect.Listener: "username pwd rsakey rsaiv", dialect.ListenerRSA: "username pwd"}
		equal(t, "fields", strings.Join(fields, " "), want[name])
	})
}

func TestListenerWithoutKey(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *rig) {
		r := with(simulate.Faults{})
		d := r.visit(t)
		r.front = rewrites("q=loginForm", `g_rsa_n = "\w+"`, `g_rsa_n = "12"`)
		equal(t, "a short key", outcome(t, d.Login(t.Context(), "admin", "admin")), dialect.Strange)
		equal(t, "logins", r.requests("q=login&Rajax"), 0)
	})
}

func TestListenerPlan(t *testing.T) {
	const address = `"/servlet\?m=mod_res&p=upload&type=\w+&maxlength=" \+ `
	tests := []struct {
		what, old, text string
		want            string
		err             error
	}{
		{what: "as it is", old: "none", want: "type=TYPE&maxlength=***&token=***"},
		{what: "without token", old: `\+ "&token=" \+ g_strToken`, want: "type=TYPE&maxlength=***"},
		{what: "type by an unknown name", old: address, text: `"/servlet?m=mod_res&p=upload&type=" + kind + "&maxlength=" + `, err: dialect.ErrNoForm},
		{what: "type that is computed", old: address, text: `"/servlet?m=mod_res&p=upload&type=" + ({}, kind) + "&maxlength=" + `, err: dialect.ErrNoForm},
		{what: "type by a constant", old: address, text: `"/servlet?m=mod_res&p=upload&type=" + kind + "&maxlength=" + (kind = "cafile1") + `, want: "type=cafile1&maxlength=***&token=***"},
		{what: "by a template", old: address, text: "`/servlet?m=mod_res&p=upload&type=file2&maxlength=${x}` + ", want: "type=file2&maxlength=***&token=***"},
		{what: "no upload", old: "mod_res", text: "mod_other", err: dialect.ErrNoForm},
	}
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *rig) {
		r := with(simulate.Faults{})
		d := r.in(t)
		for _, test := range tests {
			r.front = rewrites("p=trusted-cert", test.old, test.text)
			plan, err := d.Plan(t.Context(), handset.Trusted)
			wants(t, test.what, err, test.err)
			if test.err != nil {
				continue
			}
			got := regexp.MustCompile(`type=(cafile|trustedcert)&`).ReplaceAllString(plan.Ref, "type=TYPE&")
			equal(t, test.what, got, "/servlet?m=mod_res&p=upload&"+test.want)
			equal(t, test.what, plan.Field, "UploadName")
		}
	})
}

// The script of the upload may be one that the page loads, and the size in it
// another one.
func TestListenerLoadedScript(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *rig) {
		r := with(simulate.Faults{})
		d := r.in(t)
		r.front = func(w http.ResponseWriter, q *http.Request, phone http.Handler) {
			if q.URL.Path == "/js/upload.js" {
				fmt.Fprint(w, `function up(n){var e=seal(session+";7MB");post("/servlet?m=mod_res&p=upload&type=theirs&maxlength="+e,n)}`)
				return
			}
			rewrites("p=trusted-cert", `(?s)async function upload.*?\n}`, `</script><script src="/js/upload.js"></script><script src="http://192.0.2.99/other.js"></script><script>`)(w, q, phone)
		}
		plan, err := d.Plan(t.Context(), handset.Trusted)
		wants(t, "plan", err, nil)
		equal(t, "ref", plan.Ref, "/servlet?m=mod_res&p=upload&type=theirs&maxlength=***")
		// A phone that wants 5MB refuses 7MB as it does a missing maxlength.
		answer, err := d.Upload(t.Context(), plan, dialect.File{Name: "root.pem", Content: testca.ECRoot(t, "Example Root").PEM()})
		wants(t, "upload", err, nil)
		equal(t, "upload", answer, dialect.Answer{Class: dialect.InvalidFile, Text: "noparam"})
		_, err = d.Plan(t.Context(), handset.Trusted)
		wants(t, "plan again", err, nil)
		equal(t, "fetches of the script", r.requests("/js/upload.js"), 1)
	})
}

func TestListenerForm(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *rig) {
		r := with(simulate.Faults{})
		d := r.in(t)
		r.front = rewrites("p=trusted-cert", `<input type="file"[^>]*>`, `<form method="post" enctype="multipart/form-data" action="/cert/put"><input type="hidden" name="a" value="b"><input type="file" name="CertFile"></form>`)
		plan, err := d.Plan(t.Context(), handset.Trusted)
		wants(t, "plan", err, nil)
		equal(t, "plan", plan.Ref+" "+plan.Field+" "+strings.Join(plan.Fields, " "), "/cert/put CertFile a=b token=***")
		r.front = rewrites("p=trusted-cert", `<input type="file"[^>]*>`, `<form action="javascript:upload()"><input type="file" name="CertFile"></form>`)
		plan, err = d.Plan(t.Context(), handset.Trusted)
		wants(t, "plan of a form for a script", err, nil)
		equal(t, "field", plan.Field, "UploadName")
	})
}

func TestListWithoutTable(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *rig) {
		r := with(simulate.Faults{})
		d := r.in(t)
		r.front = rewrites("p=trusted-cert", `(?s)<table.*</table>`, `<div id="list"></div>`)
		_, err := d.Certificates(t.Context(), handset.Trusted)
		wants(t, "list by a script", err, dialect.ErrNoList)
		r.front = func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { http.NotFound(w, nil) }
		_, err = d.Certificates(t.Context(), handset.Trusted)
		var status *dialect.StatusError
		if !errors.As(err, &status) || status.Status != 404 {
			t.Errorf("no such page: %v", err)
		}
	})
}

func TestListenerDeleteNeedsItsControl(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *rig) {
		r := with(simulate.Faults{})
		d := r.in(t)
		upload(t, d, handset.Trusted, "root.pem", testca.ECRoot(t, "Example Root").PEM())
		r.front = rewrites("p=trusted-cert", `yltype="post" onclick="removeCertificate\(this.value\)"`, `onclick="removeCertificate(this.value)"`)
		l, err := d.Certificates(t.Context(), handset.Trusted)
		wants(t, "list", err, nil)
		_, err = d.Delete(t.Context(), handset.Trusted, l.Certificates[0])
		wants(t, "delete", err, dialect.ErrNoForm)
		equal(t, "list", list(t, d, handset.Trusted), "Example Root")
	})
}

func TestListenerSetWritesWhatChanges(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *rig) {
		r := with(simulate.Faults{})
		d := r.in(t)
		answer, err := d.Set(t.Context(), dialect.Settings{OnlyTrusted: "on", CA: "default"})
		wants(t, "set what is set", err, nil)
		equal(t, "set what is set", answer, dialect.Answer{Class: dialect.Silent})
		equal(t, "writes", r.requests("q=write")+r.requests("applycacheconfig"), 0)
		answer, err = d.Set(t.Context(), dialect.Settings{OnlyTrusted: "on", CA: "custom"})
		wants(t, "set", err, nil)
		equal(t, "set", answer, dialect.Answer{Class: dialect.Success, Reboot: true})
		equal(t, "writes", r.requests("q=write")+r.requests("applycacheconfig"), 2)
		equal(t, "settings", r.phone.State().Settings, device.Settings{OnlyTrusted: 1, CA: 1})
		r.front = rewrites("q=write", `_RES_INFO_">`, `_RES_INFO_">{"result":"failed"}`)
		answer, err = d.Set(t.Context(), dialect.Settings{CA: "all"})
		wants(t, "refused", err, nil)
		equal(t, "refused", answer, dialect.Answer{Class: dialect.Refused, Text: "failed"})
		equal(t, "not applied", r.phone.State().Settings.CA, 1)
	})
}

// fetching lets the phone fetch one file.
func fetching(address string, content []byte) func(*simulate.Config) {
	return func(c *simulate.Config) {
		c.Device.Fetch = func(asked string) ([]byte, error) {
			if asked != address {
				return nil, errors.New("no such file")
			}
			return content, nil
		}
	}
}

func TestImport(t *testing.T) {
	const address = "http://192.0.2.1/root.pem"
	root := testca.ECRoot(t, "Example Root").PEM()
	for _, name := range []dialect.Name{dialect.Listener, dialect.ListenerRSA, dialect.API} {
		t.Run(string(name), func(t *testing.T) {
			d := start(t, name, fetching(address, root)).in(t)
			answer, err := d.Import(t.Context(), dialect.File{Name: "phonecert.cfg", Content: []byte("nothing = 1\n")})
			wants(t, "nothing in it", err, nil)
			equal(t, "nothing in it", answer.Class, dialect.InvalidFile)
			answer, err = d.Import(t.Context(), dialect.File{Name: "phonecert.cfg", Content: []byte("#!version:1.0.0.1\nstatic.trusted_certificates.url = " + address + "\n")})
			wants(t, "import", err, nil)
			equal(t, "import", answer.Class, dialect.Success)
			equal(t, "list", list(t, d, handset.Trusted), "Example Root")
		})
	}
}
