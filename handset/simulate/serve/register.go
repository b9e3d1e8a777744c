package serve

import (
	"context"
	"crypto"
	"crypto/tls"
	"fmt"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/handset/simulate/account"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/probe/sip"
)

// maxConnecting is how many phones of a fleet connect to their server at the same
// time; the others wait for their turn.
const maxConnecting = 32

// Registration has the phones register at a SIP server.
type Registration struct {
	// Target is where a phone registers and as whom, of sips:user@host: the
	// phone is given by its number, from 0, and its MAC address.
	Target func(number int, a mac.Address) diagnosis.Target
	// Credentials answer the server's challenge; with no Username each phone's
	// user is taken.
	Credentials sip.Credentials
	// Builtin are the trusted certificates inside the phones of a profile.
	Builtin func(*handset.Profile) phone.Builtin
	Network account.Network
	// Retry is how long after a failure a phone tries again; 0 is
	// account.DefaultRetry. Expires is for how many seconds it registers; 0 is
	// account.DefaultExpires.
	Retry   time.Duration
	Expires int
	// Told takes what happens to the accounts, from several goroutines at once;
	// nil takes nothing.
	Told func(*Served, account.Status)
}

// register gives every phone its account.
func (f *Fleet) register() {
	r := f.config.Register
	if r == nil {
		return
	}
	places := make(chan struct{}, maxConnecting)
	for i, s := range f.phones {
		c := account.Config{
			Phone: s.Phone, Profile: s.kind.Profile, Builtin: r.Builtin(s.kind.Profile),
			Device: func() (*client.Certificate, error) { return f.shownToServers(s) },
			Target: r.Target(i, s.MAC), Credentials: r.Credentials, Network: r.Network,
			Clock: f.config.Clock, Retry: r.Retry, Expires: r.Expires, Places: places,
		}
		if r.Told != nil {
			c.Told = func(status account.Status) { r.Told(s, status) }
		}
		s.account.Store(account.New(c))
	}
}

// shownToServers is the phone's built-in certificate for a server that asks.
func (f *Fleet) shownToServers(s *Served) (*client.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pair, err := f.builtIn(s)
	if err != nil {
		return nil, err
	}
	return certificateOf(pair)
}

func certificateOf(pair *tls.Certificate) (*client.Certificate, error) {
	signer, ok := pair.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a key of type %T cannot sign", pair.PrivateKey)
	}
	return &client.Certificate{Chain: pair.Certificate, Signer: signer}, nil
}

// changed is told after each request that changed a phone.
func (s *Served) changed() {
	if a := s.account.Load(); a != nil {
		a.Changed()
	}
}

// Account is how the phone's account stands; false where it has none.
func (s *Served) Account() (account.Status, bool) {
	a := s.account.Load()
	if a == nil {
		return account.Status{}, false
	}
	return a.Status(), true
}

// call has the phones register until ctx is done.
func (f *Fleet) call(ctx context.Context) {
	for _, s := range f.phones {
		if a := s.account.Load(); a != nil {
			f.serving.Go(func() { a.Run(ctx) })
		}
	}
}
