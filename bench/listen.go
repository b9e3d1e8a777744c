//go:build unix

package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

const (
	// calls are made to a server in one turn, callers of them at a time: enough
	// that it never waits.
	calls, callers = 1500, 16
	// turns are the pairs of which the median is told.
	turns = 9
	// idle is how many connections stay open.
	idle = 5000
)

// listen: full handshakes a second on one core, and connections that stay.
func (b *bench) listen() {
	testing.Init()
	testing.Benchmark(func(t *testing.B) {
		own := testca.Root(t, "Example Root").Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
		pair := []string{b.path("own.pem"), b.path("own.key")}
		for i, text := range [][]byte{own.PEM(), own.KeyPEM(t)} {
			if err := os.WriteFile(pair[i], text, 0o600); err != nil {
				log.Fatal(err)
			}
		}
		for _, suite := range []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256} {
			b.handshakes(t, suite, pair)
		}
		b.idle(t, pair)
	})
}

// handshakes calls the three servers in turn.
func (b *bench) handshakes(t *testing.B, suite uint16, pair []string) {
	ours := serve(t, b.phonecert, b.listenArgs(pair)...)
	defer ours.stop()
	asJSON := serve(t, b.phonecert, append(b.listenArgs(pair), "--json")...)
	defer asJSON.stop()
	bare := serve(t, filepath.Join(b.dir, "bareserver"), append([]string{address}, pair...)...)
	defer bare.stop()
	servers := []*server{ours, bare, asJSON}
	if have("openssl") {
		openssl := realparts.SServer(t, "-cert", pair[0], "-key", pair[1], "-cipher", "ALL:@SECLEVEL=0", "-quiet")
		defer openssl.Stop()
		servers = append(servers, &server{addr: openssl.Addr})
	}
	rates, cpu := make([][]float64, len(servers)), make([][]float64, len(servers))
	for i := range turns + 1 {
		var wall, spent []float64
		for _, s := range servers {
			before := s.cpu()
			wall = append(wall, calls/load(s.addr, suite).Seconds())
			spent = append(spent, max(float64(s.cpu()-before), 1))
		}
		if i == 0 {
			continue // warm up
		}
		for k := range servers {
			rates[k] = append(rates[k], wall[k])
			cpu[k] = append(cpu[k], spent[1]/spent[k])
		}
	}
	b.tellHandshakes(tls.CipherSuiteName(suite), rates, cpu)
}

func (b *bench) tellHandshakes(suite string, rates, cpu [][]float64) {
	ratio := func(k int) float64 {
		var list []float64
		for i := range rates[k] {
			list = append(list, rates[k][i]/rates[1][i])
		}
		return median(list)
	}
	fmt.Printf("listen: full handshakes of TLS 1.2 with %s and RSA-2048 a second on one core, against a bare crypto/tls server (target: at least ×0.85)\n", suite)
	text, asJSON := ratio(0), ratio(2)
	fmt.Printf("  rate ×%.3f  by cpu time ×%.3f  as JSON ×%.3f, by cpu time ×%.3f  (%.0f a second against %.0f, %d pairs of %d)",
		text, median(cpu[0]), asJSON, median(cpu[2]), median(rates[0]), median(rates[1]), len(rates[0]), calls)
	if len(rates) > 3 {
		fmt.Printf(", openssl s_server %.0f", median(rates[3]))
	}
	fmt.Println()
}

// idle: connections that stay after the handshake.
func (b *bench) idle(t *testing.B, pair []string) {
	s := serve(t, b.phonecert, b.listenArgs(pair)...)
	defer s.stop()
	before := s.peakMiB()
	conns := make([]net.Conn, idle)
	begin := time.Now()
	together(idle, func(i int) { conns[i] = call(s.addr, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256) })
	fmt.Printf("listen: %d connections that say nothing after the handshake (target: under 300 MB)\n  peak %.0f MiB, %.0f MiB before (%.1f s)\n",
		idle, s.peakMiB(), before, time.Since(begin).Seconds())
	for _, conn := range conns {
		conn.Close()
	}
}

// address stands for that of the server in its arguments.
const address = "ADDRESS"

func (b *bench) listenArgs(pair []string) []string {
	return []string{"listen", address, "--cert", pair[0], "--key", pair[1]}
}

// server is one in a process of its own, on one core.
type server struct {
	addr string
	cmd  *exec.Cmd
}

func serve(t *testing.B, program string, args ...string) *server {
	s := &server{addr: "127.0.0.1:" + realparts.FreePort(t)}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], address, s.addr)
	}
	s.cmd = exec.Command(program, args...)
	s.cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	if err := s.cmd.Start(); err != nil {
		log.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", s.addr)
		if err == nil {
			conn.Close()
			return s
		}
		if time.Now().After(end) {
			log.Fatal(program, " does not listen: ", err)
		}
	}
}

func (s *server) stop() {
	s.cmd.Process.Signal(os.Interrupt)
	s.cmd.Wait()
}

// cpu is what the server's process took so far, in ticks of the system; 0 where
// the system does not tell.
func (s *server) cpu() int {
	if s.cmd == nil {
		return 0
	}
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ") // of the program's name
	fields := strings.Fields(rest)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return user + system
}

// peakMiB is the most memory that the server had, 0 where the system does not tell.
func (s *server) peakMiB() float64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return kib / 1024
}

// load makes the calls of a turn.
func load(addr string, suite uint16) time.Duration {
	begin := time.Now()
	together(calls, func(int) { call(addr, suite).Close() })
	return time.Since(begin)
}

// together does something n times, a few at once.
func together(n int, do func(int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	group.Wait()
}

// call does a full handshake. A server that takes one connection at a time may
// let others wait too long.
func call(addr string, suite uint16) net.Conn {
	config := &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite}}
	for {
		conn, err := tls.Dial("tcp", addr, config)
		switch {
		case err == nil:
			return conn
		case !errors.Is(err, syscall.ECONNRESET):
			log.Fatal(err)
		}
	}
}
