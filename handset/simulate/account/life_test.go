package account_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset/simulate/account"
	pages "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/registrar"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/web"
)

// TestServerComesBack: the registrar goes away and another one comes in its
// place; the phone finds it by itself.
func TestServerComesBack(t *testing.T) {
	t.Parallel()
	authority, err := registrar.NewAuthority(rand.Reader, testca.Clock())
	if err != nil {
		t.Fatal(err)
	}
	o := options{registrar: registrar.Config{Authority: authority}}
	f := open(t, o)
	f.trusts(f.registrar.CA(), all())
	f.told(account.Registered)
	f.accounts.clear()
	f.move("")
	f.registrar.Close()
	f.told(account.Failed, "the connection")
	f.told(account.Failed, "nothing listens")
	f.accounts.clear()
	f.server.clear()
	f.serve(o)
	f.told(account.Registered)
	f.heard("the registration", registered)
}

// TestRefresh: the registration is refreshed on the same connection before its
// time is over.
func TestRefresh(t *testing.T) {
	t.Parallel()
	f := open(t, options{account: serve.Registration{Expires: 2}})
	f.trusts(f.registrar.CA(), all())
	first := f.heard("the registration", registered)
	f.server.wait(t, "a refresh", func(e registrar.Event) bool { return registered(e) && e.Time.After(first.Time) })
	events, _ := f.server.all()
	for _, e := range events {
		if registered(e) && e.Connection != first.Connection {
			t.Errorf("%+v", e)
		}
	}
}

// TestGoodbye: the registration is taken back at the end. The phone has three
// seconds for it, which a machine that is held up may take, but not every time.
func TestGoodbye(t *testing.T) {
	t.Parallel()
	removed := func(s account.Status) bool { return s.State == account.Removed }
	for range 5 {
		f := open(t, options{})
		f.trusts(f.registrar.CA(), all())
		f.heard("the registration", registered)
		f.told(account.Registered)
		f.fleet.Close()
		if f.accounts.count(removed) == 0 {
			continue
		}
		f.heard("the end", func(e registrar.Event) bool { return e.Method == "REGISTER" && e.Status == 200 && e.Contacts == 0 })
		if list := f.registrar.Bindings(); len(list) > 0 {
			t.Errorf("%+v", list)
		}
		return
	}
	t.Error("it never says goodbye")
}

// TestReboot: a phone that reboots vanishes without a word to its server, and
// registers when it is back.
func TestReboot(t *testing.T) {
	t.Parallel()
	f := open(t, options{})
	f.trusts(f.registrar.CA(), all())
	f.told(account.Registered)
	f.restart(f.in())
	f.told(account.Registered)
	f.heard("the registration", registered)
	if n := f.server.count(func(e registrar.Event) bool { return e.Method == "REGISTER" && e.Contacts == 0 }); n > 0 {
		t.Error("it said goodbye")
	}
}

// TestStatusPage: what the account is like stands on the phone's status page,
// with the lock where the handset has one.
func TestStatusPage(t *testing.T) {
	for _, name := range pages.All() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			f := open(t, options{dialect: name})
			f.told(account.Refused)
			d, browser := f.visit()
			if text := f.status(browser, name); !strings.Contains(text, "sips:1001@127.0.0.1") || !strings.Contains(text, "not registered: the phone does not know who issued") || !strings.Contains(text, "it sent unknown_ca") || locked(text) {
				t.Error(text)
			}
			_ = d.Logout(t.Context())
			f.trusts(f.registrar.CA(), all())
			f.told(account.Registered)
			_, browser = f.visit()
			if text := f.status(browser, name); !strings.Contains(text, "registered over TLS 1.0") || !strings.Contains(text, "LCD screen") || !locked(text) {
				t.Error(text)
			}
		})
	}
}

func locked(text string) bool {
	return strings.Contains(text, `<svg class="lock"`) || strings.Contains(text, `"wui.account.lock":"LCD screen"`)
}

// status is the phone's status page.
func (f *office) status(c *web.Client, name pages.Name) string {
	f.t.Helper()
	refs := map[pages.Name]string{
		pages.Basic: "/cgi-bin/ConfigManApp.com?Id=1", pages.Plain: "/servlet?p=status&q=load", pages.Session: "/servlet?p=status&q=load",
		pages.Listener: "/servlet?m=mod_data&p=status&q=load", pages.ListenerRSA: "/servlet?m=mod_data&p=status&q=load",
	}
	request := web.Request{Method: http.MethodGet, Ref: refs[name]}
	if name == pages.API {
		request = web.Request{Method: http.MethodPost, Ref: "/api/common/info?p=Login", Kind: "application/json", Body: []byte(`{"idlist":["wui"]}`)}
	}
	a, err := c.Send(f.t.Context(), request)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(a.Body)
}

// TestFleet: many phones register, each as its own user, a few at a time, and
// all of them say goodbye.
func TestFleet(t *testing.T) {
	t.Parallel()
	const count = 40 // more than connect at the same time
	f := open(t, options{fleet: serve.Config{Count: count}, account: serve.Registration{Expires: 600, Retry: time.Second}})
	seen := map[string]bool{}
	for _, p := range f.fleet.Phones() {
		f.phone = p
		d := f.in()
		f.set(d, off())
		f.reboot(d)
	}
	for i := range count {
		user := fmt.Sprintf("sips:%d@127.0.0.1", 1001+i)
		f.accounts.wait(t, user, func(s account.Status) bool { return s.State == account.Registered && s.Account == user })
		seen[user] = true
	}
	if n := len(f.registrar.Bindings()); n != count || len(seen) != count {
		t.Errorf("%d bindings", n)
	}
	f.fleet.Close()
	// A phone has three seconds to say goodbye, which a machine that is held up
	// may take from some of them.
	removed := f.accounts.count(func(s account.Status) bool { return s.State == account.Removed })
	if n := len(f.registrar.Bindings()); removed < count/2 || n > count-removed {
		t.Errorf("%d phones said goodbye, %d bindings are left", removed, n)
	}
}
