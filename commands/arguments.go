package commands

import "github.com/spf13/cobra"

// noArguments refuses arguments.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError(cmd, "%s takes no argument, but got %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// someFiles asks for at least one file.
func someFiles(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usageError(cmd, "no file given; \"-\" reads standard input")
	}
	return nil
}
