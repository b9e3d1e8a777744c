package serve

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/account"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
)

// Served is a phone with its addresses.
type Served struct {
	// URL is where a client is to go, without a slash at its end: the HTTPS
	// address if there is one, else the HTTP one.
	URL string
	// HTTP and HTTPS are both addresses; "" where it is not served.
	HTTP, HTTPS string
	MAC         mac.Address
	// Handset is the id of its profile.
	Handset string
	Dialect dialect.Name
	// Faulty reports whether it is one of those that have the faults.
	Faulty bool
	Phone  *simulate.Phone

	kind      Kind
	requests  atomic.Int64
	entrances []entrance
	account   atomic.Pointer[account.Account]

	mu sync.Mutex
	// own is the built-in certificate, once it was asked for.
	own *tls.Certificate
	// shown is the uploaded certificate that HTTPS presents.
	shown presented
}

// Requests counts this phone's requests.
func (s *Served) Requests() int64 { return s.requests.Load() }

// make makes the phones, those that the state file knows as they were.
func (f *Fleet) make(ctx context.Context) error {
	var key *rsa.PrivateKey
	if f.config.sealsLogin() {
		key = device.NewKey(f.config.Seed) // making a thousand would take a minute
	}
	fetch := fetcher(ctx)
	f.phones = make([]*Served, 0, f.config.Count)
	for i := range f.config.Count {
		s, err := f.phone(i, key, fetch)
		if err != nil {
			return err
		}
		f.phones = append(f.phones, s)
	}
	return nil
}

// sealsLogin reports whether there is a dialect whose login takes an RSA key.
func (c Config) sealsLogin() bool {
	for _, k := range c.Kinds {
		if k.Dialect != dialect.Basic && k.Dialect != dialect.Plain {
			return true
		}
	}
	return false
}

func (f *Fleet) phone(i int, key *rsa.PrivateKey, fetch func(string) ([]byte, error)) (*Served, error) {
	c, kind := f.config, f.config.Kinds[i%len(f.config.Kinds)]
	// A stream of its own makes a phone independent of how many there are.
	random := rand.New(rand.NewPCG(c.Seed, uint64(i)))
	s := &Served{MAC: address(i), kind: kind, Handset: kind.Profile.ID, Dialect: kind.Dialect}
	of := simulate.Config{
		Dialect: kind.Dialect, Invented: c.Invented, Wait: c.Wait, Changed: func() { f.keeper.changed(); s.changed() },
		Device: device.Config{Profile: kind.Profile, Clock: c.Clock, Seed: random.Uint64(), Key: key, Policy: c.Policy, Fetch: fetch},
	}
	if s.Faulty = c.FaultShare == 0 || random.Float64() < c.FaultShare; s.Faulty {
		of.Faults = c.Faults
	}
	state, err := f.state(s)
	if err != nil {
		return nil, err
	}
	s.Phone, err = simulate.New(of, state)
	return s, err
}

// state is what the file says of the phone, or an unused one. Model and firmware
// are the caller's in any case: a phone may have got a new firmware.
func (f *Fleet) state(s *Served) (device.State, error) {
	state, known := f.keeper.take(s.MAC)
	if !known {
		state = device.Factory(s.kind.Profile, "", "", s.MAC.String())
	}
	state.Model, state.Firmware = s.kind.Model, s.kind.Firmware
	if f.config.User != "" {
		state.User = f.config.User
	}
	if f.config.Password != "" {
		state.Password = f.config.Password
	}
	return state, state.Check()
}

// DocumentationMACs is how many MAC addresses there are for documentation (RFC
// 7042, section 2.1.2).
const DocumentationMACs = 256

// address is the MAC address of a phone: of those for documentation as long as
// they last, then one that is administered locally, which no maker gives out.
func address(i int) mac.Address {
	if i < DocumentationMACs {
		return mac.Address(fmt.Sprintf("00005e0053%02x", i))
	}
	return mac.Address(fmt.Sprintf("020000%06x", i))
}
