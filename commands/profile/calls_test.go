package profile_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/inspect/capture/synthetic"
	"github.com/phonecert/phonecert/internal/realparts"
)

// calls is a server that keeps what its clients say.
type calls struct {
	addr  string
	keys  bytes.Buffer
	mutex sync.Mutex
	// ended gets each connection when it has ended.
	ended chan *call
}

// call is one connection: what was said, in order.
type call struct {
	net.Conn
	mutex sync.Mutex
	said  []spoken
}

type spoken struct {
	client bool
	at     time.Time
	bytes  []byte
}

func (c *call) keep(client bool, b []byte) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(b) > 0 {
		c.said = append(c.said, spoken{client, time.Now(), bytes.Clone(b)})
	}
}

func (c *call) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.keep(true, b[:n])
	return n, err
}

func (c *call) Write(b []byte) (int, error) {
	c.keep(false, b)
	return c.Conn.Write(b)
}

// Write takes lines of a key log.
func (s *calls) Write(b []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.keys.Write(b)
}

// answering starts the server. It asks for a certificate, waits for a request,
// answers it with 200, and hangs up.
func answering(t *testing.T, highest uint16) *calls {
	t.Helper()
	p := commandstest.NewPKI(t)
	certificate, err := tls.X509KeyPair(append(p.Leaf.PEM(), p.Intermediate.PEM()...), p.Leaf.KeyPEM(t))
	if err != nil {
		t.Fatal(err)
	}
	s := &calls{ended: make(chan *call, 10)}
	config := &tls.Config{
		Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequestClientCert,
		MinVersion: tls.VersionTLS10, MaxVersion: highest, KeyLogWriter: s,
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s.addr = l.Addr().String()
	go func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			c := &call{Conn: raw}
			go func() {
				raw.SetDeadline(time.Now().Add(5 * time.Minute))
				conn := tls.Server(c, config)
				request := make([]byte, 4096)
				if n, _ := conn.Read(request); n > 0 {
					io.WriteString(conn, "SIP/2.0 200 OK\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n")
				}
				conn.Close()
				s.ended <- c
			}()
		}
	}()
	return s
}

// next is the next connection that has ended.
func (s *calls) next(t *testing.T) *call {
	t.Helper()
	select {
	case c := <-s.ended:
		return c
	case <-time.After(5 * time.Minute):
		t.Fatal("nobody called")
		return nil
	}
}

// capture writes calls into a file as if they came from these addresses; with the
// secrets where open is set.
func (s *calls) capture(t *testing.T, open bool, list map[string]*call) string {
	t.Helper()
	var file bytes.Buffer
	w := synthetic.NewWriter(&file)
	if open {
		s.mutex.Lock()
		w.Secrets(s.keys.Bytes())
		s.mutex.Unlock()
	}
	for from, c := range list {
		begin := c.said[0].at
		conn, err := w.Open(netip.MustParseAddrPort(from), netip.MustParseAddrPort("192.0.2.10:5061"), begin, begin)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range c.said {
			conn.Data(part.client, part.at, part.bytes)
		}
		conn.FIN(false, time.Now())
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return realparts.WriteFile(t, "phone.pcapng", file.Bytes())
}
