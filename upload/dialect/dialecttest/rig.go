// Package dialecttest is a simulated phone, and one of pages alone, for the tests
// of all dialects.
package dialecttest

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	pages "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/detect"
	"github.com/phonecert/phonecert/upload/web"
)

// Other are names unlike those that the simulated handset invents by default.
func Other() pages.Invented {
	return pages.Invented{
		TrustedFile: "caFile", ServerFile: "ownFile", TrustedType: "cafile", ServerType: "ownfile",
		Upload: "put", Delete: "drop", Place: "which", CA: "caChoice", CNValidation: "nameCheck", DeviceCert: "devChoice",
		BasicTrusted: "31", BasicServer: "42", BasicUpgrade: "43",
	}
}

// Clock is set by hand.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the time to which it is set.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Forward sets it on.
func (c *Clock) Forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// loginKey is made once: making one takes longer than a test.
var loginKey = sync.OnceValue(func() *rsa.PrivateKey { return device.NewKey(7) })

// Rig is a simulated phone on loopback.
type Rig struct {
	Name  dialect.Name
	Phone *simulate.Phone
	Clock *Clock
	base  *url.URL
	// Front stands before the phone when a test puts it there.
	Front func(w http.ResponseWriter, r *http.Request, phone http.Handler)
	mu    sync.Mutex
	asked []string
}

// Start starts a phone of a dialect; change may change what it is made of.
func Start(t *testing.T, name dialect.Name, change func(*simulate.Config)) *Rig {
	t.Helper()
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	r := &Rig{Name: name, Clock: &Clock{now: testca.Clock()}}
	c := simulate.Config{Dialect: pages.Name(name), Device: device.Config{Profile: profile, Clock: r.Clock.Now, Seed: 7, Key: loginKey()}}
	if change != nil {
		change(&c)
	}
	r.Phone, err = simulate.New(c, device.Factory(profile, "SIP-T28P", "2.73.0.50", "00005e005301"))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(r)
	s.Config.ErrorLog = nil
	if name == dialect.ListenerRSA {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	r.base, err = url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ServeHTTP answers as the phone, or as Front.
func (r *Rig) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	r.asked = append(r.asked, q.Method+" "+q.URL.RequestURI())
	r.mu.Unlock()
	if r.Front != nil {
		r.Front(w, q, r.Phone)
		return
	}
	r.Phone.ServeHTTP(w, q)
}

// Requests counts the requests whose line has a text.
func (r *Rig) Requests(text string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, line := range r.asked {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// Web begins a conversation with the phone, traced unless trace is nil.
func (r *Rig) Web(t *testing.T, trace io.Writer) *web.Client {
	config := web.Config{Now: r.Clock.Now, Random: rand.Reader, Accept: func(string, [][]byte) error { return nil }}
	if trace != nil {
		config.Trace = web.NewTrace(trace, func(err error) { t.Error(err) })
	}
	c := web.New(r.base, config)
	t.Cleanup(c.Close)
	return c
}

// Visit finds the dialect of the phone.
func (r *Rig) Visit(t *testing.T) dialect.Dialect {
	t.Helper()
	d, _, err := detect.Detect(t.Context(), r.Web(t, nil), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	Equal(t, "dialect", d.Name(), r.Name)
	return d
}

// In is Visit, and logs in.
func (r *Rig) In(t *testing.T) dialect.Dialect {
	t.Helper()
	d := r.Visit(t)
	if err := d.Login(t.Context(), "admin", "admin"); err != nil {
		t.Fatalf("login: %v", err)
	}
	return d
}

// Each runs a test against all dialects, with the names by default and others.
func Each(t *testing.T, test func(t *testing.T, name dialect.Name, with func(simulate.Faults) *Rig)) {
	for _, name := range dialect.Names() {
		for i, names := range []pages.Invented{pages.DefaultInvented(), Other()} {
			t.Run(fmt.Sprintf("%s/%d", name, i), func(t *testing.T) {
				test(t, name, func(f simulate.Faults) *Rig {
					return Start(t, name, func(c *simulate.Config) { c.Invented, c.Faults = names, f })
				})
			})
		}
	}
}
