// Package limit puts an end to every wait on a connection, and says which cap it
// was that ended it.
package limit

import (
	"context"
	"errors"
	"net"
	"time"
)

// Error is that of a connection that a cap has ended.
type Error struct {
	// Limit names the cap: "idle time".
	Limit string
	// Err is what is wrong.
	Err error
}

// Error is what is wrong.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap is what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// Conn is a connection on which no wait outlasts a context. The deadlines of the
// connection within are its own.
type Conn struct {
	net.Conn
	ctx context.Context
}

// Bind binds a connection to a context, until release is called. A connection
// whose context has ended keeps a deadline that is past.
func Bind(ctx context.Context, conn net.Conn) (c *Conn, release func() bool) {
	return &Conn{conn, ctx}, context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
}

// Within gives reads and writes the time d from now. The error is that of the
// context or of the connection.
func (c *Conn) Within(d time.Duration) error { return c.within(c.Conn.SetDeadline, d) }

// WriteWithin gives writes the time d from now. The error is that of the context
// or of the connection.
func (c *Conn) WriteWithin(d time.Duration) error { return c.within(c.Conn.SetWriteDeadline, d) }

// within sets a deadline. The end of the context sets one that is past, which
// this one may have replaced: so the context is looked at after it.
func (c *Conn) within(set func(time.Time) error, d time.Duration) error {
	if err := set(time.Now().Add(d)); err != nil {
		return err
	}
	return c.ctx.Err()
}

// Timed is an Error of a cap where err is that of a deadline, and err otherwise.
func Timed(limit string, err error) error {
	var capped *Error
	var timeout net.Error
	if err == nil || errors.As(err, &capped) || !errors.As(err, &timeout) || !timeout.Timeout() {
		return err
	}
	return &Error{limit, err}
}
