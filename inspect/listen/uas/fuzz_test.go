package uas

import (
	"bufio"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/listen/limit"
)

// TestSeeds: the fuzz target has something to begin with.
func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzRequest"); err != nil || len(seeds) == 0 {
		t.Errorf("%d seeds, %v", len(seeds), err)
	}
}

// FuzzRequest: whatever a client sends is answered with whole messages or none.
func FuzzRequest(f *testing.F) {
	var servers []*Server
	for _, c := range []Config{{Users: map[string]string{"alice": "x"}, Realm: "example.com", RegistrarOnly: true}, {}, {Answer: 407}} {
		s, err := New(c)
		if err != nil {
			f.Fatal(err)
		}
		servers = append(servers, s)
	}
	near, far := net.Pipe()
	f.Cleanup(func() { near.Close(); far.Close() })
	f.Fuzz(func(t *testing.T, text []byte) {
		bound, release := limit.Bind(t.Context(), pipe{near})
		defer release()
		for _, s := range servers {
			answerAll(t, &session{Server: s, conn: bound}, string(text))
		}
	})
}

func answerAll(t *testing.T, c *session, text string) {
	in := bufio.NewReaderSize(strings.NewReader(text), bufferSize)
	for {
		if skipKeepAlives(in, func() error { return nil }) != nil {
			return
		}
		q, err := readRequest(in)
		if err != nil {
			return
		}
		a := c.answer(q)
		if a == nil {
			continue
		}
		answer, err := c.text(q, a)
		if err != nil {
			t.Fatal(err)
		}
		exchange(q, a)
		whole(t, answer)
		if a.follow != "" {
			whole(t, a.follow)
		}
	}
}

// whole fails where a text is not one message.
func whole(t *testing.T, text string) {
	t.Helper()
	ends := strings.Count(text, "\r\n")
	if strings.Count(text, "\r\n\r\n") != 1 || strings.Count(text, "\r") != ends || strings.Count(text, "\n") != ends || !strings.HasSuffix(text, "\r\n\r\n") {
		t.Fatalf("%q", text)
	}
	if len(text) > 2*MaxHead {
		t.Fatalf("%d bytes", len(text))
	}
}

// pipe is a connection with addresses.
type pipe struct{ net.Conn }

func (pipe) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.9:40000"))
}

func (pipe) LocalAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.1:5061"))
}
