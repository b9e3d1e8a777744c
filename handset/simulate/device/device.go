// Package device is a simulated handset behind its web pages: its certificates,
// its trust settings, its one web session, its lock and its clock. It speaks no
// HTTP and does no I/O; a dialect puts pages before it.
//
// What the fact sheets do not know is invented here and marked "invented".
// A Device is not safe for concurrent use, as a phone does one thing at a time.
package device

import (
	"crypto/rsa"
	"math/rand/v2"
	"time"

	"github.com/phonecert/phonecert/handset"
)

// Config is what a device is made with.
type Config struct {
	// Profile says which files the phone takes. Facts that it does not know
	// are filled as in limits.
	Profile *handset.Profile
	// Clock tells the time; required.
	Clock func() time.Time
	// Seed decides session ids, tokens and the login key.
	Seed uint64
	// Key is the login key; nil makes one of 1024 bits out of the seed when
	// it is first needed. Many phones may share one.
	Key *rsa.PrivateKey
	// Fetch gets a URL that an imported configuration names; nil refuses.
	Fetch func(url string) ([]byte, error)
	// Policy is how strict the phone is; zero fields get DefaultPolicy's.
	Policy Policy
}

// Policy holds the numbers that no source tells.
type Policy struct {
	// WrongPasswords is how many lock the account.
	WrongPasswords int
	// LockTime is how long it stays locked; a try during it starts it anew.
	LockTime time.Duration
	// IdleTime ends a session that nobody uses.
	IdleTime time.Duration
	// RebootTime is how long the phone is away.
	RebootTime time.Duration
}

// DefaultPolicy is invented: "a few" wrong passwords lock "for minutes".
func DefaultPolicy() Policy {
	return Policy{WrongPasswords: 3, LockTime: 3 * time.Minute, IdleTime: 5 * time.Minute, RebootTime: 60 * time.Second}
}

// Device is one phone.
type Device struct {
	config  Config
	state   State
	random  *rand.Rand
	key     *rsa.PrivateKey
	pending []string
	session *Session
	// writes counts the changes that pages make, revision the other ones.
	writes, revision int
	// lying, set by a fault, makes every upload report success without
	// storing anything.
	lying bool
	// busy, set by a fault, answers every login as if somebody were logged in.
	busy bool
	// talking is set while the phone is in a call.
	talking      bool
	registration Registration
}

// New makes a phone in the given state; for an unused one pass Factory's.
func New(c Config, s State) *Device {
	d := DefaultPolicy()
	if c.Policy.WrongPasswords == 0 {
		c.Policy.WrongPasswords = d.WrongPasswords
	}
	if c.Policy.LockTime == 0 {
		c.Policy.LockTime = d.LockTime
	}
	if c.Policy.IdleTime == 0 {
		c.Policy.IdleTime = d.IdleTime
	}
	if c.Policy.RebootTime == 0 {
		c.Policy.RebootTime = d.RebootTime
	}
	s = s.clone()
	// A state that was written under another clock or policy must not keep the
	// phone away for years.
	s.BackAt = earlier(s.BackAt, c.Clock().Add(c.Policy.RebootTime))
	s.LockedUntil = earlier(s.LockedUntil, c.Clock().Add(c.Policy.LockTime))
	return &Device{config: c, state: s, random: newRandom(c.Seed, "sessions"), key: c.Key}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// State is a copy of all that outlives the process.
func (d *Device) State() State { return d.state.clone() }

// Writes counts the changes so far; two equal numbers mean that nothing was
// changed between them.
func (d *Device) Writes() int { return d.writes }

// Revision counts all changes of the state, wrong passwords included; two equal
// numbers mean that State is still the same.
func (d *Device) Revision() int { return d.writes + d.revision }

// Lie makes uploads succeed in words alone.
func (d *Device) Lie(on bool) { d.lying = on }

// Occupy makes every login meet another user.
func (d *Device) Occupy(on bool) { d.busy = on }

// Now is the phone's clock.
func (d *Device) Now() time.Time { return d.config.Clock() }

// Away reports whether the phone is rebooting.
func (d *Device) Away() bool { return d.Now().Before(d.state.BackAt) }

// Reboot takes the phone away for a while. Sessions end; the settings that were
// written come into force, and so does the certificate that they select.
func (d *Device) Reboot() {
	d.writes++
	d.state.BackAt = d.Now().Add(d.config.Policy.RebootTime)
	d.state.InForce = d.state.Settings
	d.state.Presented = nil
	if d.state.InForce.DeviceCert == custom {
		d.state.Presented = d.state.Server.clone()
	}
	d.session, d.pending = nil, nil
}

// Presented is the uploaded certificate that a browser is shown; nil while it is
// the built-in one.
func (d *Device) Presented() *Certificate { return d.state.Presented.clone() }

// Call puts the phone into a call or ends it; Talking tells.
func (d *Device) Call(on bool) { d.talking = on }

// Talking reports whether the phone is in a call.
func (d *Device) Talking() bool { return d.talking }
