// Package wire binds a question over an open connection to the time that it
// may take, and says in one word how a connection ended.
package wire

import (
	"context"
	"errors"
	"net"
	"syscall"
	"time"
)

// The words for a connection that gave no whole answer.
const (
	Timeout   = "timeout"
	Cancelled = "cancelled"
	Closed    = "closed"
	Reset     = "reset"
	// TooLarge: more came than anything has to say.
	TooLarge = "too large"
)

// ErrTooLarge is the error of a reader that has reached its cap.
var ErrTooLarge = errors.New("more came than is read")

// Bind makes what waits on conn return once ctx is done. The function that it
// returns ends that, so that the connection can be used on.
func Bind(ctx context.Context, conn net.Conn) (release func()) {
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(fired)
		conn.SetDeadline(time.Unix(1, 0))
	})
	return func() {
		if !stop() {
			<-fired
			conn.SetDeadline(time.Time{})
		}
	}
}

// Ending says how a connection ended on which a read or a write failed.
func Ending(ctx context.Context, err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, ErrTooLarge):
		return TooLarge
	case errors.Is(ctx.Err(), context.Canceled):
		return Cancelled
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return Reset
	}
	return Closed
}
