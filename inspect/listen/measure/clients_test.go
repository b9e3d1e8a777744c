package measure_test

import (
	"crypto/rand"
	"crypto/tls"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/internal/realparts"
)

// TestClients: real clients that hold the root walk through all chains, and the
// table says of each what its own library says.
func TestClients(t *testing.T) {
	a, root := authority(t)
	for _, client := range realparts.Clients(t) {
		if client.Scheme == "sips" {
			continue // the server here speaks HTTP
		}
		t.Run(client.Name, func(t *testing.T) {
			t.Parallel()
			table, verified := measure.Table{}, map[chain.Variant]bool{}
			for _, v := range chain.Variants() {
				s := serve(t, a, v)
				said := client.Run(t, realparts.ClientRun{Addr: "127.0.0.1:" + s.port, Scheme: "https", ServerName: "localhost", CheckName: true, CAFile: root})
				trial := measure.Judge(v, s.evidence(t))
				verified[v] = said.Verified
				switch {
				case said.Verified != (trial.Answer == measure.Accepted),
					!said.Verified && trial.Answer != measure.Refused && !trial.NoSuite && !trial.Mute,
					trial.Mute && !said.Connected, trial.NoSuite && said.Reached:
					t.Errorf("%s: %s: %s; the client: %s", v, trial.Answer, trial.Detail, said.Result)
				}
				table.Add(trial)
			}
			on := map[bool]string{true: "on", false: "off"}
			has := map[bool]string{true: "has", false: "lacks"}
			want := []string{"settings.only_trusted.in_force is on", "settings.cn_validation.in_force is " + on[!verified[chain.WrongName]],
				"crypto.key_algorithms " + has[verified[chain.ECKey]] + " EC", "crypto.hashes has SHA-256", "crypto.hashes " + has[verified[chain.SHA512]] + " SHA-512"}
			if got := settings(table); !verified[chain.Good] || !slices.Equal(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
			// The fact sheet on handsets, building of chains, number 1: 1.0.0 alone of
			// these looks for no alternative; Node.js 0.8 carries it.
			alternative := !strings.Contains(client.Name, "1.0.0m") && client.Name != "node 0.8.28"
			if found := strings.Contains(strings.Join(table.Remarks(), "\n"), "it finds its own root"); found != alternative || found != verified[chain.CrossSignedExpired] {
				t.Errorf("remarks: %q", table.Remarks())
			}
		})
	}
}

// TestLaxClients: whoever verifies nothing takes everything, and little follows.
func TestLaxClients(t *testing.T) {
	a, _ := authority(t)
	for _, command := range []string{"openssl s_client -quiet -connect localhost:%PORT%", "curl -s -k --noproxy * https://localhost:%PORT%/"} {
		words := strings.Fields(command)
		program := realparts.Need(t, words[0])
		var table measure.Table
		for _, v := range chain.Variants() {
			s := serve(t, a, v)
			var arguments []string
			for _, word := range words[1:] {
				arguments = append(arguments, strings.ReplaceAll(word, "%PORT%", s.port))
			}
			client := exec.Command(program, arguments...)
			input, err := client.StdinPipe() // left open: s_client hangs up with its input
			if err != nil {
				t.Fatal(err)
			}
			if err := client.Start(); err != nil {
				t.Fatal(err)
			}
			io.WriteString(input, "GET / HTTP/1.0\r\n\r\n")
			table.Add(measure.Judge(v, s.evidence(t)))
			input.Close()
			client.Wait() // what it makes of the connection's end does not matter
		}
		want := []string{"settings.only_trusted.in_force is off", "crypto.key_algorithms has EC"}
		if got := settings(table); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
}

// authority is one by the clock of today, for the clients have no other, and the
// file of its root.
func authority(t *testing.T) (*chain.Authority, string) {
	t.Helper()
	a, err := chain.New(chain.Config{Names: []string{"localhost"}, Now: time.Now(), Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(root, a.RootPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return a, root
}

func settings(t measure.Table) []string {
	var list []string
	for _, s := range t.Settings() {
		list = append(list, s.String())
	}
	return list
}

// patience is how long a client may take on a busy machine.
const patience = time.Minute

// server shows one chain to one client.
type server struct {
	port string
	done chan struct{}

	mutex sync.Mutex
	said  []said
	keys  keylog.Log
	whole bool
}

// said are bytes of one side.
type said struct {
	from  handshake.Direction
	bytes []byte
}

func serve(t *testing.T, a *chain.Authority, v chain.Variant) *server {
	t.Helper()
	made, err := a.Chain(v)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{done: make(chan struct{})}
	_, s.port, _ = net.SplitHostPort(listener.Addr().String())
	suites := []uint16{}
	for _, c := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		suites = append(suites, c.ID)
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{{Certificate: made.DER, PrivateKey: made.Key}}, MinVersion: tls.VersionTLS10,
		KeyLogWriter: &s.keys, SessionTicketsDisabled: true, CipherSuites: suites,
	}
	t.Cleanup(func() { listener.Close(); <-s.done })
	go func() {
		defer close(s.done)
		raw, err := listener.Accept()
		if err != nil {
			return
		}
		defer raw.Close()
		raw.SetDeadline(time.Now().Add(patience))
		s.answer(tls.Server(&recorded{raw, s}, config))
	}()
	return s
}

// answer waits for a request, answers it, and waits until the client leaves.
func (s *server) answer(c *tls.Conn) {
	if s.whole = c.Handshake() == nil; !s.whole {
		io.Copy(io.Discard, c.NetConn())
		return
	}
	if n, _ := c.Read(make([]byte, 4096)); n > 0 {
		c.Write([]byte("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"))
	}
	c.CloseWrite()
	if tcp, is := c.NetConn().(*recorded).Conn.(*net.TCPConn); is {
		tcp.CloseWrite()
	}
	io.Copy(io.Discard, c.NetConn())
}

// recorded keeps what goes over the wire, in its order.
type recorded struct {
	net.Conn
	server *server
}

func (r *recorded) Read(b []byte) (int, error) {
	n, err := r.Conn.Read(b)
	r.server.say(handshake.ClientToServer, b[:n])
	return n, err
}

func (r *recorded) Write(b []byte) (int, error) {
	r.server.say(handshake.ServerToClient, b)
	return r.Conn.Write(b)
}

func (s *server) say(from handshake.Direction, b []byte) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if len(b) > 0 {
		s.said = append(s.said, said{from, slices.Clone(b)})
	}
}

// evidence is what was seen when the client has left.
func (s *server) evidence(t *testing.T) diagnosis.Evidence {
	t.Helper()
	<-s.done
	d := handshake.NewDecoder(&s.keys)
	for _, part := range s.said {
		d.Feed(part.from, 0, part.bytes)
	}
	e := diagnosis.Evidence{Transcript: d.Finish(), Outcome: diagnosis.Outcome{Ending: diagnosis.Closed, Closer: "client"}}
	for _, entry := range e.Transcript.Entries {
		if m, is := entry.Fields.(*handshake.Certificate); is && entry.Direction == handshake.ServerToClient {
			for _, der := range m.Certificates {
				c, err := certificate.Parse(der)
				if err != nil {
					t.Fatal(err)
				}
				e.Sent = append(e.Sent, c)
			}
		}
	}
	if s.whole {
		e.Outcome.Ending = diagnosis.Completed
	}
	return e
}
