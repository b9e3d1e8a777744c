package terminal

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"
)

// ErrNoTerminal is returned when nobody is there to ask.
var ErrNoTerminal = errors.New("no terminal to ask at")

// Password asks for a password without showing it. It asks at the terminal
// itself, for standard input may carry a file.
func (s *Streams) Password(question string) ([]byte, error) { return s.prompt(question) }

func promptTerminal(question string) ([]byte, error) {
	in, out := os.Stdin, os.Stderr
	if tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0); err == nil {
		defer tty.Close()
		in, out = tty, tty
	}
	if !term.IsTerminal(int(in.Fd())) {
		return nil, ErrNoTerminal
	}
	fmt.Fprint(out, question)
	password, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(out)
	return password, err
}
