package web

import (
	"io"
	"sync"
)

// Trace writes conversations down, each secret replaced by its name between
// three stars.
type Trace struct {
	mutex sync.Mutex
	w     io.Writer
	err   error
}

// NewTrace returns a trace for any number of conversations at once. A request
// and its answer are written in one piece.
func NewTrace(w io.Writer) *Trace { return &Trace{w: w} }

// Err is the first error of the writer, after which nothing is written any
// more; conversations go on without a trace.
func (t *Trace) Err() error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.err
}

func (t *Trace) write(text string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.err == nil {
		_, t.err = io.WriteString(t.w, text)
	}
}
