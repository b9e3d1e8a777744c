package factory

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// ExitCode is what the shell gets to see.
type ExitCode int

// The exit codes, as "phonecert help exit-codes" prints them. 2 stays unused,
// for shells and other tools give it meanings of their own.
const (
	OK          ExitCode = 0
	Failure     ExitCode = 1
	SomeFailed  ExitCode = 3
	LoginFailed ExitCode = 4
	No          ExitCode = 10
	NotKnown    ExitCode = 11
	Interrupted ExitCode = 130
	Unread      ExitCode = 141
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

// codeError is what WithCode returns.
type codeError struct {
	error
	code ExitCode
}

func (e *codeError) Unwrap() error { return e.error }

// WithCode gives an error an exit code other than Failure.
func WithCode(err error, code ExitCode) error { return &codeError{err, code} }

// answerError carries an answer other than yes to the exit code. Its result has
// been printed: it says nothing itself.
type answerError struct{ code ExitCode }

func (e *answerError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// Exit turns an answer that has been printed into what a command returns: nil for
// OK, else an error that says nothing and decides on the exit code.
func Exit(code ExitCode) error {
	if code == OK {
		return nil
	}
	return &answerError{code}
}

// Verdict is Exit for a verdict.
func Verdict(v finding.Verdict) error {
	switch v {
	case finding.Accepted:
		return nil
	case finding.Unknown:
		return Exit(NotKnown)
	}
	return Exit(No)
}

// VerdictOf is a diagnosis as the verdict that decides on the exit code.
func VerdictOf(v diagnosis.Verdict) finding.Verdict {
	switch v {
	case diagnosis.Registers:
		return finding.Accepted
	case diagnosis.Refuses:
		return finding.Rejected
	}
	return finding.Unknown
}

// Finish is the one place where errors become messages and exit codes. It
// returns the exit code for the error with which cmd ended.
func (f *Factory) Finish(ctx context.Context, cmd *cobra.Command, err error) ExitCode {
	var answer *answerError
	switch {
	case f.Streams.Unread():
		// Shells have this code for a program that a broken pipe ends; it says
		// nothing.
		return Unread
	case err == nil:
		return OK
	case errors.As(err, &answer):
		return answer.code
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
		return Interrupted
	}
	if coded := new(codeError); errors.As(err, &coded) {
		return coded.code
	}
	return Failure
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
