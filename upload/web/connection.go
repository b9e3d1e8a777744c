package web

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake/client"
)

const (
	// grace is how long the last write may take to return once the answer to
	// it is there.
	grace = 50 * time.Millisecond
	// glance is how long one looks whether a kept connection has ended.
	glance = 5 * time.Millisecond
)

// connection is one to the phone, kept from request to request. It is not
// http.Transport, which repeats requests by itself, speaks to the log, and
// cannot tell whether a request had been sent.
type connection struct {
	net.Conn
	// origin is where it leads: scheme, host and port.
	origin string
	limit  *limit
	reader *bufio.Reader
	// sent counts what was written of a request.
	sent int64
}

func newConnection(conn net.Conn, origin string) *connection {
	l := &limit{reader: conn, left: maxHead}
	return &connection{Conn: conn, origin: origin, limit: l, reader: bufio.NewReader(l)}
}

// Write counts.
func (c *connection) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.sent += int64(n)
	return n, err
}

// abort closes without waiting for a write that hangs.
func (c *connection) abort() {
	c.SetDeadline(time.Unix(1, 0))
	c.Close()
}

// alive reports whether the phone has not ended a connection that was kept.
func (c *connection) alive() bool {
	c.limit.begin(maxHead)
	defer c.SetReadDeadline(time.Time{})
	for range 3 {
		start := time.Now()
		c.SetReadDeadline(start.Add(glance))
		if _, err := c.reader.Peek(1); !errors.Is(err, os.ErrDeadlineExceeded) {
			return false
		}
		// A process that was held up meanwhile may not have looked at all.
		if time.Since(start) < 2*glance {
			break
		}
	}
	return true
}

// reply is an answer with its body, of which most bytes are read. keep says
// that another request may follow on the connection.
type reply struct {
	*http.Response
	body []byte
	keep bool
}

// exchange sends a request and reads the answer, which may come before the
// request is out: a phone that does not want a file says so at once. Nothing
// writes any more when it returns.
func (c *connection) exchange(request *http.Request, most int64) (*reply, error) {
	c.limit.begin(maxHead)
	c.sent = 0
	wrote := make(chan error, 1)
	go func() { wrote <- request.Write(c) }()
	answer, err := c.receive(request, most)
	if err == nil {
		select {
		case failed := <-wrote:
			answer.keep = answer.keep && failed == nil
			return answer, nil
		case <-time.After(grace):
			answer.keep = false
		}
	}
	c.abort()
	<-wrote
	return answer, err
}

func (c *connection) receive(request *http.Request, most int64) (*reply, error) {
	response, err := c.head(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.ContentLength > most && request.Method != http.MethodHead {
		return nil, errTooLarge
	}
	// What is over leaves room for the marks between chunks.
	c.limit.left = most + most/8 + maxHead
	body, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	switch {
	case int64(len(body)) > most:
		return nil, errTooLarge
	case err != nil:
		return nil, c.limit.cause(err)
	}
	return &reply{response, body, !response.Close && c.reader.Buffered() == 0}, nil
}

// head reads the head of the final answer.
func (c *connection) head(request *http.Request) (*http.Response, error) {
	start, err := c.reader.Peek(len("HTTP/"))
	if string(start) != "HTTP/" {
		if len(start) > 0 && !strings.HasPrefix("HTTP/", string(start)) || err == nil {
			return nil, errNotHTTP
		}
		return nil, err
	}
	for {
		response, err := http.ReadResponse(c.reader, request)
		switch {
		case err != nil:
			return nil, c.limit.cause(err)
		case response.StatusCode >= 200:
			return response, nil
		case response.StatusCode == http.StatusSwitchingProtocols:
			return nil, errNotHTTP
		}
	}
}

// limit is a reader that fails beyond a number of bytes, and keeps the error of
// the connection.
type limit struct {
	reader   io.Reader
	left     int64
	received int64
	failed   error
}

func (l *limit) begin(left int64) { l.left, l.received, l.failed = left, 0, nil }

func (l *limit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		l.failed = errTooLarge
		return 0, l.failed
	}
	n, err := l.reader.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	l.received += int64(n)
	// Servers of 2010 end a connection without close_notify; whether a body
	// was cut is told by its length, as without TLS.
	var e *client.Error
	if errors.As(err, &e) && e.Kind == client.Closed {
		err = io.EOF
	}
	if err != nil {
		l.failed = err
	}
	return n, err
}

// cause is the connection's error behind one of the protocol's; where the
// connection is well, what came is not HTTP.
func (l *limit) cause(err error) error {
	if l.failed != nil {
		return l.failed
	}
	return errors.Join(errNotHTTP, err)
}
