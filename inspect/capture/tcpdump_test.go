package capture

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/capture/packet"
	"github.com/phonecert/phonecert/internal/realparts"
)

// TestTcpdump reads what tcpdump recorded of a real connection: on the
// loopback interface, and on all, which gives Linux cooked v2.
func TestTcpdump(t *testing.T) {
	for _, c := range []struct {
		device string
		link   packet.LinkType
		args   []string
	}{{"lo", packet.LinkEthernet, nil}, {"any", packet.LinkLinuxCooked2, nil}, {"any", packet.LinkLinuxCooked, []string{"-y", "LINUX_SLL"}}, {"lo", packet.LinkEthernet, []string{"-s", "100"}}} {
		t.Run(strings.Join(append([]string{c.device}, c.args...), " "), func(t *testing.T) {
			client, server := []byte(strings.Repeat("register ", 5000)), []byte(strings.Repeat("trying ", 30000))
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			path := realparts.Tcpdump(t, c.device, fmt.Sprintf("tcp port %d", listener.Addr().(*net.TCPAddr).Port), c.args, func() { exchange(t, listener, client, server) })
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			s := &story{}
			summary, err := Read(context.Background(), file, Filter{}, s)
			if err != nil || len(s.flows) != 1 || summary.LinkTypes[0] != c.link || s.flows[0].ClientGuessed || s.flows[0].Established.IsZero() {
				t.Fatalf("%v %+v, %d flows", err, summary, len(s.flows))
			}
			if len(c.args) == 2 && c.args[0] == "-s" {
				var missing int
				for _, line := range s.lines {
					var n int
					if _, err := fmt.Sscanf(line[2:], "[%d snap length]", &n); err == nil {
						missing += n
					}
				}
				if summary.ShortPackets == 0 || len(s.client)+len(s.server)+missing != len(client)+len(server) {
					t.Errorf("%d bytes and %d missing of %d: %+v", len(s.client)+len(s.server), missing, len(client)+len(server), summary)
				}
				return
			}
			if !bytes.Equal(s.client, client) || !bytes.Equal(s.server, server) || s.lines[len(s.lines)-1] != "close FIN >" {
				t.Errorf("%d of %d and %d of %d bytes, %q", len(s.client), len(client), len(s.server), len(server), s.lines[len(s.lines)-1])
			}
		})
	}
}

// exchange lets both sides say something; the client closes first.
func exchange(t *testing.T, listener net.Listener, client, server []byte) {
	t.Helper()
	whole, done := make(chan struct{}), make(chan error, 1)
	go func() {
		c, err := listener.Accept()
		if err != nil {
			done <- err
			return
		}
		if _, err = io.ReadFull(c, make([]byte, 1)); err == nil {
			_, err = c.Write(server)
		}
		if err == nil {
			_, err = io.CopyN(io.Discard, c, int64(len(client)-1))
		}
		close(whole)
		io.Copy(io.Discard, c) // until the client closes
		c.Close()
		done <- err
	}()
	c, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(client); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 4096)
	for left := len(server); left > 0; {
		n, err := c.Read(got)
		if err != nil {
			t.Fatal(err)
		}
		left -= n
	}
	<-whole // or the server would reset
	c.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
