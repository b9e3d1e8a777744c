package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/detect"
	"github.com/phonecert/phonecert/upload/dialect/dialecttest"
)

// eachAPI runs a test with two sets of names.
func eachAPI(t *testing.T, test func(t *testing.T, with func(simulate.Faults) *dialecttest.Rig)) {
	dialecttest.Each(t, func(t *testing.T, name dialect.Name, with func(simulate.Faults) *dialecttest.Rig) {
		if name == dialect.API {
			test(t, with)
		}
	})
}

func TestAPILoginWords(t *testing.T) {
	tests := []struct {
		what, answer string
		want         dialect.LoginError
	}{
		{"wrong", `{"ret":"failed","error":{"msg":"error_username_or_password_is_wrong"}}`, dialect.LoginError{Outcome: dialect.LoginRefused, Text: "error_username_or_password_is_wrong"}},
		{"locked", `{"ret":"failed","data":null,"error":{"webStatus":"lock","lockTime":3}}`, dialect.LoginError{Outcome: dialect.Locked, LockTime: 3 * time.Minute}},
		{"locked, time as a text", `{"ret":"failed","error":{"msg":"locked","webStatus":"lock","lockTime":"2.5"}}`, dialect.LoginError{Outcome: dialect.Locked, LockTime: 150 * time.Second, Text: "locked"}},
		{"locked without a time", `{"ret":"failed","error":{"webStatus":"lock","lockTime":-1}}`, dialect.LoginError{Outcome: dialect.Locked}},
		{"busy", `{"ret":"failed","error":{"msg":"auth_err_user_busy"}}`, dialect.LoginError{Outcome: dialect.Busy, Text: "auth_err_user_busy"}},
		{"another word", `{"ret":"failed","error":{"msg":"maybe"}}`, dialect.LoginError{Outcome: dialect.Strange, Text: "maybe"}},
		{"error as a text", `{"ret":"failed","error":"maybe"}`, dialect.LoginError{Outcome: dialect.Strange, Text: "maybe"}},
		{"ok but not true", `{"ret":"ok","data":false}`, dialect.LoginError{Outcome: dialect.Strange, Text: "false"}},
		{"what was told", `{"ret":"failed","error":{"msg":"not secret"}}`, dialect.LoginError{Outcome: dialect.Strange, Text: "not ***"}},
		{"a page", `<html><title>Other</title></html>`, dialect.LoginError{Outcome: dialect.Strange, Text: "Other"}},
	}
	eachAPI(t, func(t *testing.T, with func(simulate.Faults) *dialecttest.Rig) {
		for _, test := range tests {
			r := with(simulate.Faults{})
			r.Front = dialecttest.Rewrites("auth/login", `(?s)^.*$`, test.answer)
			err := r.Visit(t).Login(t.Context(), "admin", "secret")
			var e *dialect.LoginError
			if !errors.As(err, &e) || *e != test.want {
				t.Errorf("%s: got %#v, want %#v", test.what, err, test.want)
			}
			dialecttest.Equal(t, "logins", r.Requests("/api/auth/login?p=Login&t="), 1)
		}
	})
}

func TestAPILockTime(t *testing.T) {
	eachAPI(t, func(t *testing.T, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		for range 3 {
			_ = r.Visit(t).Login(t.Context(), "admin", "secret")
		}
		var e *dialect.LoginError
		if err := r.Visit(t).Login(t.Context(), "admin", "admin"); !errors.As(err, &e) || e.LockTime != 3*time.Minute {
			t.Errorf("got %#v", err)
		}
	})
}

// The facts may come flat or nested.
func TestAPINesting(t *testing.T) {
	nest := map[string]func(map[string]any) any{
		"own": func(flat map[string]any) any { return map[string]any{"wui": flat} },
		"tree": func(flat map[string]any) any {
			inner := map[string]any{}
			for id, value := range flat {
				inner[strings.TrimPrefix(id, "wui.common.")] = value
			}
			return map[string]any{"wui": map[string]any{"common": inner}}
		},
		"half": func(flat map[string]any) any {
			inner := map[string]any{}
			for id, value := range flat {
				inner[strings.TrimPrefix(id, "wui.")] = value
			}
			return map[string]any{"wui": inner}
		},
	}
	for what, change := range nest {
		eachAPI(t, func(t *testing.T, with func(simulate.Faults) *dialecttest.Rig) {
			r := with(simulate.Faults{})
			d, err := detect.New(dialect.API, r.Web(t, nil), zeroes{1})
			dialecttest.Wants(t, "new", err, nil)
			r.Front = func(w http.ResponseWriter, q *http.Request, phone http.Handler) {
				answer := httptest.NewRecorder()
				phone.ServeHTTP(answer, q)
				var told struct {
					Ret  string         `json:"ret"`
					Data map[string]any `json:"data"`
				}
				if q.URL.Path == "/api/common/info" && json.Unmarshal(answer.Body.Bytes(), &told) == nil {
					_ = json.NewEncoder(w).Encode(map[string]any{"ret": told.Ret, "data": change(told.Data)})
					return
				}
				for name, values := range answer.Header() {
					w.Header()[name] = values
				}
				w.WriteHeader(answer.Code)
				_, _ = w.Write(answer.Body.Bytes())
			}
			dialecttest.Wants(t, what+": login", d.Login(t.Context(), "admin", "admin"), nil)
			id, err := d.Identity(t.Context())
			dialecttest.Wants(t, what+": identity", err, nil)
			dialecttest.Equal(t, what+": identity", id.Model+" "+id.Firmware, "SIP-T28P 2.73.0.50")
			dialecttest.Equal(t, what+": upload", dialecttest.Upload(t, d, handset.Trusted, "root.pem", testca.ECRoot(t, "Example Root").PEM()).Class, dialect.Success)
		})
	}
}

// zeroes is a source of the same byte for ever.
type zeroes struct{ b byte }

func (z zeroes) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = z.b
	}
	return len(p), nil
}

func TestAPITalking(t *testing.T) {
	tests := []struct {
		answer         string
		talking, known bool
	}{
		{`{"ret":"ok","data":true}`, true, true},
		{`{"ret":"ok","data":false}`, false, true},
		{`{"ret":"ok","data":2}`, true, true},
		{`{"ret":"ok","data":"0"}`, false, true},
		{`{"ret":"ok","data":"idle"}`, false, false},
		{`{"ret":"ok","data":{}}`, false, false},
		{`{"ret":"failed","error":{"msg":"error_no_such_thing"}}`, false, false},
		{`<html></html>`, false, false},
	}
	eachAPI(t, func(t *testing.T, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{InCall: true})
		d := r.In(t)
		talking, known, err := d.Talking(t.Context())
		if !talking || !known || err != nil {
			t.Errorf("in a call: %v, %v, %v", talking, known, err)
		}
		for _, test := range tests {
			r.Front = dialecttest.Rewrites("talking", `(?s)^.*$`, test.answer)
			talking, known, err := d.Talking(t.Context())
			if talking != test.talking || known != test.known || err != nil {
				t.Errorf("%s: %v, %v, %v", test.answer, talking, known, err)
			}
		}
		r.Front = nil
		r.Clock.Forward(6 * time.Minute)
		_, _, err = d.Talking(t.Context())
		dialecttest.Wants(t, "logged out", err, dialect.ErrLoggedOut)
	})
}

// What the page's script asks for decides under which name the list is read.
func TestAPIListNames(t *testing.T) {
	const asked = `ask("/api/inner/readconfig?p=" + page, {formData: ["certList"]})`
	tests := []struct {
		what, script string
		err          error
	}{
		{what: "as it is", script: asked},
		{what: "by name of the page", script: `ask("/api/inner/readconfig?p=SecurityTrustedCert", {formData: ["certList", "more"]}); ask("/api/inner/readconfig?p=Other", {formData: ["other"]})`},
		{what: "another page alone", script: `ask("/api/inner/readconfig?p=Other", {formData: ["certList"]})`, err: dialect.ErrNoList},
		{what: "computed names", script: `ask("/api/inner/readconfig?p=" + page, {formData: names})`, err: dialect.ErrNoList},
		{what: "other names", script: `ask("/api/inner/readconfig?p=" + page, {formData: ["HTTPSTrustCertificates"]})`, err: dialect.ErrNoList},
		{what: "none", script: `ask("/api/inner/x?p=" + page, {formData: ["certList"]})`, err: dialect.ErrNoList},
	}
	eachAPI(t, func(t *testing.T, with func(simulate.Faults) *dialecttest.Rig) {
		for _, test := range tests {
			r := with(simulate.Faults{})
			r.Front = replacing("/", asked, test.script)
			d := r.In(t)
			l, err := d.Certificates(t.Context(), handset.Trusted)
			dialecttest.Wants(t, test.what, err, test.err)
			dialecttest.Equal(t, test.what, len(l.Certificates), 0)
		}
	})
}

// replacing puts another text into the answers for a path.
func replacing(path, old, text string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, phone http.Handler) {
		if r.URL.Path == path {
			dialecttest.Rewrites("", regexp.QuoteMeta(old), text)(w, r, phone)
			return
		}
		phone.ServeHTTP(w, r)
	}
}

// A script that is loaded counts like one in the page.
func TestAPILoadedScript(t *testing.T) {
	eachAPI(t, func(t *testing.T, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		var app string
		r.Front = func(w http.ResponseWriter, q *http.Request, phone http.Handler) {
			switch q.URL.Path {
			case "/app.js":
				fmt.Fprint(w, app)
			case "/":
				answer := httptest.NewRecorder()
				phone.ServeHTTP(answer, q)
				inline := regexp.MustCompile(`(?s)<script>(.*?)</script>`)
				app = inline.FindStringSubmatch(answer.Body.String())[1]
				_, _ = io.WriteString(w, inline.ReplaceAllString(answer.Body.String(), `<script src="/app.js"></script>`))
			default:
				phone.ServeHTTP(w, q)
			}
		}
		d := r.In(t)
		dialecttest.Upload(t, d, handset.Trusted, "root.pem", testca.ECRoot(t, "Example Root").PEM())
		dialecttest.Equal(t, "list", dialecttest.List(t, d, handset.Trusted), "Example Root")
		dialecttest.Remove(t, d, handset.Trusted)
		dialecttest.Equal(t, "list", dialecttest.List(t, d, handset.Trusted), "")
		dialecttest.Equal(t, "fetches", r.Requests("/app.js"), 1)
		answer, err := d.Set(t.Context(), dialect.Settings{CA: "all"})
		dialecttest.Wants(t, "set", err, nil)
		dialecttest.Equal(t, "set", answer, dialect.Answer{Class: dialect.Success, Text: answer.Text, Reboot: true})
	})
}

func TestAPIPlanNeedsTheForm(t *testing.T) {
	tests := []struct {
		what, old, text string
		role            handset.Role
		err             error
	}{
		{"trusted by its form", `id="trusted-cert-file"`, `id="x"`, handset.Trusted, nil},
		{"server by its input", `id="security-servercert"`, `id="x"`, handset.Server, nil},
		{"no such form", `(?s)<form id="security-trustedcert".*?</form>`, ``, handset.Trusted, dialect.ErrNoForm},
		{"the other role's is none", `(?s)<form id="security-servercert".*?</form>`, ``, handset.Server, dialect.ErrNoForm},
		{"a form for a script", `action="[^"]*"`, `action="#"`, handset.Trusted, dialect.ErrNoForm},
		{"no form around it", `<form id="security-trustedcert"[^>]*>`, `<div>`, handset.Trusted, dialect.ErrNoForm},
		{"no name", ` name="(UploadTrustedCert|caFile)"`, ``, handset.Trusted, dialect.ErrNoForm},
	}
	eachAPI(t, func(t *testing.T, with func(simulate.Faults) *dialecttest.Rig) {
		for _, test := range tests {
			r := with(simulate.Faults{})
			r.Front = func(w http.ResponseWriter, q *http.Request, phone http.Handler) {
				if q.URL.Path == "/" {
					dialecttest.Rewrites("", test.old, test.text)(w, q, phone)
					return
				}
				phone.ServeHTTP(w, q)
			}
			_, err := r.In(t).Plan(t.Context(), test.role)
			dialecttest.Wants(t, test.what, err, test.err)
		}
	})
}

// Deleting is left alone unless the script shows what it would send.
func TestAPIDeleteIsConservative(t *testing.T) {
	tests := []struct {
		what, old, text string
		err             error
	}{
		{"the row's member is unknown", "remove(page, row.Index)", "remove(page, row.Other)", dialect.ErrNoForm},
		{"a number that the script counts", "remove(page, row.Index)", "remove(page, n++)", dialect.ErrNoForm},
		{"two members", "remove(page, row.Index)", `remove(page, row.Index); x.onclick = () => remove(page, row.Expiration)`, dialect.ErrNoForm},
		{"another page's", `?p=" + page, {formData: {"`, `?p=Contacts", {formData: {"`, dialect.ErrNoForm},
		{"two fields", `": place}});`, `": place, all: 1}});`, dialect.ErrNoForm},
		{"a member by its name", "remove(page, row.Index)", `remove(page, row["Index"])`, nil},
	}
	root := testca.ECRoot(t, "Example Root").PEM()
	eachAPI(t, func(t *testing.T, with func(simulate.Faults) *dialecttest.Rig) {
		for _, test := range tests {
			r := with(simulate.Faults{})
			r.Front = replacing("/", test.old, test.text)
			d := r.In(t)
			dialecttest.Upload(t, d, handset.Trusted, "root.pem", root)
			l, err := d.Certificates(t.Context(), handset.Trusted)
			dialecttest.Wants(t, "list", err, nil)
			_, err = d.Delete(t.Context(), handset.Trusted, l.Certificates[0])
			dialecttest.Wants(t, test.what, err, test.err)
			left := map[bool]string{true: "", false: "Example Root"}[test.err == nil]
			dialecttest.Equal(t, test.what, dialecttest.List(t, d, handset.Trusted), left)
		}
	})
}

func TestAPISettings(t *testing.T) {
	eachAPI(t, func(t *testing.T, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		d := r.In(t)
		answer, err := d.Set(t.Context(), dialect.Settings{OnlyTrusted: "on"})
		dialecttest.Wants(t, "set what is set", err, nil)
		dialecttest.Equal(t, "set what is set", answer, dialect.Answer{Class: dialect.Silent})
		dialecttest.Equal(t, "writes", r.Requests("writeconfig"), 0)
		r.Front = dialecttest.Rewrites("writeconfig", `"change"`, `"nochange"`)
		answer, err = d.Set(t.Context(), dialect.Settings{DeviceCert: "custom"})
		dialecttest.Wants(t, "nochange", err, nil)
		dialecttest.Equal(t, "nochange", answer, dialect.Answer{Class: dialect.Success})
		dialecttest.Equal(t, "settings", r.Phone.State().Settings, device.Settings{OnlyTrusted: 1, DeviceCert: 1})
		r.Front = dialecttest.Rewrites("writeconfig", `(?s)^.*$`, `{"ret":"failed","error":{"msg":"error_invalid_value"}}`)
		answer, err = d.Set(t.Context(), dialect.Settings{DeviceCert: "default"})
		dialecttest.Wants(t, "refused", err, nil)
		dialecttest.Equal(t, "refused", answer, dialect.Answer{Class: dialect.Refused, Text: "error_invalid_value"})
	})
}

func TestAPIWithoutToken(t *testing.T) {
	eachAPI(t, func(t *testing.T, with func(simulate.Faults) *dialecttest.Rig) {
		r := with(simulate.Faults{})
		d := r.Visit(t)
		r.Front = dialecttest.Rewrites("common/info", `wui\.common\.token`, `wui.common.other`)
		dialecttest.Equal(t, "login", dialecttest.Outcome(t, d.Login(t.Context(), "admin", "admin")), dialect.Strange)
		_, err := d.Import(t.Context(), dialect.File{Name: "a.cfg", Content: []byte("x")})
		dialecttest.Wants(t, "import", err, dialect.ErrLoggedOut)
		dialecttest.Equal(t, "import", r.Requests("action=import"), 0)
	})
}
