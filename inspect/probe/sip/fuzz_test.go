package sip_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/probe/sip"
)

// talk is a connection that holds what a server says, and takes what is sent.
type talk struct {
	io.Reader
	net.Conn
	sent int
}

func (c *talk) Read(p []byte) (int, error)       { return c.Reader.Read(p) }
func (c *talk) Write(p []byte) (int, error)      { c.sent += len(p); return len(p), nil }
func (c *talk) LocalAddr() net.Addr              { return nil }
func (c *talk) SetDeadline(time.Time) error      { return nil }
func (c *talk) SetReadDeadline(time.Time) error  { return nil }
func (c *talk) SetWriteDeadline(time.Time) error { return nil }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// FuzzAnswer: whatever a server says, the registration ends, and the password
// is in nothing that it leaves.
func FuzzAnswer(f *testing.F) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzAnswer"); err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		request := sip.Request{Host: "example.com", Random: zeros{}}
		for _, result := range []any{
			sip.Options(t.Context(), &talk{Reader: strings.NewReader(text)}, request),
			sip.Register(t.Context(), &talk{Reader: strings.NewReader(text)}, request, sip.Credentials{Password: password}),
		} {
			if said := fmt.Sprintf("%+v", result); strings.Contains(said, password) && !strings.Contains(text, password) {
				t.Errorf("%s", said)
			}
		}
	})
}
