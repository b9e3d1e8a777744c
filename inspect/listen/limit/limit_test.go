package limit

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// TestTimed: only the error of a deadline gets a name, and keeps its first.
func TestTimed(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	c, release := Bind(t.Context(), near)
	defer release()
	if err := c.Within(time.Millisecond); err != nil {
		t.Fatal(err)
	}
	_, late := c.Read(make([]byte, 1))
	if err := c.WriteWithin(time.Millisecond); err != nil {
		t.Fatal(err)
	}
	_, slow := c.Write([]byte("x"))
	for _, err := range []error{late, slow} {
		var capped *Error
		if err = Timed("second", Timed("first", err)); !errors.As(err, &capped) || capped.Limit != "first" || err.Error() != capped.Err.Error() {
			t.Errorf("%v", err)
		}
	}
	if Timed("x", io.EOF) != io.EOF || Timed("x", nil) != nil {
		t.Error("an error that is none of time")
	}
}

// TestBind: the end of the context ends a wait, also one that begins later.
func TestBind(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	ctx, cancel := context.WithCancel(t.Context())
	c, release := Bind(ctx, near)
	defer release()
	if err := c.Within(time.Hour); err != nil {
		t.Fatal(err)
	}
	go cancel()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("it reads")
	}
	if err := c.Within(time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
