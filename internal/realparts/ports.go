package realparts

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The ports of servers are below the range from which the system takes those of
// clients, so that no connection of another test gets in the way.
const lowestPort, ports = 20000, 12000

// FreePort is a port of 127.0.0.1 at which nothing listens, and which no other
// call gives out before the test has ended, in whatever process.
func FreePort(t testing.TB) string {
	t.Helper()
	for range 1000 {
		number := lowestPort + rand.IntN(ports)
		held := hold(number)
		if held == nil {
			continue
		}
		// The port is not tried by listening there for a moment: a program that
		// another test starts in this moment takes the socket along until it
		// runs, and is then taken for the server that is waited for.
		if port := strconv.Itoa(number); !used(port) {
			t.Cleanup(func() { held.Close() })
			return port
		}
		held.Close()
	}
	t.Fatal("no port is free")
	return ""
}

// hold keeps the other tests, also those of other processes, from a port, with a
// UDP socket at a number that stands for it: the system gives it to one alone, and
// takes it back however a process ends. It is nil where another test has the port.
func hold(number int) net.PacketConn {
	held, err := net.ListenPacket("udp", net.JoinHostPort("127.0.0.1", strconv.Itoa(number-ports)))
	if err != nil {
		return nil
	}
	return held
}

// listens reports whether a port is open, where possible without connecting:
// a server counts its connections, and some take one only.
func listens(port string) bool {
	if states, known := statesAt(port); known {
		return slices.Contains(states, "0A") // LISTEN
	}
	conn, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

// used reports whether a port is open or was so lately: not every program listens
// where connections have just ended.
func used(port string) bool {
	states, known := statesAt(port)
	return len(states) > 0 || !known && listens(port)
}

// statesAt are those of the sockets at a local port, in hex, where the system
// tells.
func statesAt(port string) (states []string, known bool) {
	number, _ := strconv.Atoi(port)
	end := fmt.Sprintf(":%04X", number)
	for _, file := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(file)
		known = known || err == nil
		for line := range strings.Lines(string(text)) {
			if !strings.Contains(line, end) {
				continue // soon, for there are thousands of lines
			}
			// The local address is the second field, the state the fourth.
			if fields := strings.Fields(line); len(fields) > 3 && strings.HasSuffix(fields[1], end) {
				states = append(states, fields[3])
			}
		}
	}
	return states, known
}
