package survey_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/probe/survey"
	"github.com/phonecert/phonecert/internal/testca"
)

// patience is for what comes at once, on a machine that is slow.
const patience = 2 * time.Minute

// listen serves every connection with a function until the test ends.
func listen(t *testing.T, serve func(net.Conn)) func(context.Context) (net.Conn, error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	return func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", l.Addr().String())
	}
}

func server(t *testing.T, ca *testca.Certificate, config *tls.Config) func(context.Context) (net.Conn, error) {
	t.Helper()
	own := ca.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	config.Certificates = []tls.Certificate{{Certificate: [][]byte{own.Raw}, PrivateKey: own.Key}}
	return listen(t, func(c net.Conn) { tls.Server(c, config).Handshake() })
}

func t28p(t *testing.T) *handshake.ClientHello {
	t.Helper()
	p, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	hello, _ := offer.ClientHello(p, offer.Options{Random: bytes.Repeat([]byte{1}, 32), Host: "pbx.example.com"})
	return hello
}

// TestModernServer: a server that takes TLS 1.2 with two ECDHE suites, and TLS
// 1.3, is seen as such, and nothing of it helps an old phone.
func TestModernServer(t *testing.T) {
	dial := server(t, testca.Root(t, "Example Root"), &tls.Config{
		MinVersion:   tls.VersionTLS12,
		CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384},
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got := survey.Ask(ctx, survey.Question{Dial: dial, Offer: t28p(t), ServerName: "pbx.example.com"})
	if want := []iana.ProtocolVersion{iana.TLS12, iana.TLS13}; !slices.Equal(got.Versions, want) {
		t.Errorf("versions %v, want %v", got.Versions, want)
	}
	for _, want := range []iana.CipherSuite{iana.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, iana.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, iana.TLS_AES_128_GCM_SHA256} {
		if !slices.Contains(got.CipherSuites, want) {
			t.Errorf("%v is missing in %v", want, got.CipherSuites)
		}
	}
	if slices.Contains(got.CipherSuites, iana.TLS_RSA_WITH_AES_128_CBC_SHA) {
		t.Errorf("%v", got.CipherSuites)
	}
	if got.Leaf == nil || got.Leaf.Subject.CommonName != "pbx.example.com" || !got.Complete {
		t.Errorf("leaf %v, complete %v", got.Leaf, got.Complete)
	}
	if got.WithServerName == nil || *got.WithServerName || got.WithExtensions == nil || *got.WithExtensions {
		t.Errorf("with name %v, with extensions %v", got.WithServerName, got.WithExtensions)
	}
}

// TestServerName: a server that wants a name takes the phone's offer once it
// has one.
func TestServerName(t *testing.T) {
	ca := testca.Root(t, "Example Root")
	own := ca.Issue(t, "pbx.example.com", testca.TLS)
	dial := listen(t, func(c net.Conn) {
		tls.Server(c, &tls.Config{
			MinVersion: tls.VersionTLS10, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA},
			GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
				if h.ServerName == "" {
					return nil, x509.ErrUnsupportedAlgorithm
				}
				return &tls.Certificate{Certificate: [][]byte{own.Raw}, PrivateKey: own.Key}, nil
			},
		}).Handshake()
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got := survey.Ask(ctx, survey.Question{Dial: dial, Offer: t28p(t), ServerName: "pbx.example.com"})
	if got.WithServerName == nil || !*got.WithServerName || got.WithExtensions == nil || *got.WithExtensions {
		t.Errorf("with name %v, with extensions %v", got.WithServerName, got.WithExtensions)
	}
	if !slices.Equal(got.CipherSuites[:1], []iana.CipherSuite{iana.TLS_RSA_WITH_AES_128_CBC_SHA}) || got.Versions[0] != iana.TLS10 {
		t.Errorf("%v %v", got.Versions, got.CipherSuites)
	}
}

// TestHostile: servers that say nothing, garbage, or the same for ever.
func TestHostile(t *testing.T) {
	tests := map[string]func(net.Conn){
		"silent":  func(c net.Conn) { io.Copy(io.Discard, c) },
		"closing": func(c net.Conn) {},
		"garbage": func(c net.Conn) { c.Write(bytes.Repeat([]byte("nonsense "), 100)) },
		"endless": func(c net.Conn) {
			for {
				if _, err := c.Write(bytes.Repeat([]byte{22, 3, 1, 0, 1, 2}, 1000)); err != nil {
					return
				}
			}
		},
		"a suite that was not offered": func(c net.Conn) {
			c.Read(make([]byte, 4096))
			hello := append([]byte{2, 0, 0, 38, 3, 1}, bytes.Repeat([]byte{7}, 32)...)
			c.Write(handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, append(hello, 0, 0xFA, 0xCE, 0)))
		},
	}
	for name, serve := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dial := listen(t, serve)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			begin := time.Now()
			got := survey.Ask(ctx, survey.Question{Dial: dial, Offer: t28p(t)})
			if len(got.CipherSuites) > 0 || got.Connections > survey.MaxConnections || time.Since(begin) > patience {
				t.Errorf("%+v after %v", got, time.Since(begin))
			}
		})
	}
}
