package simulate_test

import (
	"crypto/rsa"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/internal/testca"
)

// clock is set by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// rig is a phone on loopback with its clock.
type rig struct {
	phone *simulate.Phone
	clock *clock
	base  string
	http  *http.Client
	name  dialect.Name
}

// loginKey is made once: making one takes longer than a test.
var loginKey = sync.OnceValue(func() *rsa.PrivateKey { return device.NewKey(7) })

func start(t *testing.T, name dialect.Name, change func(*simulate.Config)) *rig {
	t.Helper()
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	k := &clock{now: testca.Clock()}
	c := simulate.Config{Dialect: name, Device: device.Config{Profile: profile, Clock: k.Now, Seed: 7, Key: loginKey()}}
	if change != nil {
		change(&c)
	}
	p, err := simulate.New(c, device.Factory(profile, "SIP-T28P", "2.73.0.50", "001565000001"))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(p)
	s.Config.ErrorLog = nil
	if name == dialect.ListenerRSA {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	h := s.Client()
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &rig{p, k, s.URL, h, name}
}

func (r *rig) client(t *testing.T) *client {
	return &client{t: t, dialect: r.name, base: r.base, http: r.http}
}

func (r *rig) in(t *testing.T) *client {
	t.Helper()
	c := r.client(t)
	if got := c.login("admin"); got != "done" {
		t.Fatalf("login: %q", got)
	}
	return c
}

// other are names unlike the default ones.
func other() dialect.Invented {
	return dialect.Invented{
		TrustedFile: "caFile", ServerFile: "ownFile", TrustedType: "cafile", ServerType: "ownfile",
		Upload: "put", Delete: "drop", Place: "which", CA: "caChoice", CNValidation: "nameCheck", DeviceCert: "devChoice",
		BasicTrusted: "23", BasicServer: "42", BasicUpgrade: "43",
	}
}

func each(t *testing.T, test func(t *testing.T, name dialect.Name)) {
	for _, name := range dialect.All() {
		t.Run(string(name), func(t *testing.T) { test(t, name) })
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestCertificates(t *testing.T) {
	for _, names := range []dialect.Invented{dialect.DefaultInvented(), other()} {
		each(t, func(t *testing.T, name dialect.Name) {
			r := start(t, name, func(c *simulate.Config) { c.Invented = names })
			c := r.in(t)
			equal(t, "empty list", c.list(handset.Trusted), []string{})
			want := []string{}
			for i := range 10 {
				root := testca.ECRoot(t, fmt.Sprintf("Example Root %d", i))
				equal(t, "upload", c.upload(handset.Trusted, fmt.Sprintf("root%d.pem", i), root.PEM()), string(device.Success))
				want = append(want, root.Subject.CommonName)
			}
			equal(t, "list of ten", c.list(handset.Trusted), want)
			eleventh := testca.ECRoot(t, "Example Root 10")
			equal(t, "eleventh", c.upload(handset.Trusted, "root10.pem", eleventh.PEM()), string(device.Full))
			c.remove(handset.Trusted)
			equal(t, "list after delete", c.list(handset.Trusted), want[1:])
			equal(t, "eleventh after delete", c.upload(handset.Trusted, "root10.pem", eleventh.PEM()), string(device.Success))

			own := testca.Root(t, "Example CA").Issue(t, "phone.example.com")
			equal(t, "server without key", c.upload(handset.Server, "own.pem", own.PEM()), string(device.InvalidFile))
			equal(t, "server", c.upload(handset.Server, "own.pem", append(own.PEM(), own.KeyPEM(t)...)), string(device.Success))
			equal(t, "server list", c.list(handset.Server), []string{"phone.example.com"})
			c.remove(handset.Server)
			equal(t, "server list after delete", c.list(handset.Server), []string{})
		})
	}
}

func TestRefusedFiles(t *testing.T) {
	root := testca.ECRoot(t, "Example Root")
	tests := []struct {
		what, name string
		content    []byte
		want       device.Answer
	}{
		{"wrong ending", "root.txt", root.PEM(), device.InvalidName},
		{"no certificate", "root.pem", []byte("hello"), device.InvalidFile},
		{"cut short", "root.pem", root.PEM()[:200], device.InvalidFile},
		{"too large", "root.pem", append(root.PEM(), make([]byte, 6<<20)...), device.TooLarge},
		{"above every cap", "root.pem", make([]byte, 9<<20), device.TooLarge},
		{"DER", "root.der", root.Raw, device.Success},
	}
	each(t, func(t *testing.T, name dialect.Name) {
		c := start(t, name, nil).in(t)
		for _, test := range tests {
			// Two dialects differ from their elders in the login alone,
			// and megabytes take seconds under the race detector.
			if len(test.content) > 1<<20 && (name == dialect.Session || name == dialect.ListenerRSA) {
				continue
			}
			equal(t, test.what, c.upload(handset.Trusted, test.name, test.content), string(test.want))
		}
	})
}

func TestLock(t *testing.T) {
	each(t, func(t *testing.T, name dialect.Name) {
		r := start(t, name, nil)
		locked := "lock"
		if name == dialect.Basic {
			locked = "none"
		}
		for _, want := range []string{"none", "none", locked, locked} {
			equal(t, "wrong password", r.client(t).login("secret"), want)
		}
		r.clock.forward(2 * time.Minute)
		equal(t, "right one while locked", r.client(t).login("admin"), locked)
		r.clock.forward(2 * time.Minute)
		equal(t, "a try starts the lock anew", r.client(t).login("admin"), locked)
		r.clock.forward(3 * time.Minute)
		equal(t, "after the lock", r.client(t).login("admin"), "done")
	})
}

func TestOneSession(t *testing.T) {
	each(t, func(t *testing.T, name dialect.Name) {
		if name == dialect.Basic {
			return // HTTP Basic has no sessions
		}
		r := start(t, name, nil)
		first := r.in(t)
		equal(t, "second visitor", r.client(t).login("admin"), "busy")
		first.logout()
		second := r.in(t)
		r.clock.forward(5 * time.Minute)
		r.in(t)
		if second.list(handset.Trusted); name != dialect.API && second.token != "" {
			t.Error("an idle session goes on")
		}
	})
}

func TestDoors(t *testing.T) {
	writes := map[dialect.Name]string{
		dialect.Plain: "/servlet?p=trusted-cert&q=write", dialect.Session: "/servlet?p=trusted-cert&q=write",
		dialect.Listener: "/servlet?m=mod_data&p=trusted-cert&q=write", dialect.ListenerRSA: "/servlet?m=mod_data&p=trusted-cert&q=write",
		dialect.API: "/api/inner/writeconfig?p=SecurityTrustedCert",
	}
	logins := map[dialect.Name]string{dialect.Plain: `name="formInput"`, dialect.Session: "rsa.js?2.73", dialect.Listener: "g_rsa_n", dialect.ListenerRSA: "g_rsa_n", dialect.API: "auth_err_not_login"}
	each(t, func(t *testing.T, name dialect.Name) {
		r := start(t, name, nil)
		if name == dialect.Basic {
			answer := r.client(t).get("/")
			equal(t, "status", answer.status, 401)
			equal(t, "server", answer.header.Get("Server"), "mini_httpd/1.19 19dec2003")
			equal(t, "realm", answer.header.Get("WWW-Authenticate"), `Basic realm="Enterprise IP phone SIP-T28P"`)
			return
		}
		equal(t, "no cookie", r.client(t).post(writes[name], nil).status, 404)
		c := r.in(t)
		c.token = "1"
		equal(t, "wrong token", c.post(writes[name], map[string][]string{"token": {"1"}}).status, 403)
		if answer := c.post(writes[name], nil); answer.status != 403 || !strings.Contains(answer.body, "User Identity Forbidden") {
			t.Errorf("no token: %d %q", answer.status, answer.body)
		}
		c.logout()
		c.session = "gone"
		if answer := c.post(writes[name], nil); answer.status != 200 || !strings.Contains(answer.body, logins[name]) {
			t.Errorf("ended session: %d %q", answer.status, answer.body)
		}
		if first := r.client(t).get("/").body; name != dialect.API && !strings.Contains(first, `window.location ="/servlet?`) {
			t.Errorf("first page: %q", first)
		}
	})
}

func TestSettingsAndReboot(t *testing.T) {
	each(t, func(t *testing.T, name dialect.Name) {
		r := start(t, name, nil)
		c := r.in(t)
		c.set("0", "1", "2", "1")
		want := device.Settings{OnlyTrusted: 0, CNValidation: 1, CA: 2, DeviceCert: 1}
		equal(t, "settings", r.phone.State().Settings, want)
		equal(t, "in force", r.phone.State().InForce, device.Settings{OnlyTrusted: 1})
		equal(t, "reboot", c.reboot().status, 200)
		equal(t, "away", r.phone.Away(), true)
		if c.get("/").err == nil {
			t.Error("the phone answers while it reboots")
		}
		r.clock.forward(time.Minute)
		equal(t, "in force after it", r.phone.State().InForce, want)
		r.in(t)
	})
}

func TestFaults(t *testing.T) {
	root := testca.ECRoot(t, "Example Root")
	each(t, func(t *testing.T, name dialect.Name) {
		with := func(f simulate.Faults) *rig {
			return start(t, name, func(c *simulate.Config) { c.Faults = f })
		}
		r := with(simulate.Faults{DropAfterWrite: true})
		c := r.in(t)
		equal(t, "dropped answer", c.upload(handset.Trusted, "root.pem", root.PEM()), "")
		equal(t, "stored all the same", c.list(handset.Trusted), []string{"Example Root"})

		c = with(simulate.Faults{SuccessWithoutStoring: true}).in(t)
		equal(t, "lie", c.upload(handset.Trusted, "root.pem", root.PEM()), string(device.Success))
		equal(t, "nothing stored", c.list(handset.Trusted), []string{})

		equal(t, "http500", with(simulate.Faults{HTTP500: 1}).client(t).get("/").status, 500)
		if got := len(with(simulate.Faults{Huge: true}).client(t).get("/").body); got < 10<<20 {
			t.Errorf("huge page of %d bytes", got)
		}
		if name != dialect.Basic {
			equal(t, "busy", with(simulate.Faults{Busy: true}).client(t).login("admin"), "busy")
			c = with(simulate.Faults{ExpireSession: 3}).in(t)
			for range 3 {
				c.list(handset.Trusted)
			}
			equal(t, "expired", c.upload(handset.Trusted, "root.pem", root.PEM()) == string(device.Success), false)
		}
	})
}

func TestManyVisitors(t *testing.T) {
	each(t, func(t *testing.T, name dialect.Name) {
		r := start(t, name, nil)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				r.client(t).get("/")
				r.client(t).get("/servlet?m=mod_listener&p=login&q=loginForm")
				r.phone.State()
				r.phone.Away()
			})
		}
		all.Wait()
	})
}

func TestT3xSpeaksHTTPSOnly(t *testing.T) {
	r := start(t, dialect.ListenerRSA, nil)
	plain := httptest.NewServer(r.phone)
	t.Cleanup(plain.Close)
	c := &client{t: t, dialect: r.name, base: plain.URL, http: plain.Client()}
	if c.get("/").err == nil {
		t.Error("it answers by HTTP")
	}
}
