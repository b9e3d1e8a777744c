package disk

import (
	"context"
	"io"
	"os"
)

// streamBlock is how much is read ahead at a time, in bytes; two such blocks
// are under way.
const streamBlock = 1 << 20

// Open opens a file of any size for reading from its beginning to its end.
// Opening and every read end with ctx, also where nothing comes, as from a
// FIFO. Errors are as those of Read.
func Open(ctx context.Context, path string) (io.ReadCloser, error) {
	stat, err := os.Stat(path)
	if err != nil {
		return nil, reason(err)
	}
	if stat.IsDir() {
		return nil, ErrDirectory
	}
	type outcome struct {
		file *os.File
		err  error
	}
	opened := make(chan outcome, 1)
	go func() {
		f, err := os.Open(path)
		opened <- outcome{f, err}
	}()
	select {
	case o := <-opened:
		if o.err != nil {
			return nil, reason(o.err)
		}
		return &stream{Reader: Stream(ctx, o.file), file: o.file}, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

type stream struct {
	io.Reader
	file *os.File
}

func (s *stream) Close() error { return s.file.Close() }

// Stream reads ahead from r, and ends with ctx even while r has nothing to
// give. The goroutine that reads is left behind then: nothing can interrupt it.
func Stream(ctx context.Context, r io.Reader) io.Reader {
	s := &ahead{ctx: ctx, filled: make(chan block), empty: make(chan []byte, 2)}
	s.empty <- make([]byte, streamBlock)
	s.empty <- make([]byte, streamBlock)
	go s.fill(r)
	return s
}

// block is what one read brought.
type block struct {
	buffer []byte
	n      int
	err    error
}

type ahead struct {
	ctx    context.Context
	filled chan block
	empty  chan []byte
	// current is being handed out, rest is what is left of it.
	current block
	rest    []byte
}

func (s *ahead) fill(r io.Reader) {
	for {
		var b block
		select {
		case b.buffer = <-s.empty:
		case <-s.ctx.Done():
			return
		}
		b.n, b.err = r.Read(b.buffer)
		select {
		case s.filled <- b:
		case <-s.ctx.Done():
			return
		}
		if b.err != nil {
			return
		}
	}
}

// Read hands out what was read ahead.
func (s *ahead) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		if s.current.err != nil {
			return 0, s.current.err
		}
		if s.current.buffer != nil {
			s.empty <- s.current.buffer
			s.current = block{}
		}
		select {
		case s.current = <-s.filled:
			s.rest = s.current.buffer[:s.current.n]
		case <-s.ctx.Done():
			return 0, context.Cause(s.ctx)
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}
