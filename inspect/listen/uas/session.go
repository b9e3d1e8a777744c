package uas

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/phonecert/phonecert/inspect/listen/limit"
)

// How long a client may take for one message, and to take one in.
const (
	messageTime = 30 * time.Second
	writeTime   = 10 * time.Second
)

// bufferSize is what every connection holds on to while it is idle, in bytes.
const bufferSize = 1 << 10

// Limited is the error of a connection that a cap has ended. Its Limit is "idle
// time", "message time", "write time", "message size" or "malformed requests".
type Limited = limit.Error

// session is one client.
type session struct {
	*Server
	conn *limit.Conn
	// registered is the longest time of a binding that came this way.
	registered time.Duration
	// faults counts the malformed requests in a row.
	faults int
}

// Serve answers the requests of one connection, whose deadlines it sets and which
// it leaves open, until the connection fails or ctx is done. told takes each
// exchange once its answer was sent, one at a time; nil takes none.
//
// It always returns why it ended: io.EOF for a client that hung up between two
// messages, io.ErrUnexpectedEOF within one; the error of ctx; ErrNotSIP; a
// *Limited; or the connection's own error.
func (s *Server) Serve(ctx context.Context, conn net.Conn, told func(Exchange)) error {
	if told == nil {
		told = func(Exchange) {}
	}
	bound, release := limit.Bind(ctx, conn)
	defer release()
	c := &session{Server: s, conn: bound}
	in := bufio.NewReaderSize(conn, bufferSize)
	for {
		q, err := c.next(in)
		if err == nil {
			err = c.reply(q, c.answer(q), told)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrTooLarge):
			return &Limited{Limit: "message size", Err: err}
		case err != nil:
			return err
		}
	}
}

// next reads a request, with a deadline for the wait and one for the message.
func (c *session) next(in *bufio.Reader) (*request, error) {
	if err := c.wait(); err != nil {
		return nil, err
	}
	if err := skipKeepAlives(in, c.pong); err != nil {
		return nil, limit.Timed("idle time", err)
	}
	if err := c.conn.Within(messageTime); err != nil {
		return nil, err
	}
	q, err := readRequest(in)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return q, limit.Timed("message time", err)
}

// wait begins the time that a client may say nothing. The deadline is for writes
// too, for crypto/tls may answer a message of its own.
func (c *session) wait() error {
	return c.conn.Within(c.config.Idle + c.registered)
}

// pong answers a keep-alive (RFC 5626, section 4.4.1).
func (c *session) pong() error {
	if err := c.write("\r\n"); err != nil {
		return err
	}
	return c.wait()
}

func (c *session) write(text string) error {
	if err := c.conn.WriteWithin(writeTime); err != nil {
		return err
	}
	_, err := io.WriteString(c.conn, text)
	return limit.Timed("write time", err)
}
