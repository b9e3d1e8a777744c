package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// Kind is how a handshake or a connection ended.
type Kind string

// The kinds of endings.
const (
	// AlertReceived: the server sent an alert and closed.
	AlertReceived Kind = "alert received"
	// AlertSent: the server chose what the client had not offered, and the
	// client sent an alert.
	AlertSent Kind = "alert sent"
	// Closed: the server closed the connection without an alert; Reset: with a
	// TCP reset.
	Closed Kind = "closed"
	Reset  Kind = "reset"
	// Silent: the time was up before what was awaited came.
	Silent Kind = "timeout"
	// NotTLS: the first that came is no record of TLS.
	NotTLS Kind = "not TLS"
	// Malformed: what came breaks the protocol.
	Malformed Kind = "malformed"
	// TooLarge: what came is beyond the caps.
	TooLarge Kind = "too large"
	// Unsupported: this client cannot go on, though another could.
	Unsupported Kind = "unsupported"
	// Canceled: the caller wanted no more.
	Canceled Kind = "canceled"
)

// Error tells how a handshake or a connection ended.
type Error struct {
	Kind Kind
	// Alert is the server's for AlertReceived; it is what this client sent for
	// AlertSent, Malformed, TooLarge and Unsupported.
	Alert iana.AlertDescription
	// Detail is a part of a sentence: what was awaited, what is wrong with what
	// came.
	Detail string
	// State is what was learnt before the end.
	State State
	// Err is the error of the connection or the context beneath, or nil.
	Err error
}

// Error says kind and detail.
func (e *Error) Error() string {
	if e.Kind == AlertReceived {
		return fmt.Sprintf("alert received: %s: %s", e.Alert, e.Detail)
	}
	return fmt.Sprintf("%s: %s", e.Kind, e.Detail)
}

// Unwrap returns the error beneath.
func (e *Error) Unwrap() error { return e.Err }

// malformed ends a connection on a breach of the protocol.
func malformed(alert iana.AlertDescription, format string, values ...any) error {
	return &Error{Kind: Malformed, Alert: alert, Detail: fmt.Sprintf(format, values...)}
}

// notOffered ends it on a choice that the server did not have.
func notOffered(alert iana.AlertDescription, format string, values ...any) error {
	return &Error{Kind: AlertSent, Alert: alert, Detail: fmt.Sprintf(format, values...)}
}

func tooLarge(format string, values ...any) error {
	return &Error{Kind: TooLarge, Alert: iana.AlertInternalError, Detail: fmt.Sprintf(format, values...)}
}

// unsupported ends it where only this client cannot go on.
func unsupported(format string, values ...any) error {
	return &Error{Kind: Unsupported, Alert: iana.AlertUserCanceled, Detail: "this tool cannot go on, a phone might: " + fmt.Sprintf(format, values...)}
}

// The numbers of Windows for reset and aborted connections, which package
// syscall names on Windows only.
const (
	wsaConnAborted syscall.Errno = 10053
	wsaConnReset   syscall.Errno = 10054
)

// broken tells what became of the connection; got says how far things were.
func broken(err error, got string) *Error {
	e := &Error{Kind: Closed, Detail: got, Err: err}
	var number syscall.Errno
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		e.Kind = Silent
	case errors.Is(err, io.EOF):
		e.Err = io.ErrUnexpectedEOF
	case errors.As(err, &number):
		switch number {
		case syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED, wsaConnAborted, wsaConnReset:
			e.Kind = Reset
		}
	}
	return e
}

// alertPatience is how long an alert may take that nobody may be reading.
const alertPatience = time.Second

// fail ends the handshake: it tells the server why where that is due, observes
// what came and was not handled, and puts what was learnt into the error.
func (h *handshaker) fail(ctx context.Context, err error) error {
	h.settle()
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	if len(h.raw) > 0 && e.Kind == Malformed {
		e.Kind, e.Alert = Unsupported, iana.AlertUserCanceled
		e.Detail = fmt.Sprintf("this tool cannot go on, a phone might: the server took up %s, which the tool sends as the phone does and does not act on; %s", series(h.raw), e.Detail)
	}
	if e.Kind == Silent && errors.Is(ctx.Err(), context.Canceled) {
		e.Kind, e.Err = Canceled, ctx.Err()
	}
	h.leftOver()
	patience := time.Now().Add(alertPatience)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(patience) {
		patience = deadline
	}
	if ctx.Err() == nil {
		h.conn.SetWriteDeadline(patience)
		h.tell(e)
	}
	e.State = h.State()
	return e
}

// tell sends the alert of an error. One for an end that is no breach is
// followed by close_notify (RFC 5246, section 7.2.2: user_canceled).
func (c *Conn) tell(e *Error) {
	switch e.Kind {
	case AlertSent, Malformed, TooLarge:
		c.sendAlert(handshake.AlertFatal, e.Alert)
	case Unsupported:
		c.sendAlert(handshake.AlertWarning, e.Alert)
		c.sendAlert(handshake.AlertWarning, iana.AlertCloseNotify)
	}
}
