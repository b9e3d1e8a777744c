package listen_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/capture"
	"github.com/phonecert/phonecert/inspect/capture/synthetic"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/inspect/trace"
)

// TestOneDecoder: what is saved of a connection reads as it was read live.
func TestOneDecoder(t *testing.T) {
	var keys bytes.Buffer
	l := start(t, func(c *listen.Config) { c.KeyLog, c.Record, c.ClientAuth = &keys, true, listen.RequestClientCert })
	stranger := l.client(0)
	stranger.RootCAs = x509.NewCertPool()
	for i, config := range []*tls.Config{l.client(tls.VersionTLS10), l.client(tls.VersionTLS11), l.client(tls.VersionTLS12), l.client(tls.VersionTLS13), stranger} {
		if conn, err := tls.Dial("tcp", l.addr(listen.SIPS), config); err == nil {
			registers(t, conn, i)
			conn.Close()
		}
		c := l.next(t)
		traced := traced(t, c, keys.Bytes())
		if live, saved := transcript(t, c.Evidence.Transcript), transcript(t, traced.Evidence.Transcript); live != saved {
			t.Errorf("live\n%s\nsaved\n%s", live, saved)
		}
		if traced.Client != c.Client || traced.Server != c.Server || traced.Evidence.Outcome.Ending != c.Evidence.Outcome.Ending || len(c.Segments) < 4 {
			t.Errorf("%+v, %+v", traced.Evidence.Outcome, c.Evidence.Outcome)
		}
	}
}

// traced writes the segments into a capture and reads that.
func traced(t *testing.T, c listen.Connection, keys []byte) trace.Connection {
	t.Helper()
	var file bytes.Buffer
	w := synthetic.NewWriter(&file)
	conn, err := w.Open(c.Client, c.Server, c.Start, c.Start)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Segments {
		if err := conn.Data(s.FromClient, s.At, s.Bytes); err != nil {
			t.Fatal(err)
		}
	}
	conn.FIN(true, c.Start)
	conn.FIN(false, c.Start)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var list []trace.Connection
	tracer := trace.New(trace.Options{Keys: keylog.Parse(keys), Everything: true}, func(c trace.Connection) { list = append(list, c) })
	if _, err := capture.Read(t.Context(), &file, capture.Filter{}, tracer); err != nil || len(list) != 1 {
		t.Fatalf("%d connections, %v", len(list), err)
	}
	return list[0]
}

func transcript(t *testing.T, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// scarce is a listener whose system has no descriptors at first.
type scarce struct {
	net.Listener
	refused atomic.Int32
}

func (s *scarce) Accept() (net.Conn, error) {
	if s.refused.Add(1) < 4 {
		return nil, errors.New("too many open files")
	}
	return s.Listener.Accept()
}

// TestAcceptFails: the listener waits a little and goes on.
func TestAcceptFails(t *testing.T) {
	l := start(t, func(c *listen.Config) {
		c.Listen = func(ctx context.Context, network, address string) (net.Listener, error) {
			inner, err := (&net.ListenConfig{}).Listen(ctx, network, address)
			return &scarce{Listener: inner}, err
		}
	})
	goesOn(t, l, 1)
}

// TestStart: a Config that cannot work is told, and no door stays open.
func TestStart(t *testing.T) {
	l := start(t, nil)
	good := listen.Config{}
	l2 := start(t, func(c *listen.Config) { good = *c })
	taken := l.addr(listen.SIPS)
	for name, change := range map[string]func(*listen.Config){
		"no door":        func(c *listen.Config) { c.Doors = nil },
		"unknown scheme": func(c *listen.Config) { c.Doors = []listen.Door{{Address: "127.0.0.1:0", Scheme: "sip"}} },
		"no certificate": func(c *listen.Config) { c.Chains = nil },
		"versions":       func(c *listen.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS13, tls.VersionTLS12 },
		"taken": func(c *listen.Config) {
			c.Doors = []listen.Door{{Address: "127.0.0.1:0", Scheme: listen.SIPS}, {Address: taken, Scheme: listen.SIPS}}
		},
		"REGISTER answer": func(c *listen.Config) { c.SIP.Answer = 999 },
		"connections":     func(c *listen.Config) { c.MaxConnections = -1 },
	} {
		c := good
		change(&c)
		if s, err := listen.Start(t.Context(), c); err == nil {
			t.Errorf("%s: no error", name)
			s.Close()
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	good.Report = func(listen.Connection) {}
	s, err := listen.Start(ctx, good)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	s.Close()
	l2.Close()
	if _, err := net.DialTimeout("tcp", s.Addrs()[0].String(), time.Second); err == nil {
		t.Error("the door is open still")
	}
}
