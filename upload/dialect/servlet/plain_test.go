package servlet_test

import (
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/dialecttest"
)

const (
	loginFormPage = "/servlet?p=login&q=loginForm&jumpto=status"
	loginForm     = `<form id="formInput" action="/servlet?p=login&amp;q=login"><input name="username"><input type="password" name="pwd"><input type="hidden" name="jumpto" value="status"><input type="hidden" name="acc" value=""></form>`
	tokenScript   = `<script>var g_strToken = "123456";</script>`
)

func TestPlainLogin(t *testing.T) {
	s := &dialecttest.Site{Pages: map[string]string{loginFormPage: loginForm, "/servlet?p=login&q=login": "302 /servlet?p=status&q=load"}}
	d := s.Dialect(t, dialect.Plain)
	dialecttest.Wants(t, "login", d.Login(t.Context(), "admin", "p&w=þ"), nil)
	dialecttest.Equal(t, "the form as it is", s.Last(), "POST /servlet?p=login&q=login username=admin&pwd=p%26w%3D%C3%BE&jumpto=status&acc=")

	s = &dialecttest.Site{Pages: map[string]string{loginFormPage: `<form action="/x"><input name="user"><input type="password" name="pass"></form>`}}
	dialecttest.Equal(t, "another form", dialecttest.Outcome(t, s.Dialect(t, dialect.Plain).Login(t.Context(), "admin", "admin")), dialect.Strange)
	dialecttest.Equal(t, "no password to strangers", s.Last(), "GET "+loginFormPage)
}

// TestPlainPages reads pages that are put together otherwise than those of the
// simulated handset.
func TestPlainPages(t *testing.T) {
	const row = `<tr><td><input type="checkbox" name="sel1" value="on"></td><td>Example Root</td><td>Example Root</td><td>Jan 1 00:00:00 2030 GMT</td></tr>`
	s := &dialecttest.Site{Pages: map[string]string{
		"/servlet?p=trusted-cert&q=load": tokenScript + `<p>The maximum number of certificates is 10.</p>
<form name="formList" method="post" action="/servlet?p=trusted-cert&amp;q=del"><input type="hidden" name="token" value=""><table><tr><th></th><th>Issued To</th><th>Issued By</th><th>Expiration</th></tr>` + row + `</table><input type="submit" value="Delete"></form>
<form method="post" enctype="multipart/form-data" action="?p=trusted-cert&amp;q=up&amp;t=123456"><input type="hidden" name="kind" value="ca"><input type="file" name="crt"></form>`,
		"/servlet?p=server-cert&q=load":         tokenScript + `<input type="file" name="crt"><button onclick="send()">Upload</button>`,
		"/servlet?p=trusted-cert&q=del":         "302 ?p=trusted-cert&q=load",
		"/servlet?p=trusted-cert&q=up&t=123456": `<script>alert("Upload success!");</script>`,
		"/servlet?p=settings-upgrade&q=load":    `<button onclick="reboot()">Reboot</button>`,
	}}
	d := s.Dialect(t, dialect.Plain)
	l, err := d.Certificates(t.Context(), handset.Trusted)
	if err != nil || len(l.Certificates) != 1 || l.Max != 10 {
		t.Fatalf("list: %+v, %v", l, err)
	}
	answer, err := d.Delete(t.Context(), handset.Trusted, l.Certificates[0])
	dialecttest.Wants(t, "delete", err, nil)
	dialecttest.Equal(t, "delete", answer.Class, dialect.Silent)
	dialecttest.Equal(t, "the form around the list", s.Asked[len(s.Asked)-2], "POST /servlet?p=trusted-cert&q=del token=123456&sel1=on")

	plan, err := d.Plan(t.Context(), handset.Trusted)
	dialecttest.Wants(t, "plan", err, nil)
	dialecttest.Equal(t, "address", plan.Ref, "/servlet?p=trusted-cert&q=up&t=***")
	dialecttest.Equal(t, "fields", strings.Join(plan.Fields, "&"), "kind=ca&token=***")
	dialecttest.Equal(t, "field", plan.Field, "crt")
	answer, err = d.Upload(t.Context(), plan, dialect.File{Name: "root.pem", Content: []byte("x")})
	dialecttest.Wants(t, "upload", err, nil)
	dialecttest.Equal(t, "upload", answer, dialect.Answer{Class: dialect.Success, Text: "Upload success!"})
	if sent := s.Last(); !strings.Contains(sent, `name="crt"; filename="root.pem"`) || !strings.Contains(sent, "123456") {
		t.Errorf("sent %s", sent)
	}

	_, err = d.Plan(t.Context(), handset.Server)
	dialecttest.Wants(t, "an upload by script", err, dialect.ErrNoForm)
	_, err = d.Certificates(t.Context(), handset.Server)
	dialecttest.Wants(t, "no list", err, dialect.ErrNoList)
	dialecttest.Wants(t, "reboot by script", d.Reboot(t.Context()), dialect.ErrNoForm)
	_, err = d.Import(t.Context(), dialect.File{})
	dialecttest.Wants(t, "import", err, dialect.ErrNoImport)
	dialecttest.Equal(t, "page", d.Page(handset.Server), "/servlet?p=server-cert&q=load")
}

// The setting of the server's page is found there.
func TestSettingsOnBothPages(t *testing.T) {
	s := &dialecttest.Site{Pages: map[string]string{
		"/servlet?p=trusted-cert&q=load":  tokenScript + `<form method="post" action="/servlet?p=trusted-cert&amp;q=write"><label>CA Certificates <select name="ca"><option value="0" selected>Default Certificates</option><option value="2">All Certificates</option></select></label></form>`,
		"/servlet?p=server-cert&q=load":   tokenScript + `<form method="post" action="/servlet?p=server-cert&amp;q=write"><label>Device Certificates <select name="dev"><option value="0">Default Certificates</option><option value="1" selected>Custom Certificates</option></select></label></form>`,
		"/servlet?p=trusted-cert&q=write": "", "/servlet?p=server-cert&q=write": "",
	}}
	d := s.Dialect(t, dialect.Plain)
	got, err := d.Settings(t.Context())
	dialecttest.Wants(t, "read", err, nil)
	dialecttest.Equal(t, "read", got, dialect.Settings{CA: "default", DeviceCert: "custom"})
	_, err = d.Set(t.Context(), dialect.Settings{CA: "all", DeviceCert: "default"})
	dialecttest.Wants(t, "set", err, nil)
	dialecttest.Equal(t, "first", s.Asked[len(s.Asked)-2], "POST /servlet?p=trusted-cert&q=write ca=2&token=123456")
	dialecttest.Equal(t, "second", s.Last(), "POST /servlet?p=server-cert&q=write dev=0&token=123456")
	asked := len(s.Asked)
	_, err = d.Set(t.Context(), dialect.Settings{CA: "all", OnlyTrusted: "on"})
	dialecttest.Wants(t, "one that no page shows", err, dialect.ErrNoSetting)
	if all := strings.Join(s.Asked[asked:], " "); strings.Contains(all, "POST") {
		t.Errorf("written all the same: %s", all)
	}
	delete(s.Pages, "/servlet?p=server-cert&q=load")
	got, err = d.Settings(t.Context())
	dialecttest.Wants(t, "one page alone", err, nil)
	dialecttest.Equal(t, "one page alone", got, dialect.Settings{CA: "default"})
}
