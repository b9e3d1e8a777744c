package realparts_test

import (
	"bufio"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// now is a validity for programs that have no clock but the machine's.
func now() testca.Option {
	return testca.Between(time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour))
}

// TestClients: each client takes a server whose root it holds, and refuses
// another, as its library has it.
func TestClients(t *testing.T) {
	root, other := testca.Root(t, "Example Root", now()), testca.Root(t, "Another Root", now())
	trusted := realparts.WriteFile(t, "root.pem", root.PEM())
	good := answers(t, root.Issue(t, "127.0.0.1", testca.TLS, loopback, now()), tls.NoClientCert)
	wrong := answers(t, root.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"), now()), tls.NoClientCert)
	unknown := answers(t, other.Issue(t, "127.0.0.1", testca.TLS, loopback, now()), tls.NoClientCert)
	for _, client := range realparts.Clients(t) {
		t.Run(client.Name, func(t *testing.T) {
			t.Parallel()
			for _, scheme := range []string{"https", "sips"} {
				if client.Scheme != "" && client.Scheme != scheme {
					continue
				}
				run := realparts.ClientRun{Addr: good, Scheme: scheme, CAFile: trusted, CheckName: true}
				if r := client.Run(t, run); !r.Verified || !r.Connected || !r.Reached {
					t.Errorf("%s: %+v", scheme, r)
				}
				judges := client.Name != "baresip"
				run.Addr = unknown
				if r := client.Run(t, run); r.Verified == judges || !r.Reached || r.Result == "" {
					t.Errorf("%s, unknown: %+v", scheme, r)
				}
				named := judges && !strings.HasPrefix(client.Name, "OpenSSL 1.0.0") && !strings.HasPrefix(client.Name, "OpenSSL 1.0.1")
				run.Addr = wrong
				if r := client.Run(t, run); r.Verified == named || !r.Reached || r.Result == "" && judges {
					t.Errorf("%s, wrong name: %+v", scheme, r)
				}
			}
		})
	}
}

// TestClientsShow: each client shows its own certificate where one is required.
func TestClientsShow(t *testing.T) {
	root := testca.Root(t, "Example Root", now())
	trusted := realparts.WriteFile(t, "root.pem", root.PEM())
	phone := testca.Root(t, "Phones", now()).Issue(t, "00005e005301", testca.TLS, now())
	own := realparts.WriteFile(t, "own.pem", append(phone.PEM(), phone.KeyPEM(t)...))
	address := answers(t, root.Issue(t, "127.0.0.1", testca.TLS, loopback, now()), tls.RequireAnyClientCert)
	for _, client := range realparts.Clients(t) {
		t.Run(client.Name, func(t *testing.T) {
			t.Parallel()
			run := realparts.ClientRun{Addr: address, Scheme: cmp.Or(client.Scheme, "sips"), CAFile: trusted, CertFile: own, KeyFile: own}
			if r := client.Run(t, run); !r.Verified || !strings.Contains(r.Output, "200") {
				t.Errorf("%+v", r)
			}
		})
	}
}

func loopback(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} }

// answers serves TLS 1.0 to 1.3 with whatever is asked for, and returns its address.
func answers(t *testing.T, own *testca.Certificate, auth tls.ClientAuthType) string {
	t.Helper()
	suites := []uint16{}
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		suites = append(suites, s.ID)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		MinVersion: tls.VersionTLS10, CipherSuites: suites, ClientAuth: auth,
		Certificates: []tls.Certificate{{Certificate: [][]byte{own.Raw}, PrivateKey: own.Key}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go answer(conn)
		}
	}()
	return listener.Addr().String()
}

// answer takes SIP and HTTP requests without a body, and says that all is well.
func answer(conn net.Conn) {
	defer conn.Close()
	kept, version := "", ""
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		line := lines.Text()
		name, _, _ := strings.Cut(line, ":")
		switch {
		case strings.HasSuffix(line, " SIP/2.0"):
			version = "SIP/2.0"
		case strings.HasSuffix(line, " HTTP/1.1"):
			version = "HTTP/1.1"
		case strings.Contains(" Via From To Call-ID CSeq Contact ", " "+name+" "):
			kept += line + "\r\n"
		case line == "":
			fmt.Fprintf(conn, "%s 200 OK\r\n%sContent-Length: 0\r\n\r\n", version, kept)
			kept = ""
		}
	}
}
