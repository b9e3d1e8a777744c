package capture

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

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
			path := record(t, c.device, listener.Addr().(*net.TCPAddr).Port, c.args, func() { exchange(t, listener, client, server) })
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
	done := make(chan error, 1)
	go func() {
		c, err := listener.Accept()
		if err != nil {
			done <- err
			return
		}
		defer c.Close()
		got := make([]byte, len(client))
		if _, err = bufio.NewReader(c).Read(got[:1]); err == nil {
			_, err = c.Write(server)
		}
		for err == nil {
			_, err = c.Read(got) // until the client closes
		}
		done <- nil
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
	time.Sleep(50 * time.Millisecond) // let the server read all: else it would reset
	c.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// record runs tcpdump while something happens, and returns its file. A missing
// privilege skips the test, in CI too; a missing program does not.
func record(t *testing.T, device string, port int, args []string, happens func()) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recorded.pcap")
	args = append([]string{"-i", device, "--immediate-mode", "-U", "-n", "-Z", "root", "-w", path, "-B", "16384"}, args...)
	cmd := exec.Command(realparts.Need(t, "tcpdump"), append(args, fmt.Sprintf("tcp port %d", port))...)
	messages, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	said, ready := "", false
	lines := bufio.NewScanner(messages)
	for !ready && lines.Scan() {
		said += lines.Text() + "\n"
		ready = strings.Contains(lines.Text(), "listening on")
	}
	if !ready {
		_ = cmd.Wait()
		for _, refusal := range []string{"ermission", "not permitted", "No such device", "couldn't find user"} {
			if strings.Contains(said, refusal) {
				t.Skipf("skipped: tcpdump may not record here: %s", said)
			}
		}
		t.Fatalf("tcpdump: %s", said)
	}
	happens()
	time.Sleep(300 * time.Millisecond) // what is still on its way to tcpdump
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		said += lines.Text() + "\n"
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("tcpdump: %v\n%s", err, said)
	}
	return path
}
