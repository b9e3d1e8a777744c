// Package simulate is a handset made of a profile, to rehearse on: an
// http.Handler that serves the web interface of one dialect, with the phone's
// session, lock, certificates, settings and reboot, and with faults on demand.
package simulate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
)

// maxBody is the largest request that is read, in bytes: more than the 5 MB that
// the pages take, so that a file slightly above them gets the phone's own answer.
const maxBody = 8 << 20

// hugeBytes is the length of the pages under the fault huge.
const hugeBytes = 10 << 20

// Config is what a phone is made with.
type Config struct {
	// Device says what lies behind the pages. Its Seed decides the faults too.
	Device device.Config
	// Dialect is the web interface.
	Dialect dialect.Name
	// Invented are the names that no source tells; the zero value stands for
	// dialect.DefaultInvented.
	Invented dialect.Invented
	Faults   Faults
	// Wait sleeps for the fault slow; nil waits by the real clock.
	Wait func(context.Context, time.Duration) error
	// Changed is told after each request that changed the State, before the
	// answer goes out; nil tells nobody.
	Changed func()
}

// Phone is a simulated handset. It is safe for concurrent use and does one
// thing at a time.
type Phone struct {
	faults  Faults
	wait    func(context.Context, time.Duration) error
	changed func()

	mu     sync.Mutex
	device *device.Device
	pages  http.Handler
	random *rand.Rand
}

// New makes a phone in a state; device.Factory gives that of an unused one.
// The error says that there is no such dialect, or what is missing.
func New(c Config, s device.State) (*Phone, error) {
	if c.Device.Profile == nil || c.Device.Clock == nil {
		return nil, errors.New("a simulated phone needs a profile and a clock")
	}
	if c.Invented == (dialect.Invented{}) {
		c.Invented = dialect.DefaultInvented()
	}
	if c.Wait == nil {
		c.Wait = wait
	}
	if c.Changed == nil {
		c.Changed = func() {}
	}
	d := device.New(c.Device, s)
	d.Lie(c.Faults.SuccessWithoutStoring)
	d.Occupy(c.Faults.Busy)
	d.Call(c.Faults.InCall)
	pages, err := dialect.New(c.Dialect, d, c.Invented)
	if err != nil {
		return nil, err
	}
	return &Phone{
		faults: c.Faults, wait: c.Wait, changed: c.Changed, device: d, pages: pages,
		random: rand.New(rand.NewPCG(c.Device.Seed, 1)),
	}, nil
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// State is a copy of all that outlives the process. It holds the web password.
func (p *Phone) State() device.State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.device.State()
}

// Presented is the uploaded certificate that a browser is shown since the last
// boot; nil while it is the built-in one.
func (p *Phone) Presented() *device.Certificate {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.device.Presented()
}

// Register has the pages show how the phone's account stands.
func (p *Phone) Register(r device.Registration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.device.Register(r)
}

// Away reports whether the phone is rebooting; it then hangs up on everybody.
func (p *Phone) Away() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.device.Away()
}

// ServeHTTP answers as the phone does. It hangs up, by panicking with
// http.ErrAbortHandler, while the phone reboots and where a fault says so.
func (p *Phone) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.faults.Hang {
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
	if p.faults.Slow > 0 && p.wait(r.Context(), p.faults.Slow) != nil {
		panic(http.ErrAbortHandler)
	}
	buffer(w, r)
	a := p.answer(r)
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	// An error here means that the visitor has gone away.
	_, _ = w.Write(a.body.Bytes())
	if p.faults.Huge {
		_, _ = w.Write(bytes.Repeat([]byte("<!-- -->"), hugeBytes/8))
	}
}

// answer holds the phone to one request at a time.
func (p *Phone) answer(r *http.Request) *page {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.device.Away() {
		panic(http.ErrAbortHandler)
	}
	a := &page{header: http.Header{}, status: http.StatusOK}
	if p.faults.HTTP500 > 0 && p.random.Float64() < p.faults.HTTP500 {
		http.Error(a, "Internal Server Error", http.StatusInternalServerError)
		return a
	}
	before, revision := p.device.Writes(), p.device.Revision()
	p.pages.ServeHTTP(a, r)
	if p.device.Revision() != revision {
		p.changed()
	}
	if p.faults.ExpireSession > 0 {
		p.device.ExpireAfter(p.faults.ExpireSession)
	}
	if p.faults.DropAfterWrite && p.device.Writes() != before {
		panic(http.ErrAbortHandler)
	}
	return a
}

// buffer reads the body before the phone turns to the request, so that one
// visitor who sends slowly does not hold up the others.
func buffer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var rest io.Reader = bytes.NewReader(body)
	if err != nil {
		rest = io.MultiReader(rest, broken{fmt.Errorf("reading the request: %w", err)})
	}
	r.Body = io.NopCloser(rest)
}

// broken repeats at its end the error of a body.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// page is an answer that has not been sent yet.
type page struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (p *page) Header() http.Header            { return p.header }
func (p *page) WriteHeader(status int)         { p.status = status }
func (p *page) Write(text []byte) (int, error) { return p.body.Write(text) }
