package terminal

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
)

// watched is a writer whose reader may go away, as head does.
type watched struct {
	io.Writer
	once   sync.Once
	gone   func()
	unread atomic.Bool
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		w.unread.Store(true)
		w.once.Do(w.gone)
	}
	return n, err
}

// WatchReader calls gone once when nobody reads Out any more. The signal of a
// broken pipe must be taken, or it ends the process first.
func (s *Streams) WatchReader(gone func()) { s.Out = &watched{Writer: s.Out, gone: gone} }

// Unread reports whether the reader of Out has gone away.
func (s *Streams) Unread() bool {
	w, ok := s.Out.(*watched)
	return ok && w.unread.Load()
}
