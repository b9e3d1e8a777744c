package listener_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/dialecttest"
)

// eachListener runs a test with both seals and with two sets of names.
func eachListener(t *testing.T, test func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig)) {
	dialecttest.Each(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
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
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		for _, test := range tests {
			r := with(simulate.Faults{})
			r.Front = dialecttest.Rewrites("q=login&Rajax", `\{.*\}`, test.answer)
			err := r.Visit(t).Login(t.Context(), "admin", "secret")
			dialecttest.Equal(t, test.what, dialecttest.Outcome(t, err), test.want)
			var e *dialect.LoginError
			errors.As(err, &e)
			dialecttest.Equal(t, test.what, e.Text, test.text)
			dialecttest.Equal(t, "logins", r.Requests("q=login&Rajax=0."), 1)
		}
	})
}

// A T3x takes the password under RSA alone, and nothing else.
func TestListenerSeal(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		var fields []string
		r.Front = func(w http.ResponseWriter, q *http.Request, phone http.Handler) {
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
		r.In(t)
		want := map[dialect.Name]string{dialect.Listener: "username pwd rsakey rsaiv", dialect.ListenerRSA: "username pwd"}
		dialecttest.Equal(t, "fields", strings.Join(fields, " "), want[name])
	})
}

func TestListenerWithoutKey(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		d := r.Visit(t)
		r.Front = dialecttest.Rewrites("q=loginForm", `g_rsa_n = "\w+"`, `g_rsa_n = "12"`)
		dialecttest.Equal(t, "a short key", dialecttest.Outcome(t, d.Login(t.Context(), "admin", "admin")), dialect.Strange)
		dialecttest.Equal(t, "logins", r.Requests("q=login&Rajax"), 0)
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
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		d := r.In(t)
		for _, test := range tests {
			r.Front = dialecttest.Rewrites("p=trusted-cert", test.old, test.text)
			plan, err := d.Plan(t.Context(), handset.Trusted)
			dialecttest.Wants(t, test.what, err, test.err)
			if test.err != nil {
				continue
			}
			got := regexp.MustCompile(`type=(cafile|trustedcert)&`).ReplaceAllString(plan.Ref, "type=TYPE&")
			dialecttest.Equal(t, test.what, got, "/servlet?m=mod_res&p=upload&"+test.want)
			dialecttest.Equal(t, test.what, plan.Field, "UploadName")
		}
	})
}

// The script of the upload may be one that the page loads, and the size in it
// another one.
func TestListenerLoadedScript(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		d := r.In(t)
		r.Front = func(w http.ResponseWriter, q *http.Request, phone http.Handler) {
			if q.URL.Path == "/js/upload.js" {
				fmt.Fprint(w, `function up(n){var e=seal(session+";7MB");post("/servlet?m=mod_res&p=upload&type=theirs&maxlength="+e,n)}`)
				return
			}
			dialecttest.Rewrites("p=trusted-cert", `(?s)async function upload.*?\n}`, `</script><script src="/js/upload.js"></script><script src="http://192.0.2.99/other.js"></script><script>`)(w, q, phone)
		}
		plan, err := d.Plan(t.Context(), handset.Trusted)
		dialecttest.Wants(t, "plan", err, nil)
		dialecttest.Equal(t, "ref", plan.Ref, "/servlet?m=mod_res&p=upload&type=theirs&maxlength=***")
		// A phone that wants 5MB refuses 7MB as it does a missing maxlength.
		answer, err := d.Upload(t.Context(), plan, dialect.File{Name: "root.pem", Content: testca.ECRoot(t, "Example Root").PEM()})
		dialecttest.Wants(t, "upload", err, nil)
		dialecttest.Equal(t, "upload", answer, dialect.Answer{Class: dialect.InvalidFile, Text: "noparam"})
		_, err = d.Plan(t.Context(), handset.Trusted)
		dialecttest.Wants(t, "plan again", err, nil)
		dialecttest.Equal(t, "fetches of the script", r.Requests("/js/upload.js"), 1)
	})
}

func TestListenerForm(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		d := r.In(t)
		r.Front = dialecttest.Rewrites("p=trusted-cert", `<input type="file"[^>]*>`, `<form method="post" enctype="multipart/form-data" action="/cert/put"><input type="hidden" name="a" value="b"><input type="file" name="CertFile"></form>`)
		plan, err := d.Plan(t.Context(), handset.Trusted)
		dialecttest.Wants(t, "plan", err, nil)
		dialecttest.Equal(t, "plan", plan.Ref+" "+plan.Field+" "+strings.Join(plan.Fields, " "), "/cert/put CertFile a=b token=***")
		r.Front = dialecttest.Rewrites("p=trusted-cert", `<input type="file"[^>]*>`, `<form action="javascript:upload()"><input type="file" name="CertFile"></form>`)
		plan, err = d.Plan(t.Context(), handset.Trusted)
		dialecttest.Wants(t, "plan of a form for a script", err, nil)
		dialecttest.Equal(t, "field", plan.Field, "UploadName")
	})
}

func TestListWithoutTable(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		d := r.In(t)
		r.Front = dialecttest.Rewrites("p=trusted-cert", `(?s)<table.*</table>`, `<div id="list"></div>`)
		_, err := d.Certificates(t.Context(), handset.Trusted)
		dialecttest.Wants(t, "list by a script", err, dialect.ErrNoList)
		r.Front = func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { http.NotFound(w, nil) }
		_, err = d.Certificates(t.Context(), handset.Trusted)
		var status *dialect.StatusError
		if !errors.As(err, &status) || status.Status != 404 {
			t.Errorf("no such page: %v", err)
		}
	})
}

func TestListenerDeleteNeedsItsControl(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		d := r.In(t)
		dialecttest.Upload(t, d, handset.Trusted, "root.pem", testca.ECRoot(t, "Example Root").PEM())
		r.Front = dialecttest.Rewrites("p=trusted-cert", `yltype="post" onclick="removeCertificate\(this.value\)"`, `onclick="removeCertificate(this.value)"`)
		l, err := d.Certificates(t.Context(), handset.Trusted)
		dialecttest.Wants(t, "list", err, nil)
		_, err = d.Delete(t.Context(), handset.Trusted, l.Certificates[0])
		dialecttest.Wants(t, "delete", err, dialect.ErrNoForm)
		dialecttest.Equal(t, "list", dialecttest.List(t, d, handset.Trusted), "Example Root")
	})
}

func TestListenerSetWritesWhatChanges(t *testing.T) {
	eachListener(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		d := r.In(t)
		answer, err := d.Set(t.Context(), dialect.Settings{OnlyTrusted: "on", CA: "default"})
		dialecttest.Wants(t, "set what is set", err, nil)
		dialecttest.Equal(t, "set what is set", answer, dialect.Answer{Class: dialect.Silent})
		dialecttest.Equal(t, "writes", r.Requests("q=write")+r.Requests("applycacheconfig"), 0)
		answer, err = d.Set(t.Context(), dialect.Settings{OnlyTrusted: "on", CA: "custom"})
		dialecttest.Wants(t, "set", err, nil)
		dialecttest.Equal(t, "set", answer, dialect.Answer{Class: dialect.Success, Reboot: true})
		dialecttest.Equal(t, "writes", r.Requests("q=write")+r.Requests("applycacheconfig"), 2)
		dialecttest.Equal(t, "settings", r.Phone.State().Settings, device.Settings{OnlyTrusted: 1, CA: 1})
		r.Front = dialecttest.Rewrites("q=write", `_RES_INFO_">`, `_RES_INFO_">{"result":"failed"}`)
		answer, err = d.Set(t.Context(), dialect.Settings{CA: "all"})
		dialecttest.Wants(t, "refused", err, nil)
		dialecttest.Equal(t, "refused", answer, dialect.Answer{Class: dialect.Refused, Text: "failed"})
		dialecttest.Equal(t, "not applied", r.Phone.State().Settings.CA, 1)
	})
}
