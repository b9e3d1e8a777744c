package visit

import (
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/phonecert/phonecert/upload/dialect"
)

// TestFetchedWhole: what a phone fetches gets out whole before the desk closes.
func TestFetchedWhole(t *testing.T) {
	o := &Order{Listen: func(network, address string) (net.Listener, error) {
		l, err := net.Listen(network, address)
		return lazy{l}, err
	}}
	o.Web.Random = rand.Reader
	d, err := serveOnce(o, "127.0.0.1", dialect.File{Name: "root.pem", Content: make([]byte, 1000)})
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan int, 1)
	go func() {
		n := 0
		if a, err := http.Get(d.address); err == nil {
			body, _ := io.ReadAll(a.Body)
			n = len(body)
		}
		got <- n
	}()
	d.wait(t.Context())
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if n := <-got; n != 1000 {
		t.Errorf("%d bytes", n)
	}
	if a, err := http.Get(d.address); err == nil {
		a.Body.Close()
		if a.StatusCode == http.StatusOK { // not that of somebody who got the port
			t.Error("it is still served")
		}
	}
}

// lazy takes its time with each write.
type lazy struct{ net.Listener }

func (l lazy) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return lazyConn{c}, err
}

type lazyConn struct{ net.Conn }

func (c lazyConn) Write(p []byte) (int, error) {
	time.Sleep(50 * time.Millisecond)
	return c.Conn.Write(p)
}
