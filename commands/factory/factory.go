// Package factory gives commands what they need of the world and what they
// share: streams and clock, the flags that several of them have, the reading of
// inputs and the writing of outputs, errors with hints, and the one place where
// errors become messages and exit codes.
package factory

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/internal/terminal"
)

// Factory holds what commands need of the world: streams, clock, environment.
// It enters here and nowhere else, so that tests can bring their own.
type Factory struct {
	Streams *terminal.Streams
	Now     func() time.Time
	Getenv  func(string) string
	// ConfigDir is the user's configuration folder, "" when there is none.
	ConfigDir func() string
	Network   Network
	// AtOnce ends when the user interrupts for the second time; nil never.
	AtOnce context.Context
	// Keyring looks a password up in the system's keyring; nil where there is none.
	Keyring func(service, user string) (string, error)

	// JSON asks for one JSON object, Quiet for nothing but errors. Both are
	// flags that every command has.
	JSON, Quiet bool

	color string
}

// Hard gives the context that ends with the second interrupt; ctx where there is
// none such.
func (f *Factory) Hard(ctx context.Context) context.Context {
	if f.AtOnce == nil {
		return ctx
	}
	return f.AtOnce
}

// AddFlags gives the root command the flags that every command has.
func (f *Factory) AddFlags(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.BoolVar(&f.JSON, "json", false, "print one JSON object")
	flags.BoolVarP(&f.Quiet, "quiet", "q", false, "print nothing but errors; the exit code is the answer")
	flags.StringVar(&f.color, "color", "auto", "colour: `when` is auto, always or never")
	root.SetFlagErrorFunc(flagError)
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return f.settle(cmd) }
}

// Flags are the flags that every command has, as they were given: for a command
// that runs others.
func (f *Factory) Flags() []string {
	list := []string{"--color", f.color}
	if f.JSON {
		list = append(list, "--json")
	}
	if f.Quiet {
		list = append(list, "--quiet")
	}
	return list
}

// settle applies the flags that every command has.
func (f *Factory) settle(cmd *cobra.Command) error {
	switch f.color {
	case "auto", "always", "never":
	default:
		return UsageError(cmd, "--color takes auto, always or never, not %q", f.color)
	}
	f.Streams.SetColor(f.color, f.Getenv)
	return nil
}
