// Package web is a conversation with one phone over HTTP or HTTPS: one request
// at a time, with caps on what is read and a time limit on every wait. It speaks
// the TLS of 2010 and today's, never leaves the phone's own host, keeps the
// cookies itself, and hides every secret in the trace.
package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// What is read of an answer, in bytes.
const (
	// MaxBody is the longest answer that is read.
	MaxBody = 4 << 20
	// MaxBrowserBody is the longest request and answer of RoundTrip.
	MaxBrowserBody = 16 << 20
	// maxHead holds the status line and the fields, also those of the
	// provisional answers before.
	maxHead = 64 << 10
)

// defaultTimeout is for phones that compute an RSA key for seconds.
const defaultTimeout = 30 * time.Second

// maxRedirects is how many times Get is sent on.
const maxRedirects = 5

// Config is what a conversation is led with.
type Config struct {
	// Dial opens a connection, as net.Dialer does, which stands in for nil.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Now tells the time, Random is a source of secret randomness; nil stands
	// for the system's.
	Now    func() time.Time
	Random io.Reader
	// Timeout is for one request with its answer; 0 stands for 30 seconds.
	Timeout time.Duration
	// Accept judges the certificates (DER, the phone's own first) of an HTTPS
	// phone after each handshake and before a request is sent; address is host
	// and port. Its error ends the connection and comes back inside an *Error
	// of kind Distrusted, as for every HTTPS phone when Accept is nil.
	Accept func(address string, chain [][]byte) error
	// Trace receives the conversation with every secret replaced; nil for none.
	// Each request is written with its answer when the next one is made, or by
	// Close: what stands in an answer can still be named a secret until then.
	Trace *Trace
}

// Request is one request to the phone.
type Request struct {
	// Method is GET when empty.
	Method string
	// Ref is path and query, or a URL on the phone's own host.
	Ref    string
	Header http.Header
	// Body is sent as it is, with its Kind as Content-Type.
	Body []byte
	Kind string
	// Changes says that the request changes the phone: it is sent at most once,
	// on a connection of its own, whatever its method. A GET or HEAD without it
	// is sent once more when a kept connection turns out to have ended.
	Changes bool
}

// Answer is the phone's answer. Redirects are not followed.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	// URL is what was asked, in the end. Its query may hold a secret.
	URL *url.URL
}
