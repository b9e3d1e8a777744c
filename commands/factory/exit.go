package factory

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// The exit codes, as "phonecert help exit-codes" prints them. 2 stays unused,
// for shells and other tools give it meanings of their own.
const (
	exitOK          = 0
	exitError       = 1
	exitNo          = 10
	exitNotKnown    = 11
	exitInterrupted = 130
)

// hintError is an error with at least one hint: what to do next.
type hintError struct {
	err   error
	hints []string
}

func (e *hintError) Error() string { return e.err.Error() }
func (e *hintError) Unwrap() error { return e.err }

// WithHint ties hints to an error: what the user does next.
func WithHint(err error, hints ...string) error { return &hintError{err, hints} }

// UsageError is a mistake on the command line.
func UsageError(cmd *cobra.Command, format string, args ...any) error {
	return WithHint(fmt.Errorf(format, args...), helpHint(cmd))
}

func helpHint(cmd *cobra.Command) string { return fmt.Sprintf("run %q", cmd.CommandPath()+" --help") }

// toldError is what Told returns.
type toldError struct{ err error }

func (e *toldError) Error() string { return e.err.Error() }
func (e *toldError) Unwrap() error { return e.err }

// Told marks an error after which standard output already holds the whole
// result, the failed part included: no second JSON object follows.
func Told(err error) error { return &toldError{err} }

// verdictError carries an answer other than yes to the exit code. Its result
// has been printed: it says nothing itself.
type verdictError struct{ verdict finding.Verdict }

func (e *verdictError) Error() string { return string(e.verdict) }

// Verdict turns an answer that has been printed into what a command returns: nil
// for yes, else an error that says nothing and decides on the exit code.
func Verdict(v finding.Verdict) error {
	if v == finding.Accepted {
		return nil
	}
	return &verdictError{v}
}

// Finish is the one place where errors become messages and exit codes. It
// returns the exit code for the error with which cmd ended.
func (f *Factory) Finish(ctx context.Context, cmd *cobra.Command, err error) int {
	var verdict *verdictError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &verdict) && verdict.verdict == finding.Unknown:
		return exitNotKnown
	case errors.As(err, &verdict):
		return exitNo
	}
	err = worded(cmd, err)
	message, hints := err.Error(), hintsOf(err, cmd)
	if ctx.Err() != nil {
		message, hints = "interrupted", []string{"nothing was left half written; run the command again"}
	}
	paper.Error(f.Streams, message, hints)
	var told *toldError
	if f.JSON && !errors.As(err, &told) {
		paper.JSON(f.Streams.Out, paper.Failure{
			Header: paper.NewHeader(CommandName(cmd)), Error: message, Hints: hints,
		})
	}
	if ctx.Err() != nil {
		return exitInterrupted
	}
	return exitError
}

// worded puts cobra's error about an unknown command, which runs over several
// lines, into our words. Cobra gives it no type and no other way to replace it:
// checking the arguments of the root instead would come after "--help" and the
// flags, of which those of the mistyped command are unknown.
func worded(cmd *cobra.Command, err error) error {
	var typed string
	if n, _ := fmt.Sscanf(err.Error(), "unknown command %q for ", &typed); n == 1 && !errors.As(err, new(*hintError)) {
		return UnknownCommand(cmd, typed)
	}
	return err
}

// hintsOf collects the hints of an error; every message has at least one.
func hintsOf(err error, cmd *cobra.Command) []string {
	var hint *hintError
	if errors.As(err, &hint) && len(hint.hints) > 0 {
		return hint.hints
	}
	return []string{helpHint(cmd)}
}

// CommandName is the command as JSON names it: "check", "handset show".
func CommandName(cmd *cobra.Command) string {
	_, name, found := strings.Cut(cmd.CommandPath(), " ")
	if !found {
		return cmd.Name()
	}
	return name
}
