package listen_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/internal/testca"
)

// goesOn fails unless the listener still lets a phone register.
func goesOn(t *testing.T, l *listener, call int) {
	t.Helper()
	conn, err := tls.Dial("tcp", l.addr(listen.SIPS), l.client(tls.VersionTLS12))
	if err != nil {
		t.Fatal(err)
	}
	if line := registers(t, conn, call); line != "SIP/2.0 200 OK\r\n" {
		t.Errorf("%q", line)
	}
	conn.Close()
	if c := l.next(t); c.UserAgent == "" {
		t.Errorf("%+v", c.Requests)
	}
}

// TestOneByteASecond: the handshake has its time as a whole, not from byte to
// byte.
func TestOneByteASecond(t *testing.T) {
	l := start(t, func(c *listen.Config) { c.HandshakeTime = 300 * time.Millisecond })
	conn := l.dial(t)
	go func() {
		for b := range strings.SplitSeq("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x01"+strings.Repeat("r", 5000), "") {
			if _, err := io.WriteString(conn, b); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	c := l.next(t)
	if m := has(t, c, "listener.limit"); c.Limit != "handshake time" || !strings.HasSuffix(m, "handshake time") {
		t.Errorf("limit %q, %q", c.Limit, m)
	}
}

// TestTooMany: the cap holds, each of the rest has its line, and the listener
// goes on.
func TestTooMany(t *testing.T) {
	const all, most = 500, 100
	l := start(t, func(c *listen.Config) { c.MaxConnections = most })
	var conns []net.Conn
	for range all {
		conns = append(conns, l.dial(t))
	}
	seen := map[int64]bool{}
	for range all - most {
		c := l.next(t)
		if has(t, c, "listener.limit"); c.Limit != "connections" || seen[c.Number] {
			t.Fatalf("%d: limit %q", c.Number, c.Limit)
		}
		seen[c.Number] = true
	}
	for _, c := range conns {
		c.Close()
	}
	for range most {
		if c := l.next(t); c.Limit != "" || seen[c.Number] {
			t.Fatalf("%d: limit %q", c.Number, c.Limit)
		}
	}
	goesOn(t, l, 1)
}

// TestAtOnce: phones that call together are all served.
func TestAtOnce(t *testing.T) {
	const phones = 64
	l := start(t, nil)
	var group sync.WaitGroup
	for i := range phones {
		group.Go(func() {
			conn, err := tls.Dial("tcp", l.addr(listen.SIPS), l.client(tls.VersionTLS12+uint16(i%2)))
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			if line := registers(t, conn, i); line != "SIP/2.0 200 OK\r\n" {
				t.Errorf("%q", line)
			}
		})
	}
	group.Wait()
	numbers := map[int64]bool{}
	for range phones {
		c := l.next(t)
		numbers[c.Number] = true
		if d := diagnosis.Diagnose(c.Evidence); d.Verdict != diagnosis.Registers {
			t.Errorf("%s: %s", d.Verdict, d.Sentence)
		}
	}
	if len(numbers) != phones {
		t.Errorf("%d numbers", len(numbers))
	}
}

// TestNeverCloses: who is hung up on need not agree.
func TestNeverCloses(t *testing.T) {
	l := start(t, func(c *listen.Config) { c.HangUp = time.Millisecond })
	conn, err := tls.Dial("tcp", l.addr(listen.SIPS), l.client(tls.VersionTLS12))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	registers(t, conn, 1)
	if c := l.next(t); c.Limit != "" || c.Evidence.Outcome.Closer != "server" || diagnosis.Diagnose(c.Evidence).Verdict != diagnosis.Registers {
		t.Errorf("limit %q, %+v", c.Limit, c.Evidence.Outcome)
	}
	goesOn(t, l, 2)
}

// TestIdle: a phone that says nothing is hung up on after the time for it.
func TestIdle(t *testing.T) {
	l := start(t, func(c *listen.Config) { c.Idle = time.Millisecond })
	for _, scheme := range []listen.Scheme{listen.SIPS, listen.HTTPS} {
		conn, err := tls.Dial("tcp", l.addr(scheme), l.client(tls.VersionTLS13))
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, conn)
		conn.Close()
		c := l.next(t)
		if has(t, c, "listener.limit-reached"); c.Limit != "idle time" {
			t.Errorf("limit %q", c.Limit)
		}
		if has(t, c, "listener.nothing-asked"); diagnosis.Diagnose(c.Evidence).Verdict != diagnosis.Unknown {
			t.Errorf("%+v", diagnosis.Diagnose(c.Evidence))
		}
	}
}

// TestGiantCertificate: sixteen megabytes of a client's chain are not read.
func TestGiantCertificate(t *testing.T) {
	l := start(t, func(c *listen.Config) { c.ClientAuth = listen.RequestClientCert })
	own := testca.Root(t, "Example Phone CA").Issue(t, "phone", testca.TLS)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		config := l.client(version)
		config.Certificates = []tls.Certificate{{Certificate: [][]byte{own.Raw, make([]byte, 16<<20-4096)}, PrivateKey: own.Key}}
		conn, err := tls.Dial("tcp", l.addr(listen.SIPS), config)
		if err == nil {
			io.Copy(io.Discard, conn)
			conn.Close()
		}
		c := l.next(t)
		if has(t, c, "listener.limit"); c.Limit != "handshake bytes" {
			t.Errorf("limit %q, %s, %+v", c.Limit, names(c), c.Evidence.Outcome)
		}
	}
	goesOn(t, l, 1)
}

// TestEndlessHandshake: neither is a flood of small messages.
func TestEndlessHandshake(t *testing.T) {
	l := start(t, nil)
	conn := l.dial(t)
	fragment := "\x16\x03\x01\x00\x01\x01" + "\x16\x03\x01\x00\x03\x00\xff\xff" + strings.Repeat("\x16\x03\x01\x00\x01r", 1000)
	for {
		if _, err := io.WriteString(conn, fragment); err != nil {
			break
		}
		fragment = strings.Repeat("\x16\x03\x01\x00\x01r", 1000)
	}
	if c := l.next(t); c.Limit != "handshake bytes" {
		t.Errorf("limit %q, %s, %+v", c.Limit, names(c), c.Evidence.Outcome)
	}
	goesOn(t, l, 1)
}

// TestFolded: a header over two lines, and no Content-Length.
func TestFolded(t *testing.T) {
	l := start(t, nil)
	conn, err := tls.Dial("tcp", l.addr(listen.SIPS), l.client(tls.VersionTLS10))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	io.WriteString(conn, strings.NewReplacer("Content-Length: 0\r\n", "", "User-Agent: ", "User-Agent:\r\n\t").Replace(strings.ReplaceAll(register, "%d", "7")))
	if line, err := bufio.NewReader(conn).ReadString('\n'); line != "SIP/2.0 200 OK\r\n" {
		t.Errorf("%q, %v", line, err)
	}
	conn.Close()
	if c := l.next(t); c.UserAgent != "Example SIP-T28P 2.73.0.50" {
		t.Errorf("%q, %+v", c.UserAgent, c.Requests)
	}
}

// TestLongTalk: what is said beyond the cap is answered and not kept.
func TestLongTalk(t *testing.T) {
	l := start(t, func(c *listen.Config) { c.Record = true })
	conn, err := tls.Dial("tcp", l.addr(listen.SIPS), l.client(tls.VersionTLS12))
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(patience))
	in := bufio.NewReader(conn)
	padding := "Subject: " + strings.Repeat("x", 4000) + "\r\nContent-Length"
	for call := range 400 {
		io.WriteString(conn, strings.NewReplacer("%d", time.Duration(call).String(), "Content-Length", padding).Replace(register))
		for line := "x"; line != "\r\n"; {
			if line, err = in.ReadString('\n'); err != nil {
				t.Fatal(call, err)
			}
		}
	}
	conn.Close()
	c := l.next(t)
	kept := 0
	for _, s := range c.Segments {
		kept += len(s.Bytes)
	}
	if len(c.Requests) != listen.MaxRequests || kept > 512<<10 || kept < 256<<10 || len(c.Evidence.Lost) != 2 || c.Evidence.Outcome.Ending != diagnosis.Completed {
		t.Errorf("%d requests, %d bytes, lost %+v", len(c.Requests), kept, c.Evidence.Lost)
	}
	has(t, c, "capture.too-large")
}

// TestClose: who is connected when the listener stops is hung up on and told of.
func TestClose(t *testing.T) {
	l := start(t, nil)
	silent := l.dial(t)
	io.WriteString(silent, "\x16\x03\x01\x02")
	conn, err := tls.Dial("tcp", l.addr(listen.SIPS), l.client(tls.VersionTLS13))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	registers(t, conn, 1)
	l.Close()
	for range 2 {
		if c := l.next(t); c.Limit != "" || c.Evidence.Outcome.Closer != "server" {
			t.Errorf("limit %q, %+v", c.Limit, c.Evidence.Outcome)
		}
	}
	if _, err := net.Dial("tcp", l.addr(listen.SIPS)); err == nil {
		t.Error("the door is open still")
	}
	l.Close()
}
