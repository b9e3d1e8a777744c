// Package web fetches a file as a phone fetches its configuration: one GET over
// a connection that stands (RFC 9112).
package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// What is read of an answer.
const (
	// maxHead holds the status line and the fields, also those of the
	// provisional answers before.
	maxHead = 64 << 10
	maxBody = 32 << 20
	// sniffed is how much of the body is looked at.
	sniffed = 1 << 10
)

const notHTTP = "not HTTP"

// Request says what is fetched.
type Request struct {
	// Host and Port are the server's, as in the address.
	Host string
	Port uint16
	// Path begins with a slash and has the query.
	Path string
}

// Get fetches a file. Any status is an answer; a redirect is told, not
// followed. The connection is of no use afterwards.
func Get(ctx context.Context, conn net.Conn, r Request) diagnosis.HTTP {
	defer wire.Bind(ctx, conn)()
	result := diagnosis.HTTP{Path: r.Path}
	if err := get(conn, r, &result); err != nil {
		result.Error = wire.Ending(ctx, err)
		if errors.Is(err, errNotHTTP) {
			result.Error = notHTTP
		}
	}
	return result
}

var errNotHTTP = errors.New("what came is not HTTP")

func get(conn net.Conn, r Request, result *diagnosis.HTTP) error {
	_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: phonecert\r\nAccept: */*\r\nConnection: close\r\n\r\n", r.Path, r.host())
	if err != nil {
		return err
	}
	limited := &limit{reader: conn, left: maxHead}
	response, err := read(limited)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	result.Status = response.StatusCode
	_, reason, _ := strings.Cut(response.Status, " ")
	result.Reason = wire.Clean(reason)
	result.Type = wire.Clean(response.Header.Get("Content-Type"))
	result.Server = wire.Clean(response.Header.Get("Server"))
	if response.StatusCode/100 == 3 {
		result.Location = wire.Clean(response.Header.Get("Location"))
	}
	// Twice the body leaves room for the marks between chunks.
	limited.left = 2 * maxBody
	return limited.cause(body(&ended{reader: response.Body}, result))
}

// read reads the head of the final answer.
func read(limited *limit) (*http.Response, error) {
	reader := bufio.NewReader(limited)
	start, err := reader.Peek(len("HTTP/"))
	if string(start) != "HTTP/" {
		if len(start) > 0 && !strings.HasPrefix("HTTP/", string(start)) || err == nil {
			return nil, errNotHTTP
		}
		return nil, err
	}
	for {
		response, err := http.ReadResponse(reader, &http.Request{Method: http.MethodGet})
		switch {
		case err == nil && response.StatusCode >= 200:
			return response, nil
		case err == nil && response.StatusCode != http.StatusSwitchingProtocols:
			continue
		case err == nil:
			return nil, errNotHTTP
		}
		return nil, limited.cause(err)
	}
}

// body counts the body and looks at its beginning.
func body(reader *ended, result *diagnosis.HTTP) error {
	start := make([]byte, sniffed)
	n, _ := io.ReadFull(reader, start)
	more, _ := io.CopyN(io.Discard, reader, maxBody-int64(n))
	result.Length = int64(n) + more
	if reader.err == nil {
		beyond, _ := io.ReadFull(reader, make([]byte, 1))
		result.Truncated = beyond > 0
	}
	whole := reader.err == io.EOF && !result.Truncated
	result.Looks = looks(start[:n], result.Length, whole)
	if whole || result.Truncated {
		return nil
	}
	return reader.err
}

// ended is a reader that keeps the error with which it ended: a body that is
// whole ends with io.EOF, one that was cut does not.
type ended struct {
	reader io.Reader
	err    error
}

func (e *ended) Read(p []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	n, err := e.reader.Read(p)
	e.err = err
	return n, err
}

// host is the field Host: the port stands there if it is not the usual one
// (RFC 9110 section 7.2).
func (r Request) host() string {
	host := r.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if r.Port != 0 && r.Port != 443 {
		host = fmt.Sprintf("%s:%d", host, r.Port)
	}
	return host
}

// limit is a reader that fails beyond a number of bytes, and keeps the error of
// the connection.
type limit struct {
	reader io.Reader
	left   int64
	failed error
}

func (l *limit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		l.failed = wire.ErrTooLarge
		return 0, l.failed
	}
	n, err := l.reader.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	if err != nil {
		l.failed = err
	}
	return n, err
}

// cause is the connection's error behind one of the protocol's; where the
// connection is well, what came is not HTTP.
func (l *limit) cause(err error) error {
	switch {
	case err == nil:
		return nil
	case l.failed != nil:
		return l.failed
	}
	return errNotHTTP
}
