package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// ErrNoTerminal is returned when nobody is there to ask.
var ErrNoTerminal = errors.New("no terminal to ask at")

// Password asks for a password without showing it. It asks at the terminal
// itself, for standard input may carry a file. It ends when ctx does.
func (s *Streams) Password(ctx context.Context, question string) ([]byte, error) {
	return s.prompt(ctx, question)
}

// Confirm asks a question that is answered with yes or no; nobody there, or no
// clear answer, is no. It ends when ctx does.
func (s *Streams) Confirm(ctx context.Context, question string) bool {
	answer, err := s.ask(ctx, question+" [y/N] ")
	return err == nil && (strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes"))
}

func askTerminal(ctx context.Context, question string) (string, error) {
	in, out := os.Stdin, os.Stderr
	if tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0); err == nil {
		defer tty.Close()
		in, out = tty, tty
	}
	if !term.IsTerminal(int(in.Fd())) {
		return "", ErrNoTerminal
	}
	fmt.Fprint(out, question)
	typed := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(io.LimitReader(in, 1024)).ReadString('\n')
		typed <- strings.TrimSpace(line)
	}()
	select {
	case line := <-typed:
		return line, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
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
