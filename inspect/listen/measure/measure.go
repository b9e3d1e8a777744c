// Package measure is what a survey finds out: for each variant of a chain what
// the phone did with it, what its profile says that it would do, and what follows
// for its settings. Nothing here does I/O.
package measure

import (
	"time"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/listen/chain"
)

// Answer is what a phone did with a chain.
type Answer string

// The answers.
const (
	// Accepted: the phone went on after the server's certificates.
	Accepted Answer = "accepted"
	// Refused: it ended the handshake because of them.
	Refused Answer = "refused"
	// Unreached: the handshake ended before the phone saw a certificate, for
	// instance because it offers no cipher suite for the key.
	Unreached Answer = "not reached"
	// Unclear: it ended for a reason that does not show.
	Unclear Answer = "unclear"
)

// Trial is one connection of a survey.
type Trial struct {
	Variant chain.Variant `json:"variant"`
	Answer  Answer        `json:"answer"`
	// Alert is the phone's alert as the RFCs spell it, "" without one.
	Alert string `json:"alert,omitempty"`
	// AlertNumber is its number where Alert is not "".
	AlertNumber iana.AlertDescription `json:"-"`
	// Detail says in words how it ended.
	Detail string    `json:"detail"`
	At     time.Time `json:"at"`
	// NoSuite says that it is Unreached because the phone offers no cipher suite
	// for the server's key.
	NoSuite bool `json:"no_suite,omitempty"`
	// Mute says that it is Unclear because the phone finished the handshake and
	// hung up without a word, as clients do that look at the name only then. In a
	// table it counts as a refusal where the same phone took the good chain.
	Mute bool `json:"mute,omitempty"`
	// Hash is the digest of the signature on the server's certificate, for
	// instance "SHA-256"; "" where the phone saw none.
	Hash string `json:"hash,omitempty"`
	// Caller is the maker and model that the client named, "" where it named none
	// that is known.
	Caller string `json:"caller,omitempty"`
	// Expected is what the profile's phone would do: true it accepts, false it
	// refuses, nil not known; nil without a profile.
	Expected *bool `json:"expected"`
}

// takes reports whether the phone took the chain, refuses whether it did not. Both
// are false where it does not show.
func (t Trial) takes() bool   { return t.Answer == Accepted }
func (t Trial) refuses() bool { return t.Answer == Refused || t.NoSuite }

// shows reports whether anything follows from the trial.
func (t Trial) shows() bool { return t.takes() || t.refuses() || t.Mute }

// Agrees says whether the phone did what its profile says; nil where either is
// not known.
func (t Trial) Agrees() *bool {
	if t.Expected == nil || !t.takes() && !t.refuses() {
		return nil
	}
	same := *t.Expected == t.takes()
	return &same
}
