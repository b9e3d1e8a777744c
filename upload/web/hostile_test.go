package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/upload/web"
)

// TestHostile: whatever a server says, it is one of the kinds, in time.
func TestHostile(t *testing.T) {
	says := func(text string) func(net.Conn) {
		return func(conn net.Conn) { request(conn); io.WriteString(conn, text) }
	}
	endless := func(head, piece string) func(net.Conn) {
		return func(conn net.Conn) {
			request(conn)
			for text := head; ; text = strings.Repeat(piece, 1000) {
				if _, err := io.WriteString(conn, text); err != nil {
					return
				}
			}
		}
	}
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, test := range []struct {
		name string
		talk func(net.Conn)
		kind web.Kind
	}{
		{"ends at once", func(net.Conn) {}, web.Dropped},
		{"ends after the request", func(c net.Conn) { request(c) }, web.Dropped},
		{"resets", func(c net.Conn) { request(c); c.(*net.TCPConn).SetLinger(0) }, web.Dropped},
		{"ends in the head", says(ok + "A: b"), web.Dropped},
		{"ends in the body", says(ok + "Content-Length: 10\r\n\r\nabc"), web.Dropped},
		{"ends in a chunk", says(ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nabc"), web.Dropped},
		{"hangs", func(c net.Conn) { request(c); request(c) }, web.Timeout},
		{"hangs in the body", func(c net.Conn) { says(ok + "Content-Length: 10\r\n\r\nabc")(c); request(c) }, web.Timeout},
		{"drips", func(c net.Conn) {
			request(c)
			io.WriteString(c, ok+"Content-Length: 100000\r\n\r\n")
			for {
				if _, err := c.Write([]byte("x")); err != nil {
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		}, web.Timeout},
		{"announces too much", says(ok + fmt.Sprintf("Content-Length: %d\r\n\r\n", web.MaxBody+1)), web.TooLarge},
		{"sends too much", endless(ok+"\r\n", "<!-- -->"), web.TooLarge},
		{"too many chunks", endless(ok+"Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"), web.TooLarge},
		{"too many fields", endless(ok, "A: b\r\n"), web.TooLarge},
		{"a long field", endless(ok+"A: ", "bbbbbbbb"), web.TooLarge},
		{"provisional for ever", endless("", "HTTP/1.1 100 Continue\r\n\r\n"), web.TooLarge},
		{"bad chunk", says(ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc"), web.NotHTTP},
		{"bad length", says(ok + "Content-Length: x\r\n\r\n"), web.NotHTTP},
		{"two lengths", says(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), web.NotHTTP},
		{"bad status", says("HTTP/1.1 abc\r\n\r\n"), web.NotHTTP},
		{"SIP", says("SIP/2.0 400 Bad\r\n\r\n"), web.NotHTTP},
		{"no head", says("<html></html>"), web.NotHTTP},
		{"other protocol", says("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"), web.NotHTTP},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base := raw(t, func(_ int, conn net.Conn) { test.talk(conn) })
			request := web.Request{Method: "POST", Ref: "/?token=secret", Body: []byte("x"), Changes: true}
			var err error
			if test.kind == web.Timeout {
				err = late(t, base, request)
			} else {
				_, err = converse(t, base).Send(t.Context(), request)
			}
			var e *web.Error
			if !errors.As(err, &e) || e.Kind != test.kind || !e.Sent && test.name != "ends at once" || strings.Contains(e.Error(), "secret") {
				t.Errorf("%+v", err)
			}
		})
	}
}

// late sends a request to a server that keeps it waiting. Where the time is over
// before the request is out, which says nothing, it gets more.
func late(t *testing.T, base string, r web.Request) error {
	for timeout := 300 * time.Millisecond; ; timeout *= 4 {
		c := converse(t, base, func(c *web.Config) { c.Timeout = timeout })
		_, err := c.Send(t.Context(), r)
		var e *web.Error
		if !errors.As(err, &e) || e.Kind != web.Timeout || e.Sent || timeout > time.Minute {
			return err
		}
	}
}

// TestOddAnswers: what is not quite as it should be, and is an answer.
func TestOddAnswers(t *testing.T) {
	for name, test := range map[string]struct{ answer, body string }{
		"HTTP/1.0":    {"HTTP/1.0 200 OK\r\n\r\nabc", "abc"},
		"bare lines":  {"HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", "abc"},
		"provisional": {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc"},
		"no reason":   {"HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc", "abc"},
		"more":        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef", "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			base := raw(t, func(_ int, conn net.Conn) {
				request(conn)
				io.WriteString(conn, test.answer)
			})
			c := converse(t, base)
			for range 2 { // what is left of the first is not taken for the second
				a, err := c.Send(t.Context(), web.Request{Ref: "/"})
				if err != nil || string(a.Body) != test.body {
					t.Errorf("%+v, %v", a, err)
				}
			}
		})
	}
}

// nobody is an address at which nobody listens and nobody will: the port is that
// of a client.
func nobody(t *testing.T) string {
	t.Helper()
	base := raw(t, func(_ int, conn net.Conn) { request(conn) })
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return "http://" + conn.LocalAddr().String()
}

func TestNoConnection(t *testing.T) {
	base := nobody(t)
	for name, test := range map[string]struct {
		change func(*web.Config)
		kind   web.Kind
	}{
		"refused": {func(*web.Config) {}, web.Refused},
		"unreachable": {func(c *web.Config) {
			c.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no route to host") }
		}, web.Unreachable},
		"no such name": {func(c *web.Config) {
			c.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, &net.DNSError{Name: "x"} }
		}, web.Unreachable},
		"silent": {func(c *web.Config) {
			c.Timeout = 20 * time.Millisecond
			c.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
		}, web.Timeout},
	} {
		c := converse(t, base, test.change)
		_, err := c.Send(t.Context(), web.Request{Ref: "/", Changes: true})
		var e *web.Error
		if !errors.As(err, &e) || e.Kind != test.kind || e.Sent {
			t.Errorf("%s: %+v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := converse(t, base).Get(ctx, "/"); kindOf(err) != web.Canceled {
		t.Error(err)
	}
}

// TestEarlyAnswer: a phone that refuses a file before all of it has come.
func TestEarlyAnswer(t *testing.T) {
	over := make(chan struct{})
	base := raw(t, func(_ int, conn net.Conn) {
		request(conn)
		io.WriteString(conn, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
		<-over
	})
	defer close(over)
	c := converse(t, base)
	a, err := c.Send(t.Context(), web.Request{Method: "POST", Ref: "/", Body: make([]byte, 16<<20), Changes: true})
	if err != nil || a.Status != 413 || string(a.Body) != "big" {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestNobodyReads: a phone that takes no more of a file and says nothing.
func TestNobodyReads(t *testing.T) {
	over := make(chan struct{})
	var connections atomic.Int32
	base := raw(t, func(_ int, conn net.Conn) { connections.Add(1); <-over })
	defer close(over)
	before := runtime.NumGoroutine()
	err := late(t, base, web.Request{Method: "POST", Ref: "/", Body: bytes.Repeat([]byte("x"), 16<<20), Changes: true})
	var e *web.Error
	if !errors.As(err, &e) || e.Kind != web.Timeout || !e.Sent {
		t.Errorf("%+v", err)
	}
	// The server's own stay: one for each connection. Those that are over take a
	// moment to go.
	for end := time.Now().Add(time.Minute); runtime.NumGoroutine() > before+int(connections.Load()); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines, then %d", before, runtime.NumGoroutine())
		}
	}
}
