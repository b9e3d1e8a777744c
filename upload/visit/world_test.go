package visit_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"net"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	simdialect "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/known"
	"github.com/phonecert/phonecert/upload/visit"
	"github.com/phonecert/phonecert/upload/web"
)

// profileOf is the handset that a simulated phone of a dialect is.
func profileOf(name simdialect.Name) (id, model string) {
	switch name {
	case simdialect.Basic, simdialect.Plain, simdialect.Session:
		return "yealink-t28p", "SIP-T28P"
	case simdialect.API:
		return "yealink-t5x-v86", "SIP-T54W"
	case simdialect.ListenerRSA:
		// No profile speaks of a T3x; the files are those of a T4x.
		return "yealink-t4x-v8x", "SIP-T38G"
	}
	return "yealink-t4x-v8x", "SIP-T46S"
}

// loginKey is one for all simulated phones: making one takes long.
var loginKey = sync.OnceValue(func() *device.Config {
	return &device.Config{Key: device.NewKey(1)}
})

// world is one simulated phone and somebody who visits it.
type world struct {
	t     testing.TB
	phone *simulate.Phone
	url   string
	order *visit.Order
}

// set up a phone; change may alter it before.
func start(t testing.TB, name simdialect.Name, role handset.Role, change func(*simulate.Config, *device.State)) *world {
	t.Helper()
	id, model := profileOf(name)
	profile, err := handset.Load(id)
	if err != nil {
		t.Fatal(err)
	}
	c := simulate.Config{Dialect: name, Device: device.Config{
		Profile: profile, Clock: testca.Clock, Seed: 7, Key: loginKey().Key, Fetch: fetch(t),
		Policy: device.Policy{RebootTime: time.Nanosecond},
	}}
	s := device.Factory(profile, model, "1.2.3.4", "00:00:5e:00:53:01")
	if change != nil {
		change(&c, &s)
	}
	p, err := simulate.New(c, s)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(p)
	if name == simdialect.ListenerRSA {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return &world{t: t, phone: p, url: server.URL, order: order(t, role)}
}

// order is what all visits have in common.
func order(t testing.TB, role handset.Role) *visit.Order {
	o := &visit.Order{
		Config: upload.Config{
			Web:   web.Config{Dial: (&net.Dialer{}).DialContext, Now: testca.Clock, Random: rand.Reader, Timeout: time.Minute},
			Judge: known.Judge{Store: known.Open(filepath.Join(t.TempDir(), "known_phones")), Remember: true, Now: testca.Clock},
			Pause: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		},
		Role: role, Reboot: visit.RebootNever, Listen: net.Listen, Via: upload.Form,
		Profile: func(_ context.Context, id string) (*handset.Profile, error) { return handset.Load(id) },
		Desk: func(p *handset.Profile, name string) (*phone.Phone, error) {
			return &phone.Phone{Profile: p, Name: name, Clock: testca.Clock()}, nil
		},
	}
	for _, id := range handset.Shipped() {
		p, err := handset.Load(id)
		if err != nil {
			t.Fatal(err)
		}
		o.Profiles = append(o.Profiles, p)
	}
	return o
}

// fetch gets what an imported configuration names.
func fetch(t testing.TB) func(string) ([]byte, error) {
	return func(url string) ([]byte, error) { return get(t.Context(), url) }
}

// root makes the file of a CA.
func root(t testing.TB, name string) *visit.Item {
	pem := testca.Root(t, name).PEM()
	return visit.NewItem(inspect.Read(name+".pem", pem, inspect.Options{}), name+".pem", handset.Trusted)
}

// own makes the file of a phone's own certificate with its key.
func own(t testing.TB, name string) *visit.Item {
	c := testca.Root(t, "Example CA").Issue(t, name)
	pem := bytes.Join([][]byte{c.PEM(), c.KeyPEM(t)}, nil)
	return visit.NewItem(inspect.Read(name+".pem", pem, inspect.Options{}), name+".pem", handset.Server)
}

// visit does the order once.
func (w *world) visit(files ...*visit.Item) upload.Result {
	w.t.Helper()
	w.order.Files = files
	return w.order.Visit(w.t.Context(), w.target())
}

func (w *world) target() visit.Target {
	return visit.Target{Address: w.url, User: "admin", Password: func(context.Context) (string, bool) { return "admin", true }}
}

// want checks result and cause.
func (w *world) want(r upload.Result, outcome upload.Outcome, cause string) {
	w.t.Helper()
	if r.Result != outcome || r.Cause != cause {
		w.t.Errorf("%s, cause %q at %s, want %s, cause %q", r.Result, r.Cause, r.Stage, outcome, cause)
		for _, f := range r.Findings {
			w.t.Logf("%s: %s", f.Code, f.Message)
		}
	}
}
