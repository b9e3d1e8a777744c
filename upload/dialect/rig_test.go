package dialect_test

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
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
	"github.com/phonecert/phonecert/upload/web"
)

// other are names unlike those that the simulated handset invents by default.
func other() pages.Invented {
	return pages.Invented{
		TrustedFile: "caFile", ServerFile: "ownFile", TrustedType: "cafile", ServerType: "ownfile",
		Upload: "put", Delete: "drop", Place: "which", CA: "caChoice", CNValidation: "nameCheck", DeviceCert: "devChoice",
		BasicTrusted: "31", BasicServer: "42", BasicUpgrade: "43",
	}
}

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

// loginKey is made once: making one takes longer than a test.
var loginKey = sync.OnceValue(func() *rsa.PrivateKey { return device.NewKey(7) })

// rig is a simulated phone on loopback.
type rig struct {
	name  dialect.Name
	phone *simulate.Phone
	clock *clock
	base  *url.URL
	// front stands before the phone when a test puts it there.
	front func(w http.ResponseWriter, r *http.Request, phone http.Handler)
	mu    sync.Mutex
	asked []string
}

func start(t *testing.T, name dialect.Name, change func(*simulate.Config)) *rig {
	t.Helper()
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{name: name, clock: &clock{now: testca.Clock()}}
	c := simulate.Config{Dialect: pages.Name(name), Device: device.Config{Profile: profile, Clock: r.clock.Now, Seed: 7, Key: loginKey()}}
	if change != nil {
		change(&c)
	}
	r.phone, err = simulate.New(c, device.Factory(profile, "SIP-T28P", "2.73.0.50", "00005e005301"))
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

func (r *rig) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	r.asked = append(r.asked, q.Method+" "+q.URL.RequestURI())
	r.mu.Unlock()
	if r.front != nil {
		r.front(w, q, r.phone)
		return
	}
	r.phone.ServeHTTP(w, q)
}

// requests counts those whose line has a text.
func (r *rig) requests(text string) int {
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

func (r *rig) web(t *testing.T, trace io.Writer) *web.Client {
	config := web.Config{Now: r.clock.Now, Random: rand.Reader, Accept: func(string, [][]byte) error { return nil }}
	if trace != nil {
		config.Trace = web.NewTrace(trace)
	}
	c := web.New(r.base, config)
	t.Cleanup(c.Close)
	return c
}

// visit finds the dialect of the phone.
func (r *rig) visit(t *testing.T) dialect.Dialect {
	t.Helper()
	d, _, err := dialect.Detect(t.Context(), r.web(t, nil), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "dialect", d.Name(), r.name)
	return d
}

func (r *rig) in(t *testing.T) dialect.Dialect {
	t.Helper()
	d := r.visit(t)
	if err := d.Login(t.Context(), "admin", "admin"); err != nil {
		t.Fatalf("login: %v", err)
	}
	return d
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func wants(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// list is the first column of a list.
func list(t *testing.T, d dialect.Dialect, role handset.Role) string {
	t.Helper()
	l, err := d.Certificates(t.Context(), role)
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	names := []string{}
	for _, c := range l.Certificates {
		names = append(names, c.IssuedTo)
	}
	return strings.Join(names, ", ")
}

func upload(t *testing.T, d dialect.Dialect, role handset.Role, name string, content []byte) dialect.Answer {
	t.Helper()
	plan, err := d.Plan(t.Context(), role)
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	answer, err := d.Upload(t.Context(), plan, dialect.File{Name: name, Content: content})
	if err != nil {
		t.Fatalf("upload: %v", err)
	}
	return answer
}

// remove deletes the first certificate of a list.
func remove(t *testing.T, d dialect.Dialect, role handset.Role) {
	t.Helper()
	l, err := d.Certificates(t.Context(), role)
	if err != nil || len(l.Certificates) == 0 {
		t.Fatalf("nothing to delete: %v", err)
	}
	answer, err := d.Delete(t.Context(), role, l.Certificates[0])
	if err != nil || answer.Class != dialect.Silent && answer.Class != dialect.Success {
		t.Fatalf("delete: %v, %v", answer, err)
	}
}
