package detect_test

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset/simulate"
	pages "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/detect"
	"github.com/phonecert/phonecert/upload/dialect/dialecttest"
	"github.com/phonecert/phonecert/upload/web"
)

// TestDetect finds every dialect of the simulated handset, whatever it is called.
func TestDetect(t *testing.T) {
	for _, name := range dialect.Names() {
		for _, names := range []pages.Invented{pages.DefaultInvented(), dialecttest.Other()} {
			r := dialecttest.Start(t, name, func(c *simulate.Config) { c.Invented = names })
			d, id, err := detect.Detect(t.Context(), r.Web(t, nil), rand.Reader)
			if err != nil || d == nil || d.Name() != name {
				t.Errorf("%s: %v, %v", name, d, err)
				continue
			}
			want := map[dialect.Name]dialect.Identity{
				dialect.Basic:       {Model: "SIP-T28P"},
				dialect.Session:     {Firmware: "2.73.0.50"},
				dialect.Listener:    {Model: "SIP-T28P", Firmware: "2.73.0.50"},
				dialect.ListenerRSA: {Model: "SIP-T28P", Firmware: "2.73.0.50"},
			}
			dialecttest.Equal(t, string(name), id, want[name])
			if r.Requests("login&q=login&") != 0 {
				t.Errorf("%s: detection tried to log in", name)
			}
		}
	}
}

// TestDetectPages reads pages that are like those of phones, or are not.
func TestDetectPages(t *testing.T) {
	const (
		form     = `<form name="formInput" action="/servlet?p=login&q=login"><input name="username"><input type="password" name="pwd"><input type="hidden" name="jumpto" value="status"></form>`
		head     = `<script>var g_rsa_n = "C0FFEE1", g_rsa_e = "10001"; var g_phonetype = "SIP-T46S", g_strFirmware = "66.84.0.15"; var post = "/servlet?m=mod_listener&p=login";</script>`
		sealed   = `<script>data.pwd = rsaEncrypt(password, g_rsa_n);</script>`
		withKeys = `<script>data.pwd = aes(password); data.rsakey = rsaEncrypt(key);</script>`
	)
	tests := []struct {
		what   string
		status int
		header http.Header
		page   string
		script string
		want   dialect.Name
		id     dialect.Identity
	}{
		{what: "basic", status: 401, header: http.Header{"Www-Authenticate": {`Basic realm="Gigabit Color IP Phone SIP-T32G"`}}, want: dialect.Basic, id: dialect.Identity{Model: "SIP-T32G"}},
		{what: "a router", status: 401, header: http.Header{"Www-Authenticate": {`Basic realm="Router"`}}},
		{what: "digest", status: 401, header: http.Header{"Www-Authenticate": {`Digest realm="IP Phone"`}}},
		{what: "plain", page: form, want: dialect.Plain},
		{what: "session", page: `<script src="/js/rsa.js?2.80.0.10"></script>` + form, want: dialect.Session, id: dialect.Identity{Firmware: "2.80.0.10"}},
		{what: "listener", page: head + withKeys, want: dialect.Listener, id: dialect.Identity{Model: "SIP-T46S", Firmware: "66.84.0.15"}},
		{what: "listener with a form", page: head + form + withKeys, want: dialect.Listener, id: dialect.Identity{Model: "SIP-T46S", Firmware: "66.84.0.15"}},
		{what: "listener by a loaded script", page: head + `<script src="/login.js"></script>`, script: `a.pwd = 1; a.rsakey = rsa(b);`, want: dialect.Listener, id: dialect.Identity{Model: "SIP-T46S", Firmware: "66.84.0.15"}},
		{what: "listener, its loaded script decides", page: head + sealed + `<script src="/login.js"></script>`, script: `a.rsakey = rsa(b);`, want: dialect.Listener, id: dialect.Identity{Model: "SIP-T46S", Firmware: "66.84.0.15"}},
		{what: "listener whose script does not come", page: head + `<script src="/none.js"></script>`, want: dialect.Listener, id: dialect.Identity{Model: "SIP-T46S", Firmware: "66.84.0.15"}},
		{what: "RSA alone", page: head + sealed, want: dialect.ListenerRSA, id: dialect.Identity{Model: "SIP-T46S", Firmware: "66.84.0.15"}},
		{what: "RSA alone in a loaded script", page: head + `<script src="/login.js"></script>`, script: `a.pwd = RSAencrypt(b);`, want: dialect.ListenerRSA, id: dialect.Identity{Model: "SIP-T46S", Firmware: "66.84.0.15"}},
		{what: "a key and no module", page: `<script>var g_rsa_n = "C0FFEE1";</script>` + form},
		{what: "another login", page: `<form><input name="user"><input type="password" name="password"></form>`},
		{what: "a web server", page: `<html><title>It works!</title></html>`},
		{what: "no page", status: 404},
	}
	for _, test := range tests {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/login.js":
				fmt.Fprint(w, test.script)
			case r.URL.Path != "/":
				http.NotFound(w, r)
			default:
				for name, values := range test.header {
					w.Header()[name] = values
				}
				w.Header().Set("Server", "a server")
				w.WriteHeader(cmp.Or(test.status, http.StatusOK))
				fmt.Fprint(w, test.page)
			}
		}))
		t.Cleanup(s.Close)
		base, _ := url.Parse(s.URL)
		c := web.New(base, web.Config{Random: rand.Reader})
		t.Cleanup(c.Close)
		d, id, err := detect.Detect(t.Context(), c, rand.Reader)
		var unknown *dialect.UnknownError
		switch {
		case test.want == "" && (!errors.As(err, &unknown) || unknown.Server != "a server" || !strings.Contains(err.Error(), "not a phone's web page")):
			t.Errorf("%s: %v, %v", test.what, d, err)
		case test.want != "" && (err != nil || d == nil || d.Name() != test.want):
			t.Errorf("%s: %v, %v", test.what, d, err)
		}
		dialecttest.Equal(t, test.what, id, test.id)
	}
}

// A T3x that speaks HTTPS is known by that.
func TestDetectT3x(t *testing.T) {
	const page = `<script>var g_rsa_n = "C0FFEE1", g_phonetype = "SIP-T31P", m = "mod_listener";</script><script src="/x.js"></script>`
	for _, secure := range []bool{false, true} {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, page) }))
		want := dialect.Listener
		if secure {
			want = dialect.ListenerRSA
			s.StartTLS()
		} else {
			s.Start()
		}
		t.Cleanup(s.Close)
		base, _ := url.Parse(s.URL)
		c := web.New(base, web.Config{Random: rand.Reader, Accept: func(string, [][]byte) error { return nil }})
		t.Cleanup(c.Close)
		d, _, err := detect.Detect(t.Context(), c, rand.Reader)
		if err != nil || d.Name() != want {
			t.Errorf("HTTPS %v: %v, %v", secure, d, err)
		}
	}
}

func TestNewUnknown(t *testing.T) {
	if d, err := detect.New("fax", nil, rand.Reader); err == nil || d != nil || !strings.Contains(err.Error(), "fax") {
		t.Errorf("got %v, %v", d, err)
	}
}
