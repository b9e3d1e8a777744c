package dialect

import (
	"errors"
	"fmt"
	"time"
)

// The errors of pages that do not show what is needed.
var (
	ErrNoList   = errors.New("the page shows no list of certificates")
	ErrNoForm   = errors.New("the page does not show how this is sent")
	ErrNoImport = errors.New("these phones have no known way to import a configuration")
	// ErrLoggedOut: the phone shows its login form to somebody who was in.
	ErrLoggedOut = errors.New("the phone has ended the session")
	// ErrListChanged: the list is no longer the one from which a certificate was
	// chosen, so that another one might be deleted.
	ErrListChanged = errors.New("the list of certificates has changed since it was read")
)

// The errors of settings that the page does not offer.
var (
	ErrNoSetting = errors.New("the page does not show the setting")
	ErrNoChoice  = errors.New("the page offers no such choice for the setting")
)

// Outcome is why a login did not succeed.
type Outcome string

// The outcomes of a login that failed.
const (
	LoginRefused Outcome = "refused"
	Locked       Outcome = "locked"
	Busy         Outcome = "busy"
	// Strange: the phone answered something that is none of these.
	Strange Outcome = "strange"
)

// LoginError is a login that the phone did not accept.
type LoginError struct {
	Outcome Outcome
	// LockTime is how long the account stays locked, 0 when it is not said.
	LockTime time.Duration
	// Text is the phone's own sentence, "" if there was none.
	Text string
}

// Error says what the phone did.
func (e *LoginError) Error() string {
	switch e.Outcome {
	case LoginRefused:
		return "the phone refused the user name or the password"
	case Locked:
		return "the phone has locked the account for a while"
	case Busy:
		return "somebody else is logged in, and the phone allows one at a time"
	}
	return fmt.Sprintf("the phone's answer to the login was not understood: %q", e.Text)
}

// StatusError is an answer whose HTTP status says that the phone did not do
// what was asked.
type StatusError struct{ Status int }

// Error names the status.
func (e *StatusError) Error() string {
	return fmt.Sprintf("the phone answered with status %d", e.Status)
}

// UnknownError is a web page that is none of the dialects'. It holds what was
// seen, and nothing secret.
type UnknownError struct {
	Status        int
	Server, Title string
}

// Error says what came instead of a phone's page.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("this is not a phone's web page that phonecert knows: status %d, server %q, title %q", e.Status, e.Server, e.Title)
}
