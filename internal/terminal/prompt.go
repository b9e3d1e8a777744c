package terminal

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"
)

// ErrNoTerminal is returned when nobody is there to ask.
var ErrNoTerminal = errors.New("no terminal to ask at")

// Password asks for a password without showing it. It asks at the terminal
// itself, for standard input may carry a file. It ends when ctx does.
func (s *Streams) Password(ctx context.Context, question string) ([]byte, error) {
	return s.prompt(ctx, question)
}

func promptTerminal(ctx context.Context, question string) ([]byte, error) {
	in, out := os.Stdin, os.Stderr
	if tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0); err == nil {
		defer tty.Close()
		in, out = tty, tty
	}
	state, err := term.GetState(int(in.Fd()))
	if err != nil {
		return nil, ErrNoTerminal
	}
	fmt.Fprint(out, question)
	defer fmt.Fprintln(out)
	type answer struct {
		password []byte
		err      error
	}
	typed := make(chan answer, 1)
	go func() {
		password, err := term.ReadPassword(int(in.Fd()))
		typed <- answer{password, err}
	}()
	select {
	case a := <-typed:
		return a.password, a.err
	case <-ctx.Done():
		// The read cannot be interrupted; the echo it switched off can be
		// brought back before the process ends.
		return nil, errors.Join(ctx.Err(), term.Restore(int(in.Fd()), state))
	}
}
