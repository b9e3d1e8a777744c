// Package terminal is the only place that names the process's own streams. It
// knows whether a person or a program reads them, how wide they are, and
// whether they take colour.
package terminal

import (
	"bytes"
	"context"
	"io"
	"os"

	"golang.org/x/term"
)

// Streams are where a command reads and writes. Out carries the result and
// nothing else; Err carries everything else.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	// InTTY, OutTTY and ErrTTY say whether a person is at the other end.
	InTTY, OutTTY, ErrTTY bool
	// Color says whether Out takes colour, ErrColor whether Err does.
	Color, ErrColor bool

	width  func() int
	prompt func(ctx context.Context, question string) ([]byte, error)
	ask    func(ctx context.Context, question string) (string, error)
}

// System returns the process's own streams.
func System() *Streams {
	s := &Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	s.InTTY = term.IsTerminal(int(os.Stdin.Fd()))
	s.OutTTY = term.IsTerminal(int(os.Stdout.Fd()))
	s.ErrTTY = term.IsTerminal(int(os.Stderr.Fd()))
	s.width = func() int {
		w, _, err := term.GetSize(int(os.Stdout.Fd()))
		if err != nil {
			return 0
		}
		return w
	}
	s.prompt, s.ask = promptTerminal, askTerminal
	return s
}

// Test returns streams for tests, and the buffers behind Out and Err.
func Test(in io.Reader) (s *Streams, out, err *bytes.Buffer) {
	out, err = new(bytes.Buffer), new(bytes.Buffer)
	s = &Streams{In: in, Out: out, Err: err}
	s.width = func() int { return 0 }
	s.prompt = func(context.Context, string) ([]byte, error) { return nil, ErrNoTerminal }
	s.ask = func(context.Context, string) (string, error) { return "", ErrNoTerminal }
	return s, out, err
}

// Width is the width of Out in columns; 80 where nothing is known.
func (s *Streams) Width() int {
	if w := s.width(); w > 0 {
		return w
	}
	return 80
}

// SetColor decides on colour: mode is "auto", "always" or "never". In auto,
// colour goes to terminals unless NO_COLOR is set (see no-color.org) or the
// terminal calls itself dumb.
func (s *Streams) SetColor(mode string, getenv func(string) string) {
	allowed := getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	s.Color = mode == "always" || mode == "auto" && s.OutTTY && allowed
	s.ErrColor = mode == "always" || mode == "auto" && s.ErrTTY && allowed
}
