package fleet

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/phonecert/phonecert/upload"
)

// Failed writes the rows of the phones that are not done, as a list for the
// next run.
type Failed struct {
	path   string
	header func() string
	draft  *draft
	rows   int
	// told says that anything became of any phone.
	told bool
}

// NewFailed begins a list that replaces what is at path when it is closed.
// header is the first line of the list that is read, as its reader knows it.
//
// Rows are written as they were read, with all their columns. If passwords are
// among them, they are in this list too, so only its owner can read it.
func NewFailed(path string, header func() string) (*Failed, error) {
	d, err := newDraft(path, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot write the list of failed phones %q: %w", path, err)
	}
	return &Failed{path: path, header: header, draft: d}, nil
}

// Add writes the row of a phone that failed, could not be confirmed, was not
// reached, or was only planned for in a dry run; of others it takes no note. A
// line that was too long to be read cannot be written either.
func (l *Failed) Add(f Finished) error {
	l.told = true
	again := f.left || f.Result.Result == upload.Failed || f.Result.Result == upload.Unconfirmed || f.Result.Result == upload.Planned
	if !again || f.Row.Text == "" {
		return nil
	}
	if header := l.header(); l.rows == 0 && header != "" {
		l.draft.WriteString(header + "\n") // an error comes again with the row
	}
	l.rows++
	_, err := l.draft.WriteString(f.Row.Text.Reveal() + "\n")
	return l.tell(err)
}

// Close puts the list in its place. When no phone is left there is none, and
// that of an earlier run is removed; not so when there was no phone at all, as
// with an inventory that could not be read.
func (l *Failed) Close() error {
	if l.rows > 0 {
		return l.tell(l.draft.commit())
	}
	l.draft.abandon()
	if !l.told {
		return nil
	}
	if err := os.Remove(l.draft.path); !errors.Is(err, fs.ErrNotExist) {
		return l.tell(err)
	}
	return nil
}

// Abandon leaves what was at the path as it is.
func (l *Failed) Abandon() { l.draft.abandon() }

func (l *Failed) tell(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot write the list of failed phones %q: %w", l.path, reason(err))
}
