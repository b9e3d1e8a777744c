package factory

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
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
