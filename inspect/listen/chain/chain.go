// Package chain makes the certificates that a listening server shows: a private
// root to upload to the phone, and below it chains that are good, or wrong in one
// way each, to find out what a phone thinks of them. Nothing here does I/O but
// for the randomness of keys.
package chain

import (
	"crypto"
	"io"
	"time"
)

// Variant is what a chain is like.
type Variant string

// The variants. Each but Good is wrong, or demanding, in one way alone for a phone
// that holds the root.
const (
	// Good is what every phone that holds the root should take.
	Good Variant = "good"
	// SelfSigned is a server certificate that signed itself.
	SelfSigned Variant = "self-signed"
	// Expired and NotYetValid are out of their dates by the laptop's clock, by a
	// margin of a week.
	Expired     Variant = "expired"
	NotYetValid Variant = "not-yet-valid"
	// WrongName has another name, in common name and subjectAltName.
	WrongName Variant = "wrong-name"
	// NoIntermediate leaves the intermediate out.
	NoIntermediate Variant = "no-intermediate"
	// UnknownRoot ends in a root that nobody has.
	UnknownRoot Variant = "unknown-root"
	// ECKey has a server key on P-256, signed by the same RSA intermediate.
	ECKey Variant = "ec-key"
	// SHA512 has a server certificate that is signed with SHA-512.
	SHA512 Variant = "sha512"
	// CrossSignedExpired sends beside leaf and intermediate the root's cross-sign
	// by an older root, which has expired and is not sent (the fact sheet on
	// handsets, building of chains, number 1).
	CrossSignedExpired Variant = "cross-signed-expired"
)

// Variants lists all, in the order of a survey.
func Variants() []Variant {
	return []Variant{Good, SelfSigned, Expired, NotYetValid, WrongName, NoIntermediate, UnknownRoot, ECKey, SHA512, CrossSignedExpired}
}

// Config says what is made.
type Config struct {
	// Names are the host names and addresses of the server, the first is its
	// common name too.
	Names []string
	// SHA1 signs all with SHA-1 (but for SHA512), for the oldest phones.
	SHA1 bool
	// Now is the laptop's clock.
	Now time.Time
	// Random gives the serial numbers. The standard library takes the randomness
	// of keys from the system.
	Random io.Reader
}

// Chain is what a server shows, and its key.
type Chain struct {
	Variant Variant
	// DER is the chain as it is sent, the server's certificate first.
	DER [][]byte
	// Key is that of the server's certificate: RSA, on P-256 for ECKey.
	Key crypto.Signer
}
