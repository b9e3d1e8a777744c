package pcap

import (
	"context"
	"io"
)

const (
	windowSize = 512 << 10
	minRead    = 64 << 10
)

// source is a window over a stream: it hands out bytes without copying them.
// Its errors are io.EOF at a clean end, io.ErrUnexpectedEOF within what was
// asked for, and those of the context and the reader.
type source struct {
	ctx        context.Context
	r          io.Reader
	buf        []byte
	head, tail int   // buf[head:tail] is unread
	offset     int64 // of buf[head] in the stream
	err        error
}

// peek returns the next n bytes, or all that is left and an error. They are
// valid until the next call.
func (s *source) peek(n int) ([]byte, error) {
	for s.tail-s.head < n {
		if s.err != nil {
			return s.buf[s.head:s.tail], s.endError()
		}
		s.fill(n)
	}
	return s.buf[s.head : s.head+n], nil
}

// next is peek and goes on behind the bytes; where they are not all there, it
// stays.
func (s *source) next(n int) ([]byte, error) {
	b, err := s.peek(n)
	if err == nil {
		s.head += n
		s.offset += int64(n)
	}
	return b, err
}

// skip goes on by n bytes.
func (s *source) skip(n int64) error {
	for n > 0 {
		if s.head == s.tail {
			if s.err != nil {
				if s.err == io.EOF {
					return io.ErrUnexpectedEOF
				}
				return s.err
			}
			s.fill(1)
			continue
		}
		step := int(min(n, int64(s.tail-s.head)))
		s.head += step
		s.offset += int64(step)
		n -= int64(step)
	}
	return nil
}

func (s *source) endError() error {
	if s.err == io.EOF && s.head < s.tail {
		return io.ErrUnexpectedEOF
	}
	return s.err
}

// fill reads once, with room for n bytes in a row.
func (s *source) fill(n int) {
	if err := s.ctx.Err(); err != nil {
		s.err = err
		return
	}
	if len(s.buf)-s.tail < minRead || len(s.buf)-s.head < n {
		to := s.buf
		if len(to) < windowSize || len(to) < n+minRead { // small files get a small one
			to = make([]byte, max(n+minRead, min(4*len(to), windowSize)))
		}
		s.tail = copy(to, s.buf[s.head:s.tail])
		s.buf, s.head = to, 0
	}
	for range 100 { // a reader that gives nothing and no error is broken
		read, err := s.r.Read(s.buf[s.tail:])
		s.tail += read
		s.err = err
		if read > 0 || err != nil {
			return
		}
	}
	s.err = io.ErrNoProgress
}
