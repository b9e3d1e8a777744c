package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report"
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

// withHint ties hints to an error.
func withHint(err error, hints ...string) error { return &hintError{err, hints} }

// usageError is a mistake on the command line.
func usageError(cmd *cobra.Command, format string, args ...any) error {
	return withHint(fmt.Errorf(format, args...), fmt.Sprintf("run %q", cmd.CommandPath()+" --help"))
}

// toldError is an error after which standard output already holds the whole
// result, the failed part included: no second JSON object follows.
type toldError struct{ err error }

func (e *toldError) Error() string { return e.err.Error() }
func (e *toldError) Unwrap() error { return e.err }

// verdictError carries an answer other than yes to the exit code. Its result
// has been printed: it says nothing itself.
type verdictError struct{ verdict finding.Verdict }

func (e *verdictError) Error() string { return string(e.verdict) }

// verdictOutcome turns a verdict into what a command returns.
func verdictOutcome(v finding.Verdict) error {
	if v == finding.Accepted {
		return nil
	}
	return &verdictError{v}
}

// finish is the one place where errors become messages and exit codes.
func (f *Factory) finish(ctx context.Context, cmd *cobra.Command, err error) int {
	var verdict *verdictError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &verdict) && verdict.verdict == finding.Unknown:
		return exitNotKnown
	case errors.As(err, &verdict):
		return exitNo
	}
	message, hints := err.Error(), hintsOf(err, cmd)
	if ctx.Err() != nil {
		message, hints = "interrupted", []string{"nothing was left half written; run the command again"}
	}
	report.Error(f.Streams, message, hints)
	var told *toldError
	if f.json && !errors.As(err, &told) {
		report.JSON(f.Streams.Out, report.Failure{
			Header: report.NewHeader(commandName(cmd)), Error: message, Hints: hints,
		})
	}
	if ctx.Err() != nil {
		return exitInterrupted
	}
	return exitError
}

// hintsOf collects the hints of an error; every message has at least one.
func hintsOf(err error, cmd *cobra.Command) []string {
	var hint *hintError
	if errors.As(err, &hint) && len(hint.hints) > 0 {
		return hint.hints
	}
	return []string{fmt.Sprintf("run %q", cmd.CommandPath()+" --help")}
}

// commandName is the command as JSON names it: "check", "handset show".
func commandName(cmd *cobra.Command) string {
	_, name, found := strings.Cut(cmd.CommandPath(), " ")
	if !found {
		return cmd.Name()
	}
	return name
}
