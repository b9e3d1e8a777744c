package listen

import "time"

// What a connection may cost, whatever is sent.
const (
	// DefaultConnections is how many connections may be open at once.
	DefaultConnections = 10_000
	// MaxRequests is how many requests of one connection are kept.
	MaxRequests = 100

	defaultHandshakeTime = 15 * time.Second
	defaultIdle          = 2 * time.Minute
	// maxLifetime is how long a connection may last.
	maxLifetime = 24 * time.Hour
	// maxHandshake is how many bytes a phone may send until its handshake is done:
	// as much as crypto/tls takes of a chain of certificates.
	maxHandshake = 256 << 10
	// maxMessage is how long a handshake message crypto/tls takes; only one of
	// certificates may have maxHandshake.
	maxMessage = 64 << 10
	// maxKept is how many bytes of a connection are decoded and, where that is
	// wanted, recorded. What is said beyond it is answered all the same.
	maxKept = 512 << 10
	// lingerTime and lingerBytes are how long, and how much, is read after the last
	// word, so that it arrives: who closes with bytes unread resets the connection.
	lingerTime  = time.Second
	lingerBytes = 64 << 10
	// closeTime is how long connections have for their last word once Close was
	// called.
	closeTime = time.Second
	// acceptPause is how long nobody is let in after the system refused to, for
	// instance for want of file descriptors.
	acceptPause = 50 * time.Millisecond
	// maxSurveyed is how many phones have a table, maxTries how often a chain is
	// shown to a phone of which it brought no word.
	maxSurveyed = 1024
	maxTries    = 3
	// callTime is how long a phone is served that is to call again, callPause the
	// same after its last answer where the Config does not say.
	callTime  = 10 * time.Second
	callPause = time.Second
)

// The names of the limits that are kept here; the rooms have their own.
const (
	limitConnections   = "connections"
	limitHandshakeTime = "handshake time"
	limitHandshake     = "handshake bytes"
	limitLifetime      = "lifetime"
)
