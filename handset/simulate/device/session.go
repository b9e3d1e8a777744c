package device

import (
	"crypto/subtle"
	"fmt"
	"slices"
	"time"
)

// Outcome is what a try to log in led to.
type Outcome string

// The outcomes. Locked is also the answer to the right password.
const (
	Accepted Outcome = "accepted"
	Refused  Outcome = "refused"
	Locked   Outcome = "locked"
	Busy     Outcome = "busy"
)

// maxPending caps the ids handed out to visitors who have not logged in.
const maxPending = 64

// Session is the one person who is logged in.
type Session struct {
	// ID is the value of the cookie JSESSIONID.
	ID string
	// Token is the decimal that every write has to carry.
	Token string
	used  time.Time
	// left counts the requests until a fault ends the session; below 0 it
	// never does.
	left int
}

// Visit hands out a session id before any login.
func (d *Device) Visit() string {
	id := fmt.Sprintf("%016x%016x", d.random.Uint64(), d.random.Uint64())
	if len(d.pending) == maxPending {
		d.pending = d.pending[1:]
	}
	d.pending = append(d.pending, id)
	return id
}

// Visitor reports whether the phone handed out the id and still knows it.
func (d *Device) Visitor(id string) bool { return slices.Contains(d.pending, id) }

// Check judges a name and a password, counts and locks, and opens no session.
func (d *Device) Check(user, password string) Outcome {
	now := d.Now()
	if now.Before(d.state.LockedUntil) {
		d.state.LockedUntil = now.Add(d.config.Policy.LockTime)
		d.revision++
		return Locked
	}
	right := subtle.ConstantTimeCompare([]byte(user), []byte(d.state.User)) & subtle.ConstantTimeCompare([]byte(password), []byte(d.state.Password))
	if right == 1 {
		if d.state.Wrong > 0 {
			d.state.Wrong = 0
			d.revision++
		}
		return Accepted
	}
	d.state.Wrong++
	d.revision++
	if d.state.Wrong >= d.config.Policy.WrongPasswords {
		d.state.Wrong = 0
		d.state.LockedUntil = now.Add(d.config.Policy.LockTime)
		return Locked
	}
	return Refused
}

// Login tries to open the one session under an id of Visit's. While somebody
// else is in, the answer is Busy whatever the password (invented), and nothing
// is counted.
func (d *Device) Login(id, user, password string) Outcome {
	locked := d.Now().Before(d.state.LockedUntil)
	if !locked && (d.busy || d.session != nil && d.session.ID != id && !d.idle()) {
		return Busy
	}
	outcome := d.Check(user, password)
	if outcome == Accepted {
		d.pending = slices.DeleteFunc(d.pending, func(p string) bool { return p == id })
		d.session = &Session{ID: id, Token: fmt.Sprint(1_000_000_000 + d.random.Uint64N(9_000_000_000)), used: d.Now(), left: -1}
	}
	return outcome
}

// LockTime is how much longer the account is locked.
func (d *Device) LockTime() time.Duration { return max(0, d.state.LockedUntil.Sub(d.Now())) }

// Session returns the session that an id names, nil when it has ended.
func (d *Device) Session(id string) *Session {
	s := d.session
	if s == nil || s.ID != id || id == "" {
		return nil
	}
	if d.idle() || s.left == 0 {
		d.session = nil
		return nil
	}
	s.used = d.Now()
	s.left = max(s.left-1, min(s.left, 0))
	return s
}

// ExpireAfter ends the present session after so many more requests of its own.
func (d *Device) ExpireAfter(requests int) {
	if d.session != nil && d.session.left < 0 {
		d.session.left = requests
	}
}

// Logout ends the session that an id names.
func (d *Device) Logout(id string) {
	if d.session != nil && d.session.ID == id {
		d.session = nil
	}
}

func (d *Device) idle() bool { return d.Now().Sub(d.session.used) >= d.config.Policy.IdleTime }
