package realparts_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestServers: each server speaks TLS 1.0 where it is told to, and is gone when
// it is stopped.
func TestServers(t *testing.T) {
	server := testca.Self(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	certificate, key := server.PEM(), server.KeyPEM(t)
	for _, test := range []struct {
		name  string
		start func(t *testing.T) *realparts.Server
	}{
		{"kamailio", func(t *testing.T) *realparts.Server {
			return realparts.Kamailio(t, realparts.KamailioConfig{Certificate: certificate, Key: key, Method: "TLSv1"})
		}},
		{"openssl s_server", func(t *testing.T) *realparts.Server {
			return realparts.SServer(t, "-cert", realparts.WriteFile(t, "c.pem", certificate), "-key", realparts.WriteFile(t, "k.pem", key), "-tls1", "-cipher", "ALL:@SECLEVEL=0")
		}},
		{"gnutls-serv", func(t *testing.T) *realparts.Server {
			return realparts.GnuTLS(t, "--x509certfile", realparts.WriteFile(t, "c.pem", certificate), "--x509keyfile", realparts.WriteFile(t, "k.pem", key), "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.0")
		}},
		{"nginx", func(t *testing.T) *realparts.Server {
			return realparts.Nginx(t, realparts.NginxConfig{Certificate: certificate, Key: key, Directives: "ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=0;"})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := test.start(t)
			conn, err := tls.Dial("tcp", s.Addr, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10})
			if err != nil {
				t.Fatalf("%v\n%s", err, s.Log())
			}
			defer conn.Close()
			if version := conn.ConnectionState().Version; version != tls.VersionTLS10 {
				t.Errorf("%s", tls.VersionName(version))
			}
			s.Stop()
			if _, err := tls.Dial("tcp", s.Addr, &tls.Config{InsecureSkipVerify: true}); err == nil {
				t.Error("still there after Stop")
			}
		})
	}
}

// TestFreePort: nobody is given a port that another one has.
func TestFreePort(t *testing.T) {
	given := map[string]bool{}
	for range 300 {
		port := realparts.FreePort(t)
		if given[port] {
			t.Fatalf("port %s is given out twice", port)
		}
		given[port] = true
	}
}

func TestNginxServesFiles(t *testing.T) {
	server := testca.Self(t, "pbx.example.com", testca.TLS)
	s := realparts.Nginx(t, realparts.NginxConfig{Certificate: server.PEM(), Key: server.KeyPEM(t), Files: map[string][]byte{"/y000000000000.cfg": []byte("#!version:1.0.0.1\n")}})
	conn, err := tls.Dial("tcp", s.Addr, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /y000000000000.cfg HTTP/1.0\r\n\r\n")
	text, _ := io.ReadAll(conn)
	if !strings.HasPrefix(string(text), "HTTP/1.1 200 OK") || !strings.HasSuffix(string(text), "#!version:1.0.0.1\n") {
		t.Errorf("%q", text)
	}
}
