package account_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/account"
	"github.com/phonecert/phonecert/handset/simulate/registrar"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/probe/sip"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/dialect"
)

// TestRefused: the phone finds something wrong with a server whose root it has,
// and sends the alert that its library sends for it.
func TestRefused(t *testing.T) {
	root := testca.Root(t, "Example Root")
	now, day := testca.Clock(), 24*time.Hour
	named := testca.DNS("pbx.example.com")
	good := root.Issue(t, "pbx.example.com", named, testca.TLS)
	expired := root.Issue(t, "pbx.example.com", named, testca.TLS, testca.Between(now.Add(-90*day), now.Add(-day)))
	for _, test := range []struct {
		name        string
		certificate *testca.Certificate
		host        string
		clock       time.Time
		settings    dialect.Settings
		alert, code string
	}{
		{"expired", expired, "", now, all(), "certificate_expired", "trust.expired"},
		{"the phone's clock", good, "", time.Unix(0, 0), all(), "bad_certificate", "trust.not-yet-valid"},
		{"the name", good, "sip.example.net", now, dialect.Settings{CA: "all", CNValidation: "on"}, "", "name.mismatch"},
		{"custom alone", good, "", now, dialect.Settings{CA: "default"}, "unknown_ca", "trust.ca-setting"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := open(t, options{
				host: test.host, fleet: serve.Config{Clock: moving(test.clock)},
				registrar: registrar.Config{Certificate: identity(t, test.certificate, root)},
			})
			f.trusts(root.PEM(), test.settings)
			status := f.told(account.Refused)
			if status.Alert != test.alert || status.Cause == nil || status.Cause.Code != test.code || status.Supposed != "" {
				t.Errorf("%+v", status)
			}
			if test.alert == "" { // names are compared when the handshake is done
				f.heard("the end", func(e registrar.Event) bool { return e.Kind == registrar.Closed })
			} else {
				f.heard("the alert", func(e registrar.Event) bool {
					return e.Kind == registrar.Refused && e.Alert == test.alert && e.By == "client"
				})
			}
			if n := f.server.count(func(e registrar.Event) bool { return e.Method != "" }); n > 0 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// TestAcceptsAnything: with Only Accept Trusted Certificates off every server is
// good enough, and with the name check on, one with the right name.
func TestAcceptsAnything(t *testing.T) {
	t.Parallel()
	f := open(t, options{})
	f.told(account.Refused)
	d := f.in()
	f.set(d, dialect.Settings{OnlyTrusted: "off"})
	f.restart(d)
	if status := f.told(account.Registered); status.Supposed != "" {
		t.Errorf("%+v", status)
	}
}

// TestVersions: the server wants a newer TLS than the phone has.
func TestVersions(t *testing.T) {
	t.Parallel()
	f := open(t, options{registrar: registrar.Config{MinVersion: tls.VersionTLS12}})
	status := f.told(account.Failed, "protocol_version")
	if status.Alert != "" || status.Cause.Code == "" || status.Cause.Fix == "" {
		t.Errorf("%+v", status)
	}
	f.heard("the refusal", func(e registrar.Event) bool { return e.Kind == registrar.Refused && e.By == "server" })
}

// TestNewerPhone registers over TLS 1.2.
func TestNewerPhone(t *testing.T) {
	t.Parallel()
	f := open(t, options{handset: "yealink-t4x-v8x"})
	f.told(account.Refused)
	f.trusts(f.registrar.CA(), all())
	f.told(account.Registered, "TLS 1.2")
	f.heard("the registration", registered)
}

// TestTLS13: a phone with TLS 1.3 judges when the server has proved its key, and
// its alert is encrypted.
func TestTLS13(t *testing.T) {
	t.Parallel()
	f := open(t, options{handset: "yealink-t4x-v8x", change: func(p *handset.Profile) {
		p.TLS.Versions.Value = []string{"TLS 1.2", "TLS 1.3"}
		p.TLS.CipherSuites = handset.Fact[[]uint16]{Value: []uint16{0x1301, 0xc02f}, Basis: finding.Observed, Source: "made up"}
		p.TLS.Extensions = handset.Fact[[]string]{Value: []string{"supported_groups", "signature_algorithms", "supported_versions"}, Basis: finding.Observed, Source: "made up"}
	}})
	f.told(account.Refused)
	f.heard("the alert", func(e registrar.Event) bool { return e.Kind == registrar.Refused && e.Alert == "unknown_ca" })
	f.trusts(f.registrar.CA(), all())
	f.told(account.Registered, "TLS 1.3 with TLS_AES_128_GCM_SHA256")
}

// TestName: with the name check on, a server with the right name is accepted.
func TestName(t *testing.T) {
	t.Parallel()
	root := testca.Root(t, "Example Root")
	leaf := root.Issue(t, "pbx.example.com", testca.DNS("pbx.example.com"), testca.TLS)
	f := open(t, options{host: "pbx.example.com", registrar: registrar.Config{Domain: "pbx.example.com", Certificate: identity(t, leaf)}})
	f.trusts(root.PEM(), dialect.Settings{CA: "custom", CNValidation: "on"})
	f.told(account.Registered)
}

// TestStrangers: what answers is no SIP server over TLS.
func TestStrangers(t *testing.T) {
	for _, test := range []struct{ says, words string }{
		{"HTTP/1.1 400 Bad Request\r\n\r\n", "speaks HTTP without TLS"},
		{"SIP/2.0 400 Bad Request\r\n\r\n", "speaks SIP without TLS"},
		{"", "closes the connection"},
		{"\x16\x03\x01\x00\x04\x02\xff\xff\xff", "not registered: "},
	} {
		t.Run(test.words, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			var serving sync.WaitGroup
			t.Cleanup(func() { listener.Close(); serving.Wait() })
			serving.Go(func() {
				for {
					conn, err := listener.Accept()
					if err != nil {
						return
					}
					hello := make([]byte, 5) // it hears the ClientHello out
					_, _ = io.ReadFull(conn, hello)
					_, _ = io.CopyN(io.Discard, conn, int64(hello[3])<<8+int64(hello[4]))
					_, _ = io.WriteString(conn, test.says)
					conn.Close()
				}
			})
			f := open(t, options{})
			f.move(listener.Addr().String())
			if status := f.told(account.Failed, test.words); status.Cause == nil || status.Alert != "" {
				t.Errorf("%+v", status)
			}
		})
	}
}

// TestPasswords: a wrong one is tried once per attempt, and never faster than the
// retry; the right one registers; without any the phone says so.
func TestPasswords(t *testing.T) {
	const retry = 300 * time.Millisecond
	users := registrar.Config{Users: map[string]string{"1001": "secret"}}
	for _, test := range []struct {
		name, password string
		state          account.State
		words          string
	}{
		{"wrong", "hunter2", account.Failed, "does not take the password"},
		{"none", "", account.Failed, "asks for a password"},
		{"right", "secret", account.Registered, "registered over TLS"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := open(t, options{registrar: users, account: serve.Registration{Retry: retry, Credentials: sip.Credentials{Password: test.password}}})
			f.trusts(f.registrar.CA(), all())
			status := f.told(test.state, test.words)
			if test.password != "" && strings.Contains(status.Text, test.password) {
				t.Error(status.Text)
			}
			if test.name != "wrong" {
				return
			}
			var times []time.Time
			for connection := int64(0); len(times) < 3; {
				e := f.heard("another attempt", func(e registrar.Event) bool { return e.Kind == registrar.Handshake && e.Connection > connection })
				connection, times = e.Connection, append(times, e.Time)
			}
			for i := range times[1:] {
				if gap := times[i+1].Sub(times[i]); gap < retry {
					t.Errorf("tried again after %s", gap)
				}
			}
			events, _ := f.server.all()
			asked := map[int64]int{}
			for _, e := range events {
				if e.Method == "REGISTER" {
					if asked[e.Connection]++; e.Status != 401 || asked[e.Connection] > 2 {
						t.Errorf("%+v", e)
					}
				}
			}
		})
	}
}

// TestClientCertificate: the server takes none but those of its own CA. The phone
// shows its built-in one, then the uploaded one; that of 2010 has none built in.
func TestClientCertificate(t *testing.T) {
	root := testca.Root(t, "Phones of Example")
	own := root.Issue(t, "phone-1001", testca.TLS)
	file := slices.Concat(own.PEM(), own.KeyPEM(t))
	known := x509.NewCertPool()
	known.AddCert(root.Certificate)
	for _, test := range []struct{ handset, before string }{
		{"yealink-t28p", "built-in"},
		{"yealink-t2xp-2010", "none"},
	} {
		t.Run(test.handset, func(t *testing.T) {
			t.Parallel()
			f := open(t, options{
				handset:   test.handset,
				registrar: registrar.Config{ClientAuth: registrar.Require, ClientCAs: known},
			})
			f.trusts(f.registrar.CA(), all())
			status := f.told(account.Failed, "client certificate")
			if status.Certificate != test.before || status.Cause.Code == "" {
				t.Errorf("%+v", status)
			}
			d := f.in()
			f.upload(d, handset.Server, "phone.pem", file)
			if test.before != "none" { // that one has no such setting
				f.set(d, dialect.Settings{DeviceCert: "custom"})
				f.restart(d)
			}
			f.told(account.Registered, "uploaded")
			e := f.heard("the certificate", func(e registrar.Event) bool { return e.Kind == registrar.Handshake })
			if !strings.Contains(e.ClientCertificate, "phone-1001") {
				t.Errorf("%+v", e)
			}
		})
	}
}
