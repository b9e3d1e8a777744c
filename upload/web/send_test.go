package web_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/upload/web"
)

// TestStaleConnection: what changes the phone is never sent twice, and what does not is
// sent again when a kept connection has ended.
func TestStaleConnection(t *testing.T) {
	for _, test := range []struct {
		name    string
		request web.Request
		kind    web.Kind
		times   int32
	}{
		{"GET", web.Request{Ref: "/2"}, "", 2},
		{"GET that changes", web.Request{Ref: "/2", Changes: true}, "", 1},
		{"POST that changes", web.Request{Method: "POST", Ref: "/2", Body: []byte("x"), Changes: true}, "", 1},
		{"POST", web.Request{Method: "POST", Ref: "/2", Body: []byte("x")}, web.Dropped, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for range 100 {
				sent, kept, err := stale(t, test.request)
				if !kept && !test.request.Changes {
					continue // it took too long to hear that the first request was out
				}
				var e *web.Error
				if errors.As(err, &e); e != nil && (e.Kind != test.kind || !e.Sent) || e == nil && test.kind != "" {
					t.Errorf("%+v", err)
				}
				if sent != test.times {
					t.Errorf("sent %d times", sent)
				}
				return
			}
			t.Error("no connection is kept")
		})
	}
}

// stale sends a request after another one, to a server that ends its first
// connection at the second request. sent counts how often the request came, kept
// says that it came on the first connection.
func stale(t *testing.T, second web.Request) (sent int32, kept bool, err error) {
	t.Helper()
	var seen, onFirst atomic.Int32
	base := raw(t, func(n int, conn net.Conn) {
		for i := 0; ; i++ {
			r := request(conn)
			if strings.Contains(r, "/2 ") {
				seen.Add(1)
				if n == 0 {
					onFirst.Add(1)
				}
			}
			if r == "" || n == 0 && i == 1 {
				return
			}
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	c := converse(t, base)
	defer c.Close()
	if _, err := c.Send(t.Context(), web.Request{Ref: "/1"}); err != nil {
		t.Fatal(err)
	}
	_, err = c.Send(t.Context(), second)
	return seen.Load(), onFirst.Load() > 0, err
}

// TestEndedConnection: a POST notices that a kept connection has ended. The look
// is a short one: a machine that is held up may miss the end, but not every time.
func TestEndedConnection(t *testing.T) {
	closed := make(chan struct{}, 1000)
	base := raw(t, func(n int, conn net.Conn) {
		request(conn)
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		conn.Close()
		closed <- struct{}{}
	})
	post := web.Request{Method: "POST", Ref: "/"}
	for range 100 {
		c := converse(t, base)
		if _, err := c.Send(t.Context(), post); err != nil {
			t.Fatal(err)
		}
		<-closed
		_, err := c.Send(t.Context(), post)
		if err == nil {
			return
		}
		if kind := kindOf(err); kind != web.Dropped {
			t.Fatal(err)
		}
	}
	t.Error("it never notices")
}

func TestQueue(t *testing.T) {
	asked := make(chan struct{})
	base, _ := phone(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(asked)
			<-r.Context().Done()
		}
	})
	c := converse(t, base)
	slow, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := c.Send(slow, web.Request{Ref: "/slow"})
		done <- err
	}()
	<-asked
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := c.Send(ctx, web.Request{Ref: "/"})
	var e *web.Error
	if !errors.As(err, &e) || e.Kind != web.Timeout || e.Sent {
		t.Errorf("%+v", err)
	}
	end()
	if err := <-done; kindOf(err) != web.Canceled {
		t.Error(err)
	}
	if _, err := c.Send(t.Context(), web.Request{Ref: "/"}); err != nil {
		t.Error(err)
	}
}
