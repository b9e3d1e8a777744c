package registrar

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestEveryAlert: each alert of a client has the name that the RFCs give it, and
// those about certificates have words.
func TestEveryAlert(t *testing.T) {
	r, j, _ := started(t, Config{})
	for code := 1; code < 256; code++ {
		conn, err := net.Dial("tcp", r.Addr())
		if err != nil {
			t.Fatal(err)
		}
		conn.Write([]byte{21, 3, 1, 0, 2, 2, byte(code)})
		me := conn.LocalAddr().String()
		e := j.wait(t, func(e Event) bool { return e.Kind == Refused && e.Client == me })
		conn.Close()
		want := iana.AlertDescription(code).String()
		if e.By != byClient || e.Alert != want || !strings.Contains(e.Text, fmt.Sprintf("hangs up with the alert %s (%d)", want, code)) {
			t.Errorf("%d: %+v", code, e)
		}
		if strings.Contains(want, "certificate") && code >= 42 && code <= 46 && !strings.Contains(e.Text, ": ") {
			t.Errorf("%d: %q", code, e.Text)
		}
	}
}

// TestRefused: what is told when there is no handshake.
func TestRefused(t *testing.T) {
	root := testca.Root(t, "Phones")
	cas := x509.NewCertPool()
	cas.AddCert(root.Certificate)
	dial := func(c *tls.Config) func(*testing.T, *Registrar) string {
		return func(t *testing.T, r *Registrar) string {
			raw, err := net.Dial("tcp", r.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			c.InsecureSkipVerify = c.RootCAs == nil
			conn := tls.Client(raw, c)
			if conn.Handshake() == nil {
				conn.SetReadDeadline(time.Now().Add(patience))
				io.ReadAll(conn)
			}
			return raw.LocalAddr().String()
		}
	}
	send := func(text string) func(*testing.T, *Registrar) string {
		return func(t *testing.T, r *Registrar) string {
			raw, err := net.Dial("tcp", r.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			io.WriteString(raw, text)
			raw.(*net.TCPConn).CloseWrite()
			raw.SetReadDeadline(time.Now().Add(patience))
			io.ReadAll(raw)
			return raw.LocalAddr().String()
		}
	}
	shown := func(c *testca.Certificate) *tls.Config {
		own := &tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: c.Key}
		// By itself crypto/tls shows only what the server's CAs have issued.
		show := func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return own, nil }
		return &tls.Config{GetClientCertificate: show, MaxVersion: tls.VersionTLS12}
	}
	old := testca.Between(testca.Clock().AddDate(-2, 0, 0), testca.Clock().AddDate(-1, 0, 0))
	sha1 := func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA }
	required := Config{ClientAuth: Require, ClientCAs: cas}
	for _, test := range []struct {
		name   string
		config Config
		client func(*testing.T, *Registrar) string
		by     string
		text   string
	}{
		{"an unknown CA", Config{}, dial(&tls.Config{RootCAs: cas, ServerName: "example.com", Time: testca.Clock}), byClient, "alert "},
		{"too old", Config{MinVersion: tls.VersionTLS12}, dial(&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}), byServer, "the client offers TLS 1.0 to TLS 1.1, this server takes TLS 1.2 to TLS 1.3"},
		{"too new", Config{MaxVersion: tls.VersionTLS10}, dial(&tls.Config{MinVersion: tls.VersionTLS12}), byServer, "the client offers TLS 1.2 to TLS 1.3, this server takes TLS 1.0"},
		{"no suite", Config{CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}}, dial(&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_256_CBC_SHA}}), byServer, "have none that this server takes"},
		{"no certificate", required, dial(&tls.Config{}), byServer, "sends no certificate"},
		{"no certificate, any would do", Config{ClientAuth: Require}, dial(&tls.Config{}), byServer, "sends no certificate"},
		{"of another CA", required, dial(shown(testca.Root(t, "Others").Issue(t, "phone", testca.TLS))), byServer, `its issuer "CN=Others,O=Example" is not among the CAs`},
		{"of another CA, on request", Config{ClientAuth: Request, ClientCAs: cas}, dial(shown(testca.Root(t, "Others").Issue(t, "phone", testca.TLS))), byServer, `"CN=phone,O=Example" is refused`},
		{"expired", required, dial(shown(root.Issue(t, "phone", testca.TLS, old))), byServer, "it is valid from 2022-06-01 to 2023-06-01"},
		{"SHA-1", required, dial(shown(root.Issue(t, "phone", testca.TLS, sha1))), byServer, "signed with SHA-1"},
		{"plain SIP", Config{}, send("REGISTER sip:example.com SIP/2.0\r\n\r\n"), byServer, "set its transport to TLS"},
		{"something else", Config{}, send("\x80\x2e\x01\x03\x01"), byServer, "is not TLS"},
		{"nothing", Config{}, send(""), byClient, "without a word of TLS"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, j, _ := started(t, test.config)
			me := test.client(t, r)
			e := j.wait(t, func(e Event) bool { return e.Client == me && (e.Kind == Refused || e.Kind == Closed) })
			if e.Kind != Refused || e.By != test.by || !strings.Contains(e.Text, test.text) {
				t.Errorf("%+v", e)
			}
		})
	}
}

// TestClientCertificate: one that is right comes in, and is told.
func TestClientCertificate(t *testing.T) {
	root := testca.Root(t, "Phones")
	cas := x509.NewCertPool()
	cas.AddCert(root.Certificate)
	own := root.Issue(t, "0015651234ab", testca.TLS)
	with := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{own.Raw}, PrivateKey: own.Key}}}
	for _, test := range []struct {
		config Config
		client *tls.Config
		text   string
	}{
		{Config{ClientAuth: Require, ClientCAs: cas}, with, `shows the certificate "CN=0015651234ab,O=Example"`},
		{Config{ClientAuth: Require}, with, `shows the certificate "CN=0015651234ab,O=Example"`},
		{Config{ClientAuth: Request, ClientCAs: cas}, with, "shows the certificate"},
		{Config{ClientAuth: Request, ClientCAs: cas}, nil, "shows no certificate"},
		{Config{ClientAuth: Request}, nil, "shows no certificate"},
	} {
		r, j, _ := started(t, test.config)
		answer := said(t, client(t, r, test.client.Clone()), message("OPTIONS", domain, domain, 1))
		if e := j.wait(t, kind(Handshake)); !strings.HasPrefix(answer, "SIP/2.0 200") || !strings.Contains(e.Text, test.text) {
			t.Errorf("%s%+v", answer, e)
		}
	}
}
