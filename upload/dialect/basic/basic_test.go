package basic_test

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/detect"
	"github.com/phonecert/phonecert/upload/dialect/dialecttest"
	"github.com/phonecert/phonecert/upload/web"
)

const numbered = "/cgi-bin/ConfigManApp.com?Id="

const certificateList = `<table><tr><th>Issued To</th><th>Issued By</th><th>Expiration</th><th>Delete</th></tr></table>`

func TestBasicFindsPages(t *testing.T) {
	const menu = `<a href="?Id=1">Status</a><a href="?Id=7">Security</a>`
	security := menu + `<a href="?key=Reboot">Trusted Certificates</a><a href="?Id=26">Trusted Certificates</a><a href="http://192.0.2.9/cgi-bin/ConfigManApp.com?Id=9">Trusted Certificates</a>`
	tests := []struct {
		what  string
		pages map[string]string
		want  string
	}{
		{"by the menu", map[string]string{"1": menu, "7": security + `<a href="/cgi-bin/ConfigManApp.com?Id=70">Trusted  certificates</a>`, "70": certificateList}, "70"},
		{"by frames", map[string]string{"1": `<frameset><frame src="?Id=5"></frameset>`, "5": menu, "7": `<a href="?Id=71">Trusted Certificates</a>`, "71": certificateList}, "71"},
		{"by number", map[string]string{"1": "", "23": "<h1>Trusted Certificates</h1>" + certificateList}, "23"},
		{"by number, the other one first", map[string]string{"1": "", "9": `<title>Server Certificates</title><a href="?Id=33">Trusted Certificates</a>` + certificateList, "33": certificateList}, "33"},
		{"nowhere", map[string]string{"1": menu, "7": security}, ""},
		{"a menu is no list", map[string]string{"1": "<h1>Trusted Certificates</h1>"}, ""},
	}
	for _, test := range tests {
		s := &dialecttest.Site{Pages: map[string]string{}}
		for id, body := range test.pages {
			s.Pages[numbered+id] = body
		}
		d := s.Dialect(t, dialect.Basic)
		if err := d.Login(t.Context(), "admin", "admin"); err != nil {
			t.Fatal(err)
		}
		_, err := d.Certificates(t.Context(), handset.Trusted)
		if test.want == "" {
			dialecttest.Wants(t, test.what, err, dialect.ErrNoList)
		} else {
			dialecttest.Wants(t, test.what, err, nil)
			dialecttest.Equal(t, test.what, d.Page(handset.Trusted), numbered+test.want)
		}
		if all := strings.Join(s.Asked, "\n"); strings.Contains(all, "Reboot") || strings.Contains(all, "Id=26") || len(s.Asked) > 42 {
			t.Errorf("%s: asked %d times for\n%s", test.what, len(s.Asked), all)
		}
	}
}

func TestBasicSettings(t *testing.T) {
	const (
		begin = `<title>Trusted Certificates</title>` + certificateList + `<form method="post" action="/cgi-bin/ConfigManApp.com"><input type="hidden" name="PAGEID" value="23"><input type="hidden" name="CONFIG_DATA">
<input name="other" value="a b"><label>Only Accept Trusted Certificates <select id="HTTPSTrustCertificates"><option value="0">Disabled</option><option value="1" selected>Enabled</option></select></label>`
		ca  = `<label>CA Certificates <select id="x"><option value="0" selected>Default Certificates</option><option value="1">Custom Certificates</option></select></label>`
		end = `<input type="button" value="Confirm"></form>`
	)
	tests := []struct {
		what, page, want string
		err              error
	}{
		{"all values in their order", begin + ca + end, "PAGEID=23&CONFIG_DATA=%C3%BEa+b%C3%BE1%C3%BE1", nil},
		{"a page in Latin-1", "\xfc" + begin + ca + end, "PAGEID=23&CONFIG_DATA=%FEa+b%FE1%FE1", nil},
		{"a value that is not known", begin + ca + `<select id="y"><option value="0">x</option></select>` + end, "", dialect.ErrNoForm},
		{"a box", begin + ca + `<input type="checkbox" name="z">` + end, "", dialect.ErrNoForm},
		{"no setting", begin + end, "", dialect.ErrNoSetting},
	}
	for _, test := range tests {
		s := &dialecttest.Site{Pages: map[string]string{numbered + "1": `<a href="?Id=23">Trusted Certificates</a>`, numbered + "23": test.page, "/cgi-bin/ConfigManApp.com": ""}}
		d := s.Dialect(t, dialect.Basic)
		_, err := d.Set(t.Context(), dialect.Settings{CA: "custom"})
		dialecttest.Wants(t, test.what, err, test.err)
		if test.err == nil {
			dialecttest.Equal(t, test.what, s.Last(), "POST /cgi-bin/ConfigManApp.com "+test.want)
		} else if strings.HasPrefix(s.Last(), "POST") {
			t.Errorf("%s: posted %s", test.what, s.Last())
		}
	}
}

func TestBasicLoginForgetsWrongPassword(t *testing.T) {
	seen := []string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
		http.Error(w, "locked for 3 minutes", http.StatusUnauthorized)
	}))
	t.Cleanup(server.Close)
	base, _ := url.Parse(server.URL)
	c := web.New(base, web.Config{Random: rand.Reader})
	t.Cleanup(c.Close)
	d, err := detect.New(dialect.Basic, c, rand.Reader)
	dialecttest.Wants(t, "new", err, nil)
	err = d.Login(t.Context(), "admin", "wrong")
	var refused *dialect.LoginError
	if !errors.As(err, &refused) || refused.Outcome != dialect.Locked || refused.LockTime.Minutes() != 3 {
		t.Errorf("login: %#v", err)
	}
	_, err = d.Identity(t.Context())
	dialecttest.Wants(t, "identity", err, dialect.ErrLoggedOut)
	dialecttest.Equal(t, "credentials", strings.Join(seen, ","), "Basic YWRtaW46d3Jvbmc=,")
}
