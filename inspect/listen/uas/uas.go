// Package uas is a SIP user agent server (RFC 3261, section 8.2) over one
// connection: it reads requests with caps and answers them, REGISTER with a
// location service and a digest where passwords are known, and the rest of what
// phones send so that they stay calm. It has no calls, and forgets its bindings
// when it is gone.
package uas

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// DefaultIdle is how long a client may say nothing where the Config does not say.
const DefaultIdle = 2 * time.Minute

// fallbackRealm is the realm of a server that has no domain.
const fallbackRealm = "phonecert"

// Config says how requests are answered. The zero Config answers for every
// domain, takes every REGISTER, and is polite to all else that phones send.
type Config struct {
	// Answer is the status for every REGISTER, in place of the registrar's own
	// answer: 200 takes each without a password, 401 and 407 challenge for ever,
	// others from 300 to 699 refuse. 0 leaves it to the registrar.
	Answer int
	// Users are the passwords by the name for authentication, which need not be
	// the one that is registered. Without any, every REGISTER is taken and nobody
	// is asked for a password.
	Users map[string]string
	// Realm is that of the digest; "" is Domain, or "phonecert" without one.
	Realm string
	// Algorithms are those of the digest, the wanted one first: MD5 when nil, for
	// there are clients that give up on a registrar that asks for SHA-256 too.
	Algorithms []string
	// Domain is what the server calls itself in its remarks.
	Domain string
	// Local reports whether a host, in lower case, is one that the server answers
	// for; nil answers for every one. It must be safe for concurrent use.
	Local func(host string) bool
	// RegistrarOnly takes REGISTER and OPTIONS alone, and answers 405 to others.
	RegistrarOnly bool
	// Idle is how long a client without a registration may say nothing, and one
	// with a registration beyond its time; 0 is DefaultIdle.
	Idle time.Duration
	// Clock is that of bindings and nonces; nil is time.Now.
	Clock func() time.Time
	// Random makes tags, branches and nonces; nil is the system's.
	Random io.Reader
}

// Server answers on any number of connections, which share its bindings. It is
// safe for concurrent use.
type Server struct {
	config   Config
	gate     *gate
	location location
}

// Exchange is a request and its answer. Texts of the client's are fit to be
// shown; no password and no answer to a challenge is among them.
type Exchange struct {
	// Method is that of the request, User whom it is about, AuthUser the name in
	// the answer to a challenge where there is one.
	Method, User, AuthUser string
	// UserAgent is the client's name for itself.
	UserAgent string
	// Status and Reason are those of the answer.
	Status int
	Reason string
	// Contacts is how many bindings the user has after a REGISTER that was taken,
	// Expires the longest time of those that it asked for, in seconds.
	Contacts, Expires int
	// Text is all of it in one sentence.
	Text string
}

// New makes a server. The error says what is wrong with the Config, or is that of
// its Random.
func New(c Config) (*Server, error) {
	c = c.filled()
	if err := c.validate(); err != nil {
		return nil, err
	}
	gate, err := newGate(c)
	if err != nil {
		return nil, err
	}
	return &Server{config: c, gate: gate}, nil
}

func (c Config) filled() Config {
	c.Realm = cmp.Or(c.Realm, c.Domain, fallbackRealm)
	if c.Algorithms == nil {
		c.Algorithms = []string{MD5}
	}
	c.Idle = cmp.Or(c.Idle, DefaultIdle)
	c.Users = maps.Clone(c.Users)
	if c.Local == nil {
		c.Local = func(string) bool { return true }
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	return c
}

func (c Config) validate() error {
	switch {
	case strings.ContainsFunc(c.Realm, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }):
		return fmt.Errorf("the realm %q cannot stand in a challenge", c.Realm)
	case slices.ContainsFunc(c.Algorithms, func(a string) bool { return a != MD5 && a != SHA256 }):
		return fmt.Errorf("the digest knows %s and %s, not %q", MD5, SHA256, c.Algorithms)
	case c.Answer != 0 && c.Answer != 200 && (c.Answer < 300 || c.Answer > 699):
		return fmt.Errorf("a REGISTER is answered with 200 or with 300 to 699, not with %d", c.Answer)
	}
	return nil
}

// Bindings are those in force, by user.
func (s *Server) Bindings() []Binding { return s.location.all(s.config.Clock()) }
