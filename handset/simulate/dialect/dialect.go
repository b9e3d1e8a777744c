// Package dialect puts the web pages of one generation of phones before a
// simulated device: the six dialects of the fact sheet on the web interface.
// What that sheet knows is served as it says; what nobody has published stands
// in Invented, and every page that uses it says so.
package dialect

import (
	"fmt"
	"net/http"

	"github.com/phonecert/phonecert/handset/simulate/device"
)

// Name is a dialect.
type Name string

// The dialects, from the oldest to the newest.
const (
	Basic       Name = "basic"
	Plain       Name = "plain"
	Session     Name = "session"
	Listener    Name = "listener"
	ListenerRSA Name = "listener-rsa"
	API         Name = "api"
)

// All lists the dialects.
func All() []Name { return []Name{Basic, Plain, Session, Listener, ListenerRSA, API} }

// New returns the pages of a dialect. The handler is not safe for concurrent
// use, for the device is not. It reads forms whole: cap the body before.
// listener-rsa hangs up on requests that did not come by TLS.
func New(name Name, d *device.Device, w Invented) (http.Handler, error) {
	p := phone{Device: d, invented: w}
	switch name {
	case Basic:
		return &basic{phone: p}, nil
	case Plain:
		return &servlet{phone: p, login: plainLogin{}}, nil
	case Session:
		return &servlet{phone: p, login: sessionLogin{}}, nil
	case Listener:
		return &listener{phone: p}, nil
	case ListenerRSA:
		return &listener{phone: p, rsaOnly: true}, nil
	case API:
		return &api{phone: p}, nil
	}
	return nil, fmt.Errorf("no dialect is named %q; there are %v", name, All())
}

// onlyTrusted is the field of Only Accept Trusted Certificates, seen on a T20P.
const onlyTrusted = "HTTPSTrustCertificates"
