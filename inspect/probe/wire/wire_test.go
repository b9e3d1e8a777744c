package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestBind: a read is broken off, and the connection lives on.
func TestBind(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	ctx, cancel := context.WithCancel(t.Context())
	release := Bind(ctx, near)
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
	release()
	go far.Write([]byte("a"))
	if n, err := near.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

func TestEnding(t *testing.T) {
	live := t.Context()
	cancelled, cancel := context.WithCancel(live)
	cancel()
	late, cancel := context.WithDeadline(live, time.Unix(1, 0))
	defer cancel()
	for _, test := range []struct {
		ctx  context.Context
		err  error
		want string
	}{
		{live, io.EOF, "closed"}, {live, io.ErrUnexpectedEOF, "closed"}, {live, net.ErrClosed, "closed"},
		{live, os.ErrDeadlineExceeded, "timeout"}, {late, io.EOF, "timeout"}, {cancelled, os.ErrDeadlineExceeded, "cancelled"},
		{live, &net.OpError{Err: os.NewSyscallError("read", syscall.ECONNRESET)}, "reset"}, {cancelled, ErrTooLarge, "too large"},
	} {
		if got := Ending(test.ctx, test.err); got != test.want {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}

func TestClean(t *testing.T) {
	for text, want := range map[string]string{" a\tb\x1b[31m\r\n\u202e\xff ": "a b[31m", "Grüße": "Grüße", strings.Repeat("ü", 300): strings.Repeat("ü", 256)} {
		if got := Clean(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}
