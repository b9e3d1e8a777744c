package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// Error is why a journal cannot be used.
type Error struct {
	Path string
	// Line is where reading ended, 0 when that is not the matter.
	Line int
	// Problem is what is wrong, Hint what to do.
	Problem, Hint string
	// Err is the error of the file, nil when there is none.
	Err error
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the journal %q cannot be used: ", e.Path)
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", e.Line)
	}
	b.WriteString(e.Problem)
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the error of the file.
func (e *Error) Unwrap() error { return e.Err }

// ExistsError says that a journal is in the way.
type ExistsError struct {
	Path string
	// Complete: it is of a run that came to its end.
	Complete bool
	// Done and Interrupted count the phones of that run.
	Done, Interrupted int
}

func (e *ExistsError) Error() string {
	if e.Complete {
		return fmt.Sprintf("the journal %q is of a run that is complete, with %d phones", e.Path, e.Done)
	}
	return fmt.Sprintf("the journal %q is of a run that is not complete: %d phones are done, %d were interrupted", e.Path, e.Done, e.Interrupted)
}

// Hint is what to do.
func (e *ExistsError) Hint() string {
	if e.Complete {
		return "remove it, or name another journal"
	}
	return "go on with --resume, or remove it to begin anew"
}

// errLocked is the cause when another process has the journal.
var errLocked = errors.New("another run is at it")

// openError puts what the file system says into words.
func openError(path string, err error) *Error {
	if errors.Is(err, errLocked) {
		return &Error{Path: path, Problem: errLocked.Error(), Hint: "wait for that run to end, or name another journal", Err: nil}
	}
	return &Error{Path: path, Problem: "it cannot be opened", Hint: "name a file in a folder that can be written to", Err: reason(err)}
}

// writeError puts a failed write into words.
func (j *Journal) writeError(err error) *Error {
	e := &Error{Path: j.path, Problem: "it cannot be written, and without it no phone is touched", Hint: "look whether the disk is in order, then go on with --resume", Err: reason(err)}
	if errors.Is(err, syscall.ENOSPC) {
		e.Hint = "make room on the disk, then go on with --resume"
	}
	return e
}

// reason strips the operation and the path from an error of the operating
// system.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
