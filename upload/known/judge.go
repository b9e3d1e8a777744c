package known

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/trust"
)

// Trust is why a phone's certificate was accepted.
type Trust string

// The reasons, the best first.
const (
	// Pinned: its fingerprint was given.
	Pinned Trust = "pinned"
	// Verified: a CA that was given has issued it.
	Verified Trust = "verified"
	// Known: it stands in the file.
	Known Trust = "known"
	// FirstUse: nothing was known of the phone; it stands in the file now, if
	// that was wanted.
	FirstUse Trust = "first-use"
	// Insecure: nobody wanted to know.
	Insecure Trust = "insecure"
)

// Judge decides on the certificates of phones. The zero value accepts every
// phone on first use and remembers none.
type Judge struct {
	// Pins are fingerprints of which the certificate must have one; nothing
	// else counts then.
	Pins []Fingerprint
	// Roots are CAs that vouch for phones. Only the chain is verified, not the
	// name: in a phone's certificate stands its MAC address, or nothing that
	// tells phones apart, never the address by which it is reached. A root that
	// issues for more than these phones vouches for too much.
	Roots []*certificate.Certificate
	// Insecure accepts what would otherwise be refused.
	Insecure bool
	// Store is the file of known phones; nil for none.
	Store *Store
	// Remember adds a phone of which nothing is known to the file.
	Remember bool
	// Now tells the time for the validity of chains; nil for time.Now.
	Now func() time.Time
}

// ChangedError is a phone that shows another certificate than before: somebody
// has put a new one on it, or it is not the phone.
type ChangedError struct {
	// Address is host and port.
	Address string
	Was, Is Fingerprint
	// File and Line are where the old one stands. Line is 0 for one that was
	// added since the file was read.
	File string
	Line int
}

// Error tells both fingerprints, shortened.
func (e *ChangedError) Error() string {
	return fmt.Sprintf("the certificate of %s has changed from %s to %s", e.Address, e.Was.Short(), e.Is.Short())
}

// PinError is a certificate that is not among those that were given.
type PinError struct {
	Address string
	Is      Fingerprint
}

// Error tells the fingerprint in full, for it to be compared and given.
func (e *PinError) Error() string {
	return fmt.Sprintf("the certificate of %s has another fingerprint than the one given: %s", e.Address, e.Is)
}

// UnverifiedError is a certificate for which none of the given CAs vouches.
type UnverifiedError struct {
	Address string
	Is      Fingerprint
	// Reason is one sentence.
	Reason string
}

// Error says why.
func (e *UnverifiedError) Error() string {
	return fmt.Sprintf("none of the given CAs vouches for the certificate of %s: %s", e.Address, e.Reason)
}

var errNoCertificate = errors.New("the phone shows no certificate")

// Accept judges the chain (DER, the phone's own certificate first) that was
// shown at an address, host and port. A refusal is a *PinError, an
// *UnverifiedError or a *ChangedError; another error means that the file could
// not be read or written.
func (j Judge) Accept(address string, chain [][]byte) (Trust, error) {
	t, err := j.accept(address, chain)
	if err != nil && j.Insecure {
		return Insecure, nil
	}
	return t, err
}

func (j Judge) accept(address string, chain [][]byte) (Trust, error) {
	if len(chain) == 0 {
		return "", errNoCertificate
	}
	is := Of(chain[0])
	if len(j.Pins) > 0 {
		if slices.Contains(j.Pins, is) {
			return Pinned, nil
		}
		return "", &PinError{address, is}
	}
	var reason string
	if len(j.Roots) > 0 {
		if reason = j.verify(chain); reason == "" {
			return Verified, nil
		}
	}
	return j.seen(address, is, reason)
}

// seen compares with the file. unverified is why no CA vouches, "" when none
// was asked: a phone that should have one is not taken on first use.
func (j Judge) seen(address string, is Fingerprint, unverified string) (Trust, error) {
	var before []Entry
	if j.Store != nil {
		var err error
		before, err = j.Store.firstUse(address, is, j.Remember && unverified == "" && !j.Insecure)
		if err != nil {
			return "", err
		}
	}
	switch {
	case slices.ContainsFunc(before, func(e Entry) bool { return e.Fingerprint == is }):
		return Known, nil
	case unverified != "":
		return "", &UnverifiedError{address, is, unverified}
	case len(before) > 0:
		last := before[len(before)-1]
		return "", &ChangedError{address, last.Fingerprint, is, j.Store.path, last.Line}
	case j.Insecure:
		return Insecure, nil
	}
	return FirstUse, nil
}

// verify returns why the chain does not verify, "" when it does. It asks as the
// most lenient library of the phones would: their makers' CAs signed with SHA-1.
func (j Judge) verify(chain [][]byte) (reason string) {
	var sent []*certificate.Certificate
	for _, der := range chain {
		c, err := certificate.Parse(der)
		if err != nil {
			return "what it shows is no certificate"
		}
		sent = append(sent, c)
	}
	now := time.Now
	if j.Now != nil {
		now = j.Now
	}
	verdict := trust.Judge(trust.Question{
		Sent: sent, Builtin: trust.Anchors{Listed: true}, Custom: j.Roots,
		Settings: trust.Settings{OnlyTrusted: "on", CA: "custom", CNValidation: "off"},
		Clock:    now(), Library: handset.OpenSSL11, SecurityLevel: trust.NoSecurityLevel,
	})
	if verdict.Trusted != nil && *verdict.Trusted {
		return ""
	}
	return verdict.Reason
}
