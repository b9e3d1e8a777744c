package account

import (
	"fmt"
	"time"

	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/inspect/finding"
)

// State is how an account stands.
type State string

// The states.
const (
	// Starting: the phone has not tried yet.
	Starting State = "starting"
	// Registered: the server has taken the registration, over TLS.
	Registered State = "registered"
	// Refused: the phone does not accept the server.
	Refused State = "refused"
	// Failed: anything else that keeps it from being registered.
	Failed State = "failed"
	// Rebooting: the phone is away.
	Rebooting State = "rebooting"
	// Removed: the registration was taken back at the end.
	Removed State = "removed"
)

// Status is how an account stands, and why. Its JSON fields are part of the
// tool's contract. No password is in it.
type Status struct {
	// Time is when it came to be so, by the phone's clock.
	Time  time.Time `json:"time"`
	State State     `json:"event"`
	// Account is whom the phone registers, "sips:1001@example.com", Server the
	// address that it reached or tried last.
	Account string `json:"account"`
	Server  string `json:"server,omitempty"`
	// Version and CipherSuite are what was agreed on: "TLS 1.0", IANA's name.
	Version     string `json:"version,omitempty"`
	CipherSuite string `json:"cipher_suite,omitempty"`
	// Certificate is what the phone showed to a server that asked: "built-in",
	// "uploaded" or "none"; "" where it was not asked.
	Certificate string `json:"client_certificate,omitempty"`
	// Lock is the screen on which the registered phone shows its lock icon; "" when
	// no source tells of one.
	Lock string `json:"lock_icon,omitempty"`
	// Expires is for how many seconds the phone is registered.
	Expires int `json:"expires,omitempty"`
	// Alert is the alert that the phone sent, by its name in RFC 5246.
	Alert string `json:"alert,omitempty"`
	// Cause says why it is not registered, and what mends it.
	Cause *finding.Finding `json:"cause,omitempty"`
	// Supposed says what the phone's judgement of the server hangs on where that
	// is not certain; "" where it is.
	Supposed string `json:"supposed,omitempty"`
	// Text is all of it in words.
	Text string `json:"text"`
}

// same reports whether a Status says nothing new.
func (s Status) same(o Status) bool {
	return s.State == o.State && s.Text == o.Text && s.Server == o.Server && s.Certificate == o.Certificate
}

// tell notes a Status and hands it on, unless it says nothing new.
func (a *Account) tell(s Status) {
	s.Time, s.Account = a.Clock(), a.address()
	a.mu.Lock()
	same := s.same(a.status)
	if !same {
		a.status = s
	}
	a.mu.Unlock()
	a.Phone.Register(device.Registration{Account: s.Account, Lock: s.Lock, Text: s.Text})
	if !same {
		a.Told(s)
	}
}

// because puts a cause into a Status of a phone that is not registered.
func (s Status) because(f finding.Finding) Status {
	s.Cause, s.Text = &f, "not registered: "+f.Message
	if s.Alert != "" {
		s.Text += fmt.Sprintf("; it sent %s", s.Alert)
	}
	return s
}
