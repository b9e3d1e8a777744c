package web

import (
	"io"
	"sync"
)

// Trace writes conversations down, each secret replaced by its name between
// three stars.
type Trace struct {
	mutex  sync.Mutex
	w      io.Writer
	failed func(error)
	cut    bool
}

// NewTrace returns a trace for any number of conversations at once. A request
// and its answer are written in one piece. failed is told the first error of the
// writer, after which nothing is written any more; conversations go on without a
// trace.
func NewTrace(w io.Writer, failed func(error)) *Trace { return &Trace{w: w, failed: failed} }

func (t *Trace) write(text string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.cut {
		return
	}
	if _, err := io.WriteString(t.w, text); err != nil {
		t.cut = true
		t.failed(err)
	}
}
