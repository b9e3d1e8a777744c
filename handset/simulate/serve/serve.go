// Package serve puts simulated phones on loopback: one or ten thousand in one
// process, with their certificates, their state in a file, and a list of them
// for whoever pushes to them.
package serve

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
)

// MaxPhones is the most that one fleet holds.
const MaxPhones = 100_000

// How long a visitor may take. A request holds at most 8 MB.
const (
	headerTime = 30 * time.Second
	readTime   = 2 * time.Minute
	idleTime   = 2 * time.Minute
)

// Config says which phones there are and what they are like.
type Config struct {
	// Kinds are the kinds of phones, in turn: phone i is of Kinds[i%len(Kinds)].
	Kinds []Kind
	// Count is how many phones there are; 0 is one.
	Count int
	// Listen is a loopback address with a port; "" is "127.0.0.1:0". With port 0
	// each phone gets a free port, otherwise ports count up from it.
	Listen string
	// Addresses gives each phone an address of its own instead, 127.0.0.2 and
	// on, and all the same port. Not every system has these addresses.
	Addresses bool
	// HTTP and HTTPS say what the phones speak; neither is HTTP. A phone of
	// the dialect listener-rsa speaks HTTPS alone whatever is asked for.
	HTTP, HTTPS bool
	// DeviceCert is the shape of the built-in certificate; "" is Unique.
	DeviceCert DeviceCert
	Faults     simulate.Faults
	// FaultShare is the share of the phones, from 0 to 1, that have the
	// faults, chosen by the seed; 0 stands for all of them.
	FaultShare float64
	// Seed decides keys, session ids, tokens, certificates and faults.
	Seed uint64
	// Invented are the names that no source tells; the zero value stands for
	// dialect.DefaultInvented.
	Invented dialect.Invented
	// Policy is how strict the phones are; zero fields get the default.
	Policy device.Policy
	// User and Password are the login; "" is what the state file says, and
	// admin in a new phone.
	User, Password string
	// StateFile keeps the phones beyond the end of the process; "" keeps
	// nothing. It holds passwords and private keys and is for the owner alone.
	StateFile string
	// Register has the phones register at a SIP server; nil leaves them alone.
	Register *Registration
	// Clock tells the time; nil is time.Now.
	Clock func() time.Time
	// Wait sleeps for the fault slow; nil waits by the real clock.
	Wait func(context.Context, time.Duration) error
	// Log takes the servers' troubles, a line each; nil drops them. Observe is
	// told of each request before the phone is. Both may be called at any time
	// by several goroutines.
	Log     func(text string)
	Observe func(*Served, *http.Request)
}

// Fleet is a number of phones that are being served.
type Fleet struct {
	config   Config
	phones   []*Served
	server   *http.Server
	requests atomic.Int64
	issuer   func() *issuer
	keeper   *keeper
	cancel   context.CancelFunc
	serving  sync.WaitGroup
	close    func() error
}

// Start serves phones until ctx is done or Close is called. Errors are
// *LimitError, *StateError, and those of listening.
func Start(ctx context.Context, c Config) (*Fleet, error) {
	c, err := c.filled()
	if err != nil {
		return nil, err
	}
	if err := c.fits(openFiles()); err != nil {
		return nil, err
	}
	f := &Fleet{config: c}
	f.close = sync.OnceValue(f.end)
	f.issuer = sync.OnceValue(func() *issuer { return newIssuer(c.Seed) })
	ctx, f.cancel = context.WithCancel(ctx)
	f.keeper, err = newKeeper(ctx, c.StateFile)
	if err == nil {
		err = f.make(ctx)
	}
	if err == nil {
		err = f.open(ctx)
	}
	if err == nil {
		err = f.keeper.start(f.states, c.Log)
	}
	if err != nil {
		f.cancel()
		f.shut()
		return nil, err
	}
	f.register()
	f.serve()
	f.call(ctx)
	context.AfterFunc(ctx, func() { _ = f.Close() })
	return f, nil
}

// filled puts the defaults in and tells what cannot be.
func (c Config) filled() (Config, error) {
	if c.Count == 0 {
		c.Count = 1
	}
	if !c.HTTP && !c.HTTPS {
		c.HTTP = true
	}
	if c.DeviceCert == "" {
		c.DeviceCert = Unique
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = func(string) {}
	}
	if c.Observe == nil {
		c.Observe = func(*Served, *http.Request) {}
	}
	switch {
	case len(c.Kinds) == 0:
		return c, errors.New("a fleet needs a kind of phone")
	case c.Count < 0 || c.Count > MaxPhones:
		return c, errTooMany
	}
	return c, c.DeviceCert.check()
}

// Phones are the phones, in their order.
func (f *Fleet) Phones() []*Served { return f.phones }

// Requests counts the requests so far, those that got no answer too.
func (f *Fleet) Requests() int64 { return f.requests.Load() }

// Close hangs up on everybody and writes the state file a last time. The error
// is that of the file.
func (f *Fleet) Close() error { return f.close() }

func (f *Fleet) end() error {
	f.cancel()
	_ = f.server.Close() // its errors are those of connections that are gone
	f.serving.Wait()
	return f.keeper.end()
}

// serve begins to answer.
func (f *Fleet) serve() {
	f.server = f.newServer()
	for _, s := range f.phones {
		for _, e := range s.entrances {
			f.serving.Go(func() {
				// It ends with ErrServerClosed and nothing else: troubles
				// of accepting go to the log and are tried again.
				_ = f.server.Serve(e)
			})
		}
	}
}

// shut closes what was opened when there is nothing to serve.
func (f *Fleet) shut() {
	for _, s := range f.phones {
		for _, e := range s.entrances {
			_ = e.Close()
		}
	}
}
