package browser_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	simulated "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/browser"
	"github.com/phonecert/phonecert/upload/dialect"
)

// conversation is a transport that keeps the phone's cookies, and sends user and
// password to the phones that want them with every request.
type conversation struct {
	http  http.RoundTripper
	jar   *cookiejar.Jar
	basic bool
	// turn is taken by a request; a second one at the same time is an error.
	turn sync.Mutex
	// uploads counts the requests that carry a file.
	uploads int
}

func (c *conversation) RoundTrip(r *http.Request) (*http.Response, error) {
	if !c.turn.TryLock() {
		panic("two requests at once")
	}
	defer c.turn.Unlock()
	if c.basic {
		r.SetBasicAuth("admin", "admin")
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		c.uploads++
	}
	a, err := c.http.RoundTrip(r)
	if err == nil {
		c.jar.SetCookies(r.URL, a.Cookies())
	}
	return a, err
}

// rig is a phone and a conversation with it.
type rig struct {
	phone  *simulate.Phone
	name   simulated.Name
	config browser.Config
	talk   *conversation
	// told are the steps so far.
	told []string
}

// loginKey is made once: making one takes longer than a test.
var loginKey = sync.OnceValue(func() *rsa.PrivateKey { return device.NewKey(7) })

// start starts a simulated phone that holds some trusted certificates.
func start(t *testing.T, name simulated.Name, change func(*simulate.Config), held ...*testca.Certificate) *rig {
	t.Helper()
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	c := simulate.Config{Dialect: name, Device: device.Config{Profile: profile, Clock: testca.Clock, Seed: 7, Key: loginKey()}}
	if change != nil {
		change(&c)
	}
	state := device.Factory(profile, "SIP-T28P", "2.73.0.50", "00005e005301")
	for _, each := range held {
		state.Trusted = append(state.Trusted, device.Certificate{File: "held.pem", DER: each.Raw})
	}
	phone, err := simulate.New(c, state)
	if err != nil {
		t.Fatal(err)
	}
	r := serve(t, phone, name == simulated.ListenerRSA)
	r.phone, r.name, r.talk.basic = phone, name, name == simulated.Basic
	return r
}

// serve puts pages on the loopback interface.
func serve(t *testing.T, pages http.Handler, tls bool) *rig {
	t.Helper()
	executable := realparts.Need(t, "chromium")
	s := httptest.NewUnstartedServer(pages)
	if tls {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	base, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{talk: &conversation{http: s.Client().Transport, jar: jar}}
	r.config = browser.Config{
		Executable: executable, Base: base, Transport: r.talk, Random: rand.Reader, Env: os.Getenv,
		Timeout: 5 * time.Minute, Patience: time.Minute,
		Trace: func(step string) { r.told = append(r.told, step) },
	}
	return r
}

// brief is the patience of a test in which nothing more will come.
const brief = 5 * time.Second

// path is the address of a role's page, for basic that of DefaultInvented.
func (r *rig) path(role handset.Role) string {
	switch r.name {
	case simulated.Basic:
		return map[handset.Role]string{handset.Trusted: "/cgi-bin/ConfigManApp.com?Id=23", handset.Server: "/cgi-bin/ConfigManApp.com?Id=24"}[role]
	case simulated.API:
		return ""
	case simulated.Listener, simulated.ListenerRSA:
		return "/servlet?m=mod_data&p=" + string(role) + "-cert&q=load"
	}
	return "/servlet?p=" + string(role) + "-cert&q=load"
}

// in has the page log in by itself.
func (r *rig) in(password string) {
	r.config.Login = func() (string, string) { return "admin", password }
}

// stay goes on in the session of the last upload, without a login; on api, which
// wants one on every page, after a logout.
func (r *rig) stay(t *testing.T) {
	t.Helper()
	cookies := r.talk.jar.Cookies(r.config.Base)
	if r.name != simulated.API {
		r.config.Login, r.config.Cookies = nil, cookies
		return
	}
	q, err := http.NewRequest(http.MethodPost, r.config.Base.JoinPath("/api/auth/logout").String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cookies {
		q.AddCookie(c)
		if c.Name == "csrfToken" {
			q.Header.Set("X-CSRFToken", c.Value)
		}
	}
	a, err := r.talk.RoundTrip(q)
	if err != nil || a.StatusCode != http.StatusOK {
		t.Fatal("logout", a, err)
	}
	a.Body.Close()
}

func (r *rig) upload(t *testing.T, role handset.Role, name string, content []byte) (dialect.Answer, error) {
	t.Helper()
	began := time.Now()
	a, err := browser.Upload(t.Context(), r.config, dialect.Name(r.name), role, r.path(role), dialect.File{Name: name, Content: content})
	t.Logf("%s: %v", role, time.Since(began).Round(10*time.Millisecond))
	return a, err
}

func (r *rig) expect(t *testing.T, role handset.Role, name string, content []byte, want dialect.Answer) {
	t.Helper()
	before := r.talk.uploads
	if got, err := r.upload(t, role, name, content); err != nil || got != want {
		t.Errorf("%s: got %+v, %v; want %+v", name, got, err, want)
	}
	if sent := r.talk.uploads - before; sent != 1 {
		t.Errorf("%s: sent %d times", name, sent)
	}
}
