package probe

import (
	"crypto/x509"
	"maps"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// recordings are the first records of all clients, by their names.
func recordings(t *testing.T, own *testca.Certificate, roots string) map[string][]byte {
	list, mutex := map[string][]byte{}, sync.Mutex{}
	t.Run("clients", func(t *testing.T) {
		for _, client := range realparts.Clients(t) {
			t.Run(client.Name, func(t *testing.T) {
				t.Parallel()
				l := serve(t, own)
				run := realparts.ClientRun{Addr: l.Addr().String(), Scheme: "sips", CAFile: roots, ServerName: "pbx.example.com"}
				if client.Scheme != "" {
					run.Scheme = client.Scheme
				}
				if client.Name == "baresip" {
					run.ServerName = "" // it would ask the DNS
				}
				client.Run(t, run)
				hello := l.first(t)
				mutex.Lock()
				defer mutex.Unlock()
				list[client.Name] = hello
			})
		}
	})
	return list
}

// TestReplayServers: the ClientHellos of all clients lead to a handshake with all
// servers, with whatever of the offer those take up.
func TestReplayServers(t *testing.T) {
	root := testca.Root(t, "Example Root", valid())
	own := root.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"), valid(),
		func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} })
	hellos := recordings(t, own, realparts.WriteFile(t, "root.pem", root.PEM()))
	hellos["OpenSSL 1.0.0m in the format of SSL 2.0"] = sslv2(t)
	certificate, key := realparts.WriteFile(t, "c.pem", own.PEM()), realparts.WriteFile(t, "k.pem", own.KeyPEM(t))
	sServer := func(args ...string) func(*testing.T) string {
		return func(t *testing.T) string {
			return realparts.SServer(t, append([]string{"-cert", certificate, "-key", key, "-www", "-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1"}, args...)...).Addr
		}
	}
	gnuTLS := func(priority string, args ...string) func(*testing.T) string {
		return func(t *testing.T) string {
			return realparts.GnuTLS(t, append([]string{"--x509certfile", certificate, "--x509keyfile", key, "--http", "--priority", priority}, args...)...).Addr
		}
	}
	for _, server := range []struct {
		name, scheme string
		start        func(*testing.T) string
		old          bool // up to TLS 1.2
	}{
		{"openssl s_server", "https", sServer(), false},
		{"openssl s_server with protocols", "https", sServer("-alpn", "http/1.1", "-nextprotoneg", "spdy/3,http/1.1"), false},
		{"openssl s_server up to TLS 1.2 with CBC suites", "https", sServer("-max_protocol", "TLSv1.2", "-cipher", "AES128-SHA256:AES128-SHA:@SECLEVEL=0"), true},
		{"openssl s_server with other groups", "https", sServer("-groups", "P-521:P-384"), false},
		{"gnutls-serv", "https", gnuTLS("NORMAL:+VERS-TLS1.0:+VERS-TLS1.1"), false},
		{"gnutls-serv with small records", "https", gnuTLS("NORMAL:+VERS-TLS1.0:+VERS-TLS1.1", "--recordsize", "1024"), false},
		{"gnutls-serv with DHE", "https", gnuTLS("NORMAL:+VERS-TLS1.0:-VERS-TLS1.3:-KX-ALL:+DHE-RSA:+RSA"), true},
		{"nginx", "https", func(t *testing.T) string {
			return realparts.Nginx(t, realparts.NginxConfig{Certificate: own.PEM(), Key: own.KeyPEM(t), Files: map[string][]byte{"/phone.cfg": []byte("#!version:1.0.0.1\n")},
				Directives: "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;"}).Addr
		}, false},
		{"Kamailio", "sips", func(t *testing.T) string {
			return realparts.Kamailio(t, realparts.KamailioConfig{Certificate: own.PEM(), Key: own.KeyPEM(t)}).Addr
		}, false},
	} {
		t.Run(server.name, func(t *testing.T) {
			address := server.start(t)
			for _, name := range slices.Sorted(maps.Keys(hellos)) {
				if server.old && (name == "openssl s_client -tls1_3" || name == "gnutls-cli TLS1.3") {
					continue // these offer nothing else
				}
				host := "pbx.example.com"
				if name == "baresip" {
					host = "127.0.0.1"
				}
				p := learn(t, hellos[name])
				a := replay(t, p, server.scheme, host, address)
				e := a.Evidence
				if e.Outcome.Ending != diagnosis.Completed {
					t.Errorf("%s: %+v, raw %q", name, e.Outcome, e.Raw)
					continue
				}
				if e.SIP != nil && e.SIP.Status != 200 || e.HTTP != nil && e.HTTP.Status == 0 {
					t.Errorf("%s: %+v %+v", name, e.SIP, e.HTTP)
				}
				alike(t, hellos[name], a.Segments[0].Bytes)
			}
		})
	}
}
