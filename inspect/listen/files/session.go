package files

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/phonecert/phonecert/inspect/listen/limit"
)

// session is one client.
type session struct {
	Config
	conn *limit.Conn
	feed *feed
	in   *bufio.Reader
}

// exchange reads a request and answers it. The Exchange has no status where there
// was no answer; the error says why no other request can follow.
func (s *session) exchange() (Exchange, error) {
	q, err := s.next()
	w := &writer{conn: s.conn, header: http.Header{}, now: s.Clock(), last: true}
	switch {
	case errors.Is(err, ErrTooLarge):
		w.refuse(http.StatusRequestHeaderFieldsTooLarge)
		return w.exchange(nil, ""), err
	case errors.Is(err, ErrNotHTTP):
		w.refuse(http.StatusBadRequest)
		return w.exchange(nil, ""), err
	case err != nil:
		return Exchange{}, err
	}
	last := s.body(q)
	w.old, w.last, w.noBody = q.ProtoMajor == 1 && q.ProtoMinor == 0, last != nil, q.Method == http.MethodHead
	remark := s.answer(w, q)
	if err := w.end(); err != nil {
		last = err
	}
	return w.exchange(q, remark), last
}

// next reads the head of a request, with a deadline for the wait and one for the
// request.
func (s *session) next() (*http.Request, error) {
	if err := s.conn.Within(s.Idle); err != nil {
		return nil, err
	}
	s.feed.left = MaxHead
	if err := s.skipLines(); err != nil {
		return nil, limit.Timed("idle time", err)
	}
	if err := s.conn.Within(requestTime); err != nil {
		return nil, err
	}
	q, err := http.ReadRequest(s.in)
	switch {
	case err == nil:
		return q, nil
	case s.feed.err == nil:
		return nil, ErrNotHTTP // the error itself repeats what was sent
	case errors.Is(s.feed.err, io.EOF):
		return nil, io.ErrUnexpectedEOF
	}
	return nil, limit.Timed("request time", s.feed.err)
}

// skipLines waits for the request behind the empty lines that old clients send
// after a body (RFC 9112, section 2.2).
func (s *session) skipLines() error {
	for {
		next, err := s.in.Peek(1)
		if err != nil || next[0] != '\r' && next[0] != '\n' {
			return err
		}
		s.in.Discard(1)
	}
}

// body reads what a request carries, so that the next can be found, and says why
// there can be none.
func (s *session) body(q *http.Request) error {
	switch {
	case q.ProtoMajor != 1, q.Header.Get("Expect") != "":
		// Who asks first is not told to go on (RFC 9110, section 10.1.1).
		return ErrDone
	case q.Body == nil, q.Body == http.NoBody:
	default:
		s.feed.left = MaxBody
		if _, err := io.Copy(io.Discard, q.Body); err != nil {
			return s.cut(err)
		}
	}
	if q.Close {
		return ErrDone
	}
	return nil
}

// cut is why a body did not come whole.
func (s *session) cut(err error) error {
	switch {
	case s.feed.err == nil:
		return ErrNotHTTP // chunks that are none
	case errors.Is(s.feed.err, io.EOF):
		return io.ErrUnexpectedEOF
	case errors.Is(s.feed.err, ErrTooLarge):
		return ErrTooLarge
	}
	return limit.Timed("request time", err)
}

// feed is what may be read of a connection.
type feed struct {
	conn net.Conn
	// left is how many bytes may still come, err what the last read failed with.
	left int
	err  error
}

// Read is that of the connection as long as anything is left.
func (f *feed) Read(b []byte) (n int, err error) {
	if f.left <= 0 {
		f.err = ErrTooLarge
		return 0, f.err
	}
	n, f.err = f.conn.Read(b[:min(len(b), f.left)])
	f.left -= n
	return n, f.err
}
