package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// Kind is what the network or the phone did.
type Kind string

// The kinds of errors.
const (
	// Unreachable: no connection; Refused: nothing listens there.
	Unreachable Kind = "unreachable"
	Refused     Kind = "refused"
	// Timeout: no answer in time. Dropped: the connection ended before the
	// answer was whole.
	Timeout Kind = "timeout"
	Dropped Kind = "dropped"
	// NotHTTP: what came is no HTTP. TLSFailed: no TLS handshake.
	NotHTTP   Kind = "not-http"
	TLSFailed Kind = "tls-failed"
	// Distrusted: the phone's certificate was not accepted.
	Distrusted Kind = "distrusted"
	// Elsewhere: the phone sends on to another host, from HTTPS to HTTP, or on
	// and on.
	Elsewhere Kind = "elsewhere"
	// TooLarge: the answer is beyond the caps.
	TooLarge Kind = "too-large"
	// Canceled: the caller wanted no more.
	Canceled Kind = "canceled"
)

// Error is what became of a request that got no answer.
type Error struct {
	Kind Kind
	// Sent says that the request, or a part of it, had been sent, so that what
	// it asks for may have been done.
	Sent bool
	// Detail is a part of a sentence; no secret stands in it.
	Detail string
	Err    error
}

// Error says kind and detail.
func (e *Error) Error() string { return string(e.Kind) + ": " + e.Detail }

// Unwrap gives the error beneath.
func (e *Error) Unwrap() error { return e.Err }

var (
	errNotHTTP  = errors.New("what came is not HTTP")
	errTooLarge = wire.ErrTooLarge
)

// timeIsUp is the error of a wait that ctx ended, nil where it did not.
func timeIsUp(ctx context.Context, err error, what string) *Error {
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &Error{Kind: Canceled, Detail: "the request was given up", Err: context.Canceled}
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return &Error{Kind: Timeout, Detail: what + " in time", Err: context.DeadlineExceeded}
	}
	return nil
}

// undialed says why there is no connection.
func undialed(ctx context.Context, address string, err error) *Error {
	if e := timeIsUp(ctx, err, "no connection to "+address); e != nil {
		return e
	}
	// Windows has a number of its own for it.
	if errors.Is(err, syscall.ECONNREFUSED) || strings.Contains(err.Error(), "refused") {
		return &Error{Kind: Refused, Detail: address + " takes no connection", Err: err}
	}
	var name *net.DNSError
	if errors.As(err, &name) {
		return &Error{Kind: Unreachable, Detail: fmt.Sprintf("the name %q has no address", name.Name), Err: err}
	}
	return &Error{Kind: Unreachable, Detail: "no way to " + address, Err: err}
}

// unsecured says why there is no TLS.
func unsecured(ctx context.Context, err error) *Error {
	if e := timeIsUp(ctx, err, "no TLS handshake"); e != nil {
		return e
	}
	detail := "the handshake failed"
	var e *client.Error
	if errors.As(err, &e) {
		detail = wire.Clean(e.Error())
	}
	return &Error{Kind: TLSFailed, Detail: detail, Err: err}
}

// unanswered says why an answer is not whole.
func unanswered(ctx context.Context, err error, received int64) *Error {
	if e := timeIsUp(ctx, err, "no whole answer"); e != nil {
		return e
	}
	switch {
	case errors.Is(err, errTooLarge):
		return &Error{Kind: TooLarge, Detail: "the answer is longer than what is read of a page", Err: err}
	case errors.Is(err, errNotHTTP):
		return &Error{Kind: NotHTTP, Detail: "what came is no answer of HTTP", Err: err}
	case received > 0:
		return &Error{Kind: Dropped, Detail: "it ended in the middle of the answer", Err: err}
	}
	return &Error{Kind: Dropped, Detail: "it ended before the answer", Err: err}
}
