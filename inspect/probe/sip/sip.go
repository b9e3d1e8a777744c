// Package sip asks a SIP server over a connection that stands: OPTIONS, or a
// registration that is taken back again (RFC 3261).
package sip

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"net"
	"time"

	"github.com/phonecert/phonecert/inspect/diagnosis"
)

const (
	// defaultExpires is for how many seconds is registered when nothing else is
	// said: should the registration stay, it is gone soon.
	defaultExpires = 60
	// grace is how long taking a registration back may take once the time is up.
	grace = 2 * time.Second
)

// The words for what gave no answer, beside those of package wire.
const (
	notSIP        = "not SIP"
	notUnderstood = "challenge not understood"
)

// Request says who asks whom.
type Request struct {
	// Scheme is "sips", or "sip" for the address "sip:…;transport=tls"; "" is
	// "sips".
	Scheme string
	// User is the user of the address, "phonecert" when "".
	User string
	// Host is the domain, or the server where there is none. Port stands in the
	// request's address unless it is 0.
	Host string
	Port uint16
	// Expires is for how many seconds is registered; 0 is 60.
	Expires int
	// UserAgent is what the client calls itself; "" is "phonecert".
	UserAgent string
	// Random makes identifiers and nonces; nil is the system's.
	Random io.Reader
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Credentials are what a challenge is answered with.
type Credentials struct {
	// Username is the Request's user when "".
	Username string
	// Password: no answer and no error holds it. Without one a challenge is not
	// answered.
	Password string
}

// String hides the password.
func (c Credentials) String() string { return "credentials of " + c.Username }

// GoString hides the password.
func (c Credentials) GoString() string { return c.String() }

// Options asks the server what it can do. Any status is an answer.
func Options(ctx context.Context, conn net.Conn, r Request) diagnosis.SIP {
	s := newSession(conn, r)
	start := s.Now()
	m, err := s.do(ctx, "OPTIONS", "Accept: application/sdp")
	result := diagnosis.SIP{Method: "OPTIONS", Duration: s.Now().Sub(start)}
	if err != nil {
		result.Error = ending(ctx, err)
		return result
	}
	m.describe(&result)
	if list := m.challenges(); len(list) > 0 {
		result.Challenged = true
		result.Realm, result.Algorithm = list[0].describe()
	}
	return result
}

func (r Request) filled() Request {
	r.Scheme = cmp.Or(r.Scheme, "sips")
	r.User = cmp.Or(r.User, "phonecert")
	r.Expires = cmp.Or(r.Expires, defaultExpires)
	r.UserAgent = cmp.Or(r.UserAgent, "phonecert")
	if r.Random == nil {
		r.Random = rand.Reader
	}
	if r.Now == nil {
		r.Now = time.Now
	}
	return r
}
