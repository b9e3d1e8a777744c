package capture

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/internal/realparts"
)

func tshark(t *testing.T, file []byte, args ...string) string {
	t.Helper()
	realparts.Need(t, "tshark")
	path := filepath.Join(t.TempDir(), "capture")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return string(realparts.Run(t, nil, "tshark", append([]string{"-r", path, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"}, args...)...))
}

// TestWiresharkFindsNoFault with what Writer writes.
func TestWiresharkFindsNoFault(t *testing.T) {
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 7))
		for _, v6 := range []bool{false, true} {
			client, server := clientAddr, serverAddr
			if v6 {
				client, server = clientAddr6, serverAddr6
			}
			file, _ := talkOf(t, r, 3, client, server)
			report := tshark(t, file, "-q", "-z", "expert")
			for _, severity := range []string{"Errors", "Warns"} {
				rest := strings.ReplaceAll(report, "Connection reset (RST)", "")
				if _, section, found := strings.Cut(rest, severity+" ("); found && !onlyReset(section) {
					t.Errorf("tshark has %s:\n%s", severity, report)
				}
			}
		}
	}
}

// onlyReset reports whether the warnings are but of connections that were
// reset, as they were meant to.
func onlyReset(section string) bool {
	section, _, _ = strings.Cut(section, "\n\n")
	for _, line := range strings.Split(section, "\n")[3:] {
		if f := strings.Fields(line); len(f) > 3 {
			return false
		}
	}
	return true
}

// TestSameStreamsAsWireshark: what tshark's "follow" shows is what comes here.
func TestSameStreamsAsWireshark(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 8))
		written, said := talkOf(t, r, 1, clientAddr, serverAddr)
		var list []frame
		// Twice, and in another order within a direction. What was acknowledged
		// before it was recorded, tshark takes for lost.
		packets := disturb(r, packetsOf(written), false, false)
		for i := 3; i+1 < len(packets); i++ {
			if a, b := packets[i], packets[i+1]; r.IntN(2) == 0 && bytes.Equal(a[26:34], b[26:34]) && a[flagsAt(a)]&7 == 0 && b[flagsAt(b)]&7 == 0 {
				packets[i], packets[i+1] = b, a
			}
		}
		for i, p := range packets {
			list = append(list, frame{at: noon.Add(time.Duration(i) * time.Millisecond), bytes: p})
		}
		file := pcapFile(binary.BigEndian, false, LinkEthernet, list)
		s, _ := read(t, file)
		var theirs [2][]byte
		for line := range strings.Lines(tshark(t, file, "-q", "-z", "follow,tcp,raw,0")) {
			b, err := hex.DecodeString(strings.TrimSpace(line))
			if err != nil {
				continue
			}
			side := 0
			if line[0] == '\t' {
				side = 1
			}
			theirs[side] = append(theirs[side], b...)
		}
		if !bytes.Equal(s.client, theirs[0]) || !bytes.Equal(s.server, theirs[1]) || !bytes.Equal(s.client, said[0][0]) {
			t.Errorf("client %d and %d bytes, server %d and %d", len(s.client), len(theirs[0]), len(s.server), len(theirs[1]))
		}
	}
}

// TestWiresharkSeesTLS: Wireshark decodes a handshake that was written, and
// with the key log in the file it decrypts it.
func TestWiresharkSeesTLS(t *testing.T) {
	realparts.Need(t, "tshark")
	said, keys := tlsTalk(t)
	var out bytes.Buffer
	w := NewWriter(&out)
	_ = w.Secrets(keys)
	c, err := w.Open(clientAddr, serverAddr, noon, noon)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range said {
		_ = c.Data(s.fromClient, noon.Add(time.Duration(i)*time.Millisecond), s.bytes)
	}
	_ = c.FIN(true, noon.Add(time.Second))
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	types := strings.Fields(strings.ReplaceAll(tshark(t, out.Bytes(), "-Y", "tls.handshake", "-T", "fields", "-e", "tls.handshake.type"), ",", " "))
	// ClientHello, ServerHello, EncryptedExtensions, Certificate, CertificateVerify, Finished, Finished
	if got := fmt.Sprint(types); got != "[1 2 8 11 15 20 20]" && got != "[1 2 8 11 15 20 20 4]" && got != "[1 2 8 11 15 20 4 20]" {
		t.Errorf("tshark sees the handshake messages %s", got)
	}
	// The file gives back its key log.
	s, _ := read(t, out.Bytes())
	if want := fmt.Sprintf("secrets %q", keys); s.lines[0] != want {
		t.Error("the key log does not come back")
	}
}

type saying struct {
	fromClient bool
	bytes      []byte
}

// tlsTalk runs a handshake of TLS 1.3 and keeps what both sides wrote, and the
// key log.
func tlsTalk(t *testing.T) (said []saying, keys []byte) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), nil)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "pbx.example.com"}, NotBefore: noon, NotAfter: noon.AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(nil, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var log bytes.Buffer
	tee := func(c net.Conn, fromClient bool) net.Conn {
		return writeTo{c, func(b []byte) {
			mu.Lock()
			defer mu.Unlock()
			said = append(said, saying{fromClient, bytes.Clone(b)})
		}}
	}
	here, there := net.Pipe()
	server := tls.Server(tee(there, false), &tls.Config{SessionTicketsDisabled: true, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	client := tls.Client(tee(here, true), &tls.Config{InsecureSkipVerify: true, KeyLogWriter: &log})
	failed := make(chan error, 1)
	go func() { failed <- server.Handshake() }()
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	return said, log.Bytes()
}

type writeTo struct {
	net.Conn
	keep func([]byte)
}

func (w writeTo) Write(b []byte) (int, error) {
	w.keep(b)
	return w.Conn.Write(b)
}

// TestTcpdump reads what tcpdump recorded of a real connection: on the
// loopback interface, and on all, which gives Linux cooked v2.
func TestTcpdump(t *testing.T) {
	for _, c := range []struct {
		device string
		link   LinkType
		args   []string
	}{{"lo", LinkEthernet, nil}, {"any", LinkLinuxCooked2, nil}, {"any", LinkLinuxCooked, []string{"-y", "LINUX_SLL"}}, {"lo", LinkEthernet, []string{"-s", "100"}}} {
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
