package wire_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// recorded runs tcpdump on loopback while something happens.
func recorded(t *testing.T, ports []string, happens func()) (path string) {
	t.Helper()
	return realparts.Tcpdump(t, realparts.Loopback(), "tcp port "+strings.Join(ports, " or tcp port "), nil, happens)
}

// talk runs "openssl s_client", which types lines once it has a handshake. How
// it ends does not matter here.
func talk(t *testing.T, keys, addr string, lines []string, args ...string) {
	t.Helper()
	c := openssl(t, keys, addr, args...)
	c.handshake()
	for _, line := range append(lines, "Q") {
		io.WriteString(c.input, line+"\n")
		time.Sleep(150 * time.Millisecond)
	}
	c.input.Close()
	<-c.ended
}

// askedAgain talks until the server, which is told to, has asked for another
// handshake and got it.
func askedAgain(t *testing.T, keys string, server *realparts.Server) {
	t.Helper()
	c := openssl(t, keys, server.Addr, "-tls1_2")
	first := c.handshake()
	server.Type("r")
	if !first || !c.handshake() {
		t.Error("there was no second handshake")
	}
	io.WriteString(c.input, "Q\n")
	c.input.Close()
	<-c.ended
}

// opensslClient is a running "openssl s_client" that tells its states.
type opensslClient struct {
	input io.WriteCloser
	said  *saying
	ended chan struct{}
}

func openssl(t *testing.T, keys, addr string, args ...string) *opensslClient {
	t.Helper()
	c := &opensslClient{said: &saying{wanted: "SSLv3/TLS read finished", heard: make(chan struct{}, 100)}, ended: make(chan struct{})}
	cmd := exec.Command(realparts.Need(t, "openssl"), append([]string{"s_client", "-connect", addr, "-keylogfile", keys, "-cipher", "ALL:@SECLEVEL=0", "-state"}, args...)...)
	cmd.Stdout, cmd.Stderr = c.said, c.said
	input, err := cmd.StdinPipe()
	if err == nil {
		c.input, err = input, cmd.Start()
	}
	if err != nil {
		t.Error(err)
		close(c.ended)
		return c
	}
	go func() { cmd.Wait(); close(c.ended) }()
	return c
}

// handshake waits for the next Finished of the server, and says if one came.
func (c *opensslClient) handshake() bool {
	select {
	case <-c.said.heard:
		return true
	case <-c.ended:
	case <-time.After(5 * time.Minute):
	}
	return false
}

// saying is what a program writes; each time that a text is complete in it,
// whoever listens hears of it.
type saying struct {
	wanted string
	heard  chan struct{}
	line   []byte
}

func (s *saying) Write(p []byte) (int, error) {
	for _, b := range p {
		s.line = append(s.line, b)
		if b == '\n' {
			if bytes.Contains(s.line, []byte(s.wanted)) {
				s.heard <- struct{}{}
			}
			s.line = s.line[:0]
		}
	}
	return len(p), nil
}

// TestSecondOpinion: of real handshakes between real programs, captured by
// tcpdump, trace and tshark see the same messages, with the keys and without.
func TestSecondOpinion(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"tcpdump", "tshark", "openssl"} {
		realparts.Need(t, program)
	}
	p := commandstest.NewPKI(t)
	root := realparts.WriteFile(t, "root.pem", p.Root.PEM())
	phone := p.Intermediate.Issue(t, "phone.example.com", testca.TLS)
	own := []string{"-cert", realparts.WriteFile(t, "p.pem", phone.PEM()), "-key", realparts.WriteFile(t, "p.key", phone.KeyPEM(t))}
	along := []*testca.Certificate{p.Intermediate}
	strict := []string{"-Verify", "3", "-verify_return_error", "-CAfile", root}
	legacy := kamailio(t, p.Leaf, along...)
	ordinary := server(t, p.Leaf, along, "-client_renegotiation")
	asking := server(t, p.Leaf, along, append([]string{"-groups", "P-384"}, strict...)...)
	modern := server(t, p.Leaf, along, "-tls1_2", "-status_verbose", "-no_ticket")
	restless := restlessServer(t, p.Leaf)
	gnutls := realparts.GnuTLS(t, "--x509certfile", realparts.WriteFile(t, "g.pem", p.Leaf.PEM()), "--x509keyfile", realparts.WriteFile(t, "g.key", p.Leaf.KeyPEM(t)),
		"--priority", "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:%COMPAT", "--echo").Addr
	dir := t.TempDir()
	keys := filepath.Join(dir, "keys.txt")
	var ports []string
	for _, addr := range []string{legacy, ordinary, asking, modern, gnutls, restless.Addr} {
		ports = append(ports, commandstest.Port(addr))
	}
	file := recorded(t, ports, func() {
		var group sync.WaitGroup
		for i, talks := range [][]func(keys string){
			{func(keys string) { probed(t, 10, legacy, "--handset", "yealink-t28p", "--keylog", keys) }},
			{func(keys string) {
				probed(t, 0, legacy, "--handset", "yealink-t28p", "--keylog", keys, "--custom", root)
			}},
			{
				func(keys string) { talk(t, keys, ordinary, []string{"hello"}, "-tls1") },
				func(keys string) { talk(t, keys, ordinary, nil, "-tls1_1") },
				func(keys string) { talk(t, keys, ordinary, []string{"R", "hello"}, "-tls1_2") },
				func(keys string) { talk(t, keys, ordinary, []string{"K", "k", "hello"}, "-tls1_3") },
				func(keys string) { talk(t, keys, ordinary, nil, "-tls1_3", "-sess_out", filepath.Join(dir, "session")) },
				func(keys string) { talk(t, keys, ordinary, nil, "-tls1_3", "-sess_in", filepath.Join(dir, "session")) },
			}, {
				func(keys string) { talk(t, keys, asking, nil, append(own, "-tls1_2")...) },
				func(keys string) { talk(t, keys, asking, nil, "-tls1_2") },
				func(keys string) { talk(t, keys, asking, nil, append(own, "-tls1_3", "-groups", "X25519:P-384")...) },
				func(keys string) { talk(t, keys, asking, nil, "-tls1_3") },
			}, {
				func(keys string) { askedAgain(t, keys, restless) },
			}, {
				func(keys string) { talk(t, keys, modern, nil, "-tls1_2", "-reconnect") },
				func(keys string) { talk(t, keys, modern, nil, "-tls1") },
				func(keys string) { talk(t, keys, modern, nil, "-tls1_3") },
				func(keys string) {
					talk(t, keys, modern, []string{"x"}, "-tls1_2", "-status", "-alpn", "sip/2", "-servername", "pbx.example.com")
				},
				func(keys string) { talk(t, keys, modern, nil, "-tls1_2", "-CAfile", root+"x") },
			}, {
				func(keys string) { talk(t, keys, gnutls, []string{"hello"}, "-tls1") },
				func(keys string) {
					talk(t, keys, gnutls, []string{"hello"}, "-tls1_2", "-sess_out", filepath.Join(dir, "ticket"))
				},
				func(keys string) {
					talk(t, keys, gnutls, []string{"hello"}, "-tls1_2", "-sess_in", filepath.Join(dir, "ticket"))
				},
				func(keys string) { talk(t, keys, gnutls, []string{"hello"}, "-tls1_3") },
				func(keys string) {
					talk(t, keys, gnutls, []string{"hello"}, "-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0")
				},
			},
		} {
			group.Go(func() {
				for j, talk := range talks {
					talk(filepath.Join(dir, fmt.Sprintf("keys-%d-%d", i, j)))
				}
			})
		}
		probed(t, 10, legacy, "--handset", "yealink-t28p", "--keylog", filepath.Join(dir, "keys-refused"))
		probed(t, 0, legacy, "--handset", "yealink-t28p", "--keylog", filepath.Join(dir, "keys-taken"), "--custom", root)
		group.Wait()
	})
	join(t, keys, filepath.Join(dir, "keys-*"))

	plain, open := traced(t, file, "", ports), traced(t, file, keys, ports)
	agree(t, plain, tshark(t, file, "", ports))
	agree(t, open, tshark(t, file, keys, ports))
	all := fmt.Sprint(open)
	for _, name := range handshakeNames {
		if !strings.Contains(all, name) && name != "EndOfEarlyData" && name != "CertificateStatus" {
			t.Errorf("no %s was recorded", name)
		}
	}
	if len(open) < 20 {
		t.Errorf("%d connections", len(open))
	}
	helloOfThePhone(t, file, commandstest.Port(legacy))
}

// join writes many key logs into one.
func join(t *testing.T, path, pattern string) {
	t.Helper()
	parts, err := filepath.Glob(pattern)
	if err != nil || len(parts) == 0 {
		t.Fatal("there are no key logs")
	}
	var all []byte
	for _, part := range parts {
		text, err := os.ReadFile(part)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text...)
	}
	if err := os.WriteFile(path, all, 0o600); err != nil {
		t.Fatal(err)
	}
}

// helloOfThePhone: the ClientHello that tcpdump saw is the profile's, byte for
// byte, but for the random.
func helloOfThePhone(t *testing.T, file, port string) {
	t.Helper()
	out := realparts.Run(t, nil, "tshark", "-r", file, "-d", "tcp.port=="+port+",tls", "-Y", "tls.handshake.type == 1 && tcp.dstport == "+port,
		"-T", "fields", "-e", "tcp.payload", "-e", "tls.handshake.random")
	count := 0
	for line := range strings.Lines(string(out)) {
		text, random, _ := strings.Cut(strings.TrimSpace(line), "\t")
		got, err := hex.DecodeString(text)
		if err != nil || len(got) < 43 || hex.EncodeToString(got[11:43]) != random || random == strings.Repeat("00", 32) {
			t.Fatalf("%v: %s", err, line)
		}
		clear(got[11:43])
		if hex.EncodeToString(got) != helloOfT28P {
			t.Errorf("got  %x\nwant %s", got, helloOfT28P)
		}
		count++
	}
	if count < 2 {
		t.Errorf("%d ClientHellos", count)
	}
}

// helloOfT28P is the record of that phone's ClientHello with a random of zeros.
var helloOfT28P = "160301005d" + "01000059" + "0301" + strings.Repeat("00", 32) + "00" +
	"0032" + "00390038003500160013000a00330032002f0007006600050004006300620015001200090065006400600014001100080003" + "0100"

// TestSecondOpinionOnSaved: the same for captures that "probe --save" wrote,
// which need no privilege.
func TestSecondOpinionOnSaved(t *testing.T) {
	t.Parallel()
	realparts.Need(t, "tshark")
	p := commandstest.NewPKI(t)
	root := realparts.WriteFile(t, "root.pem", p.Root.PEM())
	dir := t.TempDir()
	keys, file := filepath.Join(dir, "keys.txt"), filepath.Join(dir, "saved.pcapng")
	targets := []string{
		kamailio(t, p.Leaf, p.Intermediate), server(t, p.Leaf, nil, "-tls1_2"), server(t, p.Leaf, nil, "-tls1_3"),
		server(t, p.Leaf, []*testca.Certificate{p.Intermediate}, "-Verify", "2", "-verify_return_error", "-CAfile", root),
	}
	list := realparts.WriteFile(t, "targets.txt", []byte(strings.Join(targets, "\n")))
	code, out, errText := commandstest.Online(t, nil, "probe", "--targets", list, "--handset", "yealink-t28p,yealink-t5x-v86", "--timeout", "10s", "--custom", root,
		"--clock", testca.Clock().Format(time.RFC3339), "--save", file, "--keylog", keys, "--json")
	if code != 10 {
		t.Fatalf("exit code %d\n%s%s", code, out, errText)
	}
	var ports []string
	for _, addr := range targets {
		ports = append(ports, commandstest.Port(addr))
	}
	agree(t, traced(t, file, "", ports), tshark(t, file, "", ports))
	agree(t, traced(t, file, keys, ports), tshark(t, file, keys, ports))
}
