package factory

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/upload"
)

// NoArguments refuses arguments.
func NoArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return UsageError(cmd, "%s takes no argument, but got %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// SomeFiles asks for at least one file.
func SomeFiles(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return UsageError(cmd, "no file given; \"-\" reads standard input")
	}
	return nil
}

// OnlyCommands is for commands that hold others: what is left as an argument is
// a command that does not exist.
func OnlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return UnknownCommand(cmd, args[0])
	}
	return nil
}

// UnknownCommand names the commands below cmd that are spelled nearly as the
// one typed.
func UnknownCommand(cmd *cobra.Command, typed string) error {
	cmd.SuggestionsMinimumDistance = 2 // letters, as cobra has it where it suggests itself
	var near []string
	for _, name := range cmd.SuggestionsFor(typed) {
		near = append(near, fmt.Sprintf("%q", cmd.CommandPath()+" "+name))
	}
	hints := []string{helpHint(cmd)}
	if len(near) > 0 {
		hints = []string{fmt.Sprintf("did you mean %s?", strings.Join(near, " or ")), helpHint(cmd)}
	}
	return WithHint(fmt.Errorf("unknown command %q for %q", typed, cmd.CommandPath()), hints...)
}

// flagError is a mistake in a flag. One that a command of commands does not
// know was meant for the command that was mistyped.
func flagError(cmd *cobra.Command, err error) error {
	if args := cmd.Flags().Args(); cmd.HasSubCommands() && len(args) > 0 {
		return UnknownCommand(cmd, args[0])
	}
	return UsageError(cmd, "%s", err)
}

// PhoneAddress refuses what is no address of a phone.
func PhoneAddress(text string) error {
	_, err := upload.ParseAddress(text)
	var p *upload.Problem
	if errors.As(err, &p) {
		return WithHint(errors.New(p.Message), p.Fix)
	}
	return err
}

// Clock is the phone's time: now, or as --clock says. It takes a moment (RFC
// 3339), a date, or a distance from now.
func (f *Factory) Clock(text string) (time.Time, error) {
	now := f.Now()
	if text == "" {
		return now, nil
	}
	if d, err := time.ParseDuration(text); err == nil {
		return now.Add(d), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return now, WithHint(fmt.Errorf("--clock does not understand %q", text),
		"give a moment such as 2010-01-01T00:00:00Z, a date such as 2010-01-01, or a distance from now such as -48h")
}
