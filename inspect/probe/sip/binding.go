package sip

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// messageTime is how long a message of the server's may take from its first byte.
const messageTime = 10 * time.Second

// Binding is a registration that stays, as a phone's does, until it is taken
// back (RFC 3261 section 10.2). It is for one goroutine.
type Binding struct {
	session *session
	who     Credentials
}

// NewBinding prepares the registration of a user over a connection, and sends
// nothing.
func NewBinding(conn net.Conn, r Request, who Credentials) *Binding {
	s := newSession(conn, r)
	who.Username = cmp.Or(who.Username, s.User)
	return &Binding{s, who}
}

// Register registers, or refreshes what was registered: any status is an answer.
func (b *Binding) Register(ctx context.Context) diagnosis.SIP {
	return b.session.ask(ctx, b.who)
}

// Remove takes the registration back and reports whether the server agreed.
func (b *Binding) Remove(ctx context.Context) bool {
	m, err := b.session.register(ctx, b.who, 0, &diagnosis.SIP{})
	return err == nil && m.status/100 == 2
}

// Wait answers what the server asks of a phone until ctx is done, which is no
// error, or the connection ends, which is one.
func (b *Binding) Wait(ctx context.Context) error {
	for {
		first, err := b.first(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case first == '\r' || first == '\n':
			continue // a keep-alive (RFC 5626 section 4.4.1)
		}
		if err := b.rest(ctx, first); err != nil {
			return err
		}
	}
}

// first waits for a byte, for as long as the server likes.
func (b *Binding) first(ctx context.Context) (byte, error) {
	defer wire.Bind(ctx, b.session.conn)()
	var first [1]byte
	_, err := io.ReadFull(b.session.conn, first[:])
	return first[0], err
}

// rest reads the message that begins with a byte, and answers it. It is not
// broken off in its middle, for whoever asks next would start there.
func (b *Binding) rest(ctx context.Context, first byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), messageTime)
	defer cancel()
	defer wire.Bind(ctx, b.session.conn)()
	m, err := readMessage(io.MultiReader(bytes.NewReader([]byte{first}), b.session.conn))
	if err != nil || m.status != 0 { // an answer that comes late
		return err
	}
	return b.session.answer(m)
}

// ask sends a registration and describes its answer.
func (s *session) ask(ctx context.Context, who Credentials) diagnosis.SIP {
	result := diagnosis.SIP{Method: "REGISTER"}
	start := s.Now()
	m, err := s.register(ctx, who, s.Expires, &result)
	result.Duration = s.Now().Sub(start)
	if m != nil {
		m.describe(&result)
	}
	if err != nil {
		result.Error = ending(ctx, err)
		if errors.Is(err, errNotUnderstood) {
			result.Error = notUnderstood
		}
	}
	if m != nil && m.status/100 == 2 {
		result.Registered, result.Expires = true, s.granted(m)
	}
	return result
}
