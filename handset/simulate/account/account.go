// Package account is a simulated handset's client side: it dials its SIP server
// with the profile's own ClientHello, judges the server as the phone would, sends
// the alert that the phone would send, and registers.
//
// What no source tells of it is invented: when the phone tries again, for how
// long it registers, when it refreshes, and that a certificate counts as soon as
// it is uploaded. The trust settings count from the next boot on (the fact sheet
// on handsets, "Settings that decide trust").
package account

import (
	"cmp"
	"context"
	"io"
	"net"
	"sync"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/probe/sip"
)

// What is invented of an account.
const (
	// DefaultRetry is how long after a failure the phone tries again. Real phones
	// take longer; whoever rehearses does not want to wait.
	DefaultRetry = 5 * time.Second
	// DefaultExpires is for how many seconds the phone registers.
	DefaultExpires = 3600
)

// Phone is the phone around the account; a simulate.Phone is one.
type Phone interface {
	// State is a copy of what is on the phone.
	State() device.State
	// Register has the pages show how the account stands.
	Register(device.Registration)
}

// Network is how a phone reaches its server.
type Network struct {
	// Resolve finds the addresses of a target.
	Resolve func(context.Context, diagnosis.Target) diagnosis.Lookup
	// Dial opens a TCP connection, as net.Dialer does.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Random is a source of secret randomness.
	Random io.Reader
}

// Config is what an account is made with. All but the zero values that have a
// meaning is required.
type Config struct {
	Phone   Phone
	Profile *handset.Profile
	// Builtin are the trusted certificates inside the phone.
	Builtin phone.Builtin
	// Device gives the phone's own certificate from the factory.
	Device func() (*client.Certificate, error)
	// Target is the server with the user, as of sips:user@host.
	Target diagnosis.Target
	// Credentials answer the server's challenge; without a password it stays
	// unanswered.
	Credentials sip.Credentials
	Network     Network
	// Clock is the phone's: it decides whether certificates are valid, and when
	// a reboot is over.
	Clock func() time.Time
	// Retry is how long after a failure the phone tries again; 0 is DefaultRetry.
	Retry time.Duration
	// Expires is for how many seconds it registers; 0 is DefaultExpires.
	Expires int
	// Places bounds how many phones connect at the same time: each puts a value
	// in until its registration is answered. nil bounds nothing.
	Places chan struct{}
	// Told takes each Status that says something new, from the goroutine of Run;
	// nil takes none.
	Told func(Status)
}

// Account is one phone's registration at one server.
type Account struct {
	Config
	changed chan struct{}
	// booted is the State's BackAt of the boot that the phone lives in.
	booted time.Time

	mu     sync.Mutex
	status Status
}

// New makes an account that Run brings to life.
func New(c Config) *Account {
	c.Retry = cmp.Or(c.Retry, DefaultRetry)
	c.Expires = cmp.Or(c.Expires, DefaultExpires)
	if c.Told == nil {
		c.Told = func(Status) {}
	}
	a := &Account{Config: c, changed: make(chan struct{}, 1)}
	a.status = Status{State: Starting, Account: a.address(), Text: "not registered: the phone has not tried yet"}
	return a
}

// address is the account's, as people write it.
func (a *Account) address() string {
	return a.Target.Scheme + ":" + a.Target.User + "@" + a.Target.Host
}

// Changed says that something on the phone changed, a reboot perhaps. It never
// waits, and may be called at any time by anybody.
func (a *Account) Changed() {
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

// Status is how the account stands. It may be asked at any time by anybody.
func (a *Account) Status() Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.status
}
