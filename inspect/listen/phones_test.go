package listen_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestOwnCertificate: what a phone shows of itself, and what the CAs make of it.
func TestOwnCertificate(t *testing.T) {
	maker := testca.Root(t, "Yealink Equipment Issuing CA")
	others := testca.Root(t, "Example Client CA")
	cas := func(list ...*testca.Certificate) *x509.CertPool {
		pool := x509.NewCertPool()
		for _, c := range list {
			pool.AddCert(c.Certificate)
		}
		return pool
	}
	long := testca.Between(testca.Clock().AddDate(-10, 0, 0), testca.Clock().AddDate(-1, 0, 0))
	usage := func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }
	for _, test := range []struct {
		name         string
		own          *testca.Certificate
		cas          *x509.CertPool
		kind, reason string
		code         string
	}{
		{"unique", maker.Issue(t, "00005e005301", testca.TLS), cas(maker), "unique", "", "listener.unique-certificate"},
		{"generic", maker.Issue(t, "yealink.com", testca.TLS), cas(others), "generic", "its issuer", "listener.generic-certificate"},
		{"uploaded", others.Issue(t, "alice", testca.TLS), nil, "uploaded", "", "listener.uploaded-certificate"},
		{"self-signed", testca.Self(t, "alice", testca.TLS), cas(others), "", "its issuer", "listener.own-certificate"},
		{"expired", others.Issue(t, "alice", testca.TLS, long), cas(others), "uploaded", "it is valid from 2014-06-01 to 2023-06-01", "listener.certificate-untrusted"},
		{"not for clients", others.Issue(t, "alice", usage), cas(others), "uploaded", "its extended key usage", "listener.certificate-untrusted"},
	} {
		for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
			l := start(t, func(c *listen.Config) { c.ClientAuth, c.ClientCAs = listen.RequireClientCert, test.cas })
			config := l.client(version)
			config.GetClientCertificate = func(asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
				if named := len(asked.AcceptableCAs) > 0; named != (test.cas != nil) {
					t.Errorf("%s, %s: names %q", test.name, tls.VersionName(version), asked.AcceptableCAs)
				}
				return &tls.Certificate{Certificate: [][]byte{test.own.Raw}, PrivateKey: test.own.Key}, nil
			}
			conn, err := tls.Dial("tcp", l.addr(listen.SIPS), config)
			if err != nil {
				t.Fatal(err)
			}
			registers(t, conn, 1)
			conn.Close()
			c := l.next(t)
			has(t, c, test.code)
			own := c.Own
			if own == nil || own.Kind != test.kind || !own.Proved || !strings.HasPrefix(own.Reason, test.reason) || (own.Trusted == nil) != (test.cas == nil) ||
				own.Trusted != nil && *own.Trusted != (test.reason == "") || (own.MAC == "") == (test.kind == "unique") {
				t.Errorf("%s, %s: %+v", test.name, tls.VersionName(version), own)
			}
			l.Close()
		}
	}
}

// TestNoCertificate: one that is required and does not come.
func TestNoCertificate(t *testing.T) {
	for auth, verdict := range map[listen.ClientAuth]diagnosis.Verdict{listen.RequestClientCert: diagnosis.Registers, listen.RequireClientCert: diagnosis.Refuses} {
		l := start(t, func(c *listen.Config) { c.ClientAuth = auth })
		for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
			conn, err := tls.Dial("tcp", l.addr(listen.SIPS), l.client(version))
			if err == nil { // in TLS 1.3 the client learns of it later
				conn.SetDeadline(time.Now().Add(patience))
				if verdict == diagnosis.Registers {
					registers(t, conn, int(version))
				} else {
					conn.Read(make([]byte, 1))
				}
				conn.Close()
			}
			c := l.next(t)
			code := "listener.no-certificate"
			if verdict == diagnosis.Refuses {
				code = "listener.certificate-required"
			}
			has(t, c, code)
			if d := diagnosis.Diagnose(c.Evidence); d.Verdict != verdict || c.Own != nil {
				t.Errorf("%s, %s: %s: %s\n%s", auth, tls.VersionName(version), d.Verdict, d.Sentence, listed(d.Findings))
			}
		}
	}
}

// TestUnreadableCertificate: what cannot be read is told from the transcript.
func TestUnreadableCertificate(t *testing.T) {
	l := start(t, func(c *listen.Config) { c.ClientAuth = listen.RequestClientCert })
	key := testca.Self(t, "phone").Key
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
		config := l.client(version)
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &tls.Certificate{Certificate: [][]byte{[]byte("no certificate")}, PrivateKey: key}, nil
		}
		if conn, err := tls.Dial("tcp", l.addr(listen.SIPS), config); err == nil {
			io.Copy(io.Discard, conn)
			conn.Close()
		}
		c := l.next(t)
		has(t, c, "listener.certificate-unreadable")
		if c.Own != nil || c.State != nil {
			t.Errorf("%s: %+v", tls.VersionName(version), c.Own)
		}
	}
}

// TestNothingInCommon: what this listener itself does not take.
func TestNothingInCommon(t *testing.T) {
	ec := testca.ECRoot(t, "Example EC Root")
	for code, change := range map[string]func(*listen.Config, *tls.Config){
		"listener.version": func(c *listen.Config, _ *tls.Config) { c.MinVersion = tls.VersionTLS13 },
		"listener.no-suite": func(c *listen.Config, p *tls.Config) {
			c.Chains = func(v chain.Variant) (*chain.Chain, error) {
				return &chain.Chain{DER: [][]byte{ec.Raw}, Key: ec.Key}, nil
			}
			p.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
		},
	} {
		phone := &tls.Config{}
		l := start(t, func(c *listen.Config) { change(c, phone) })
		config := l.client(tls.VersionTLS12)
		config.CipherSuites = phone.CipherSuites
		if _, err := tls.Dial("tcp", l.addr(listen.SIPS), config); err == nil {
			t.Error("there is a handshake")
		}
		c := l.next(t)
		has(t, c, code)
		if d := diagnosis.Diagnose(c.Evidence); d.Verdict != diagnosis.Refuses || len(d.Remedies) > 0 {
			t.Errorf("%s: %s\n%s", d.Verdict, d.Sentence, listed(d.Findings))
		}
	}
}

// TestSurvey: each phone is walked through the chains, one a connection; a
// connection that is lost on the way does not count.
func TestSurvey(t *testing.T) {
	var authority *chain.Authority
	l := start(t, func(c *listen.Config) {
		var err error
		if authority, err = chain.New(chain.Config{Names: []string{"pbx.example.com"}, Now: testca.Clock(), Random: nil}); err != nil {
			t.Fatal(err)
		}
		c.Chains, c.Variants, c.HangUp = authority.Chain, chain.Variants(), time.Millisecond
	})
	roots := x509.NewCertPool()
	roots.AddCert(authority.Root())
	config := l.client(tls.VersionTLS12)
	config.RootCAs = roots
	l.dial(t).Close() // who says nothing is shown nothing
	if c := l.next(t); c.Trial != nil || c.Variant != "" {
		t.Errorf("%q, %+v", c.Variant, c.Trial)
	}
	for i, v := range append(chain.Variants(), chain.CrossSignedExpired) {
		if conn, err := tls.Dial("tcp", l.addr(listen.SIPS), config); err == nil {
			registers(t, conn, i)
			io.Copy(io.Discard, conn) // the listener hangs up, so that the phone calls again
			conn.Close()
		}
		c := l.next(t)
		if c.Variant != v || c.Trial == nil || c.Trial.Variant != v || !c.Trial.At.Equal(testca.Clock()) {
			t.Fatalf("%s: %+v", v, c.Trial)
		}
	}
	tables := l.Tables()
	if len(tables) != 1 || tables[0].Phone != "127.0.0.1" || len(tables[0].Trials) != len(chain.Variants()) {
		t.Fatalf("%+v", tables)
	}
	for _, trial := range tables[0].Trials {
		want := measure.Refused
		switch trial.Variant {
		case chain.Good, chain.ECKey, chain.SHA512, chain.CrossSignedExpired:
			want = measure.Accepted
		}
		if trial.Answer != want {
			t.Errorf("%s: %s, %s", trial.Variant, trial.Answer, trial.Detail)
		}
	}
}

// TestSurveyInOrder: what is reported of a phone that calls several times at once
// holds what was reported before, and nothing that comes later.
func TestSurveyInOrder(t *testing.T) {
	authority, err := chain.New(chain.Config{Names: []string{"pbx.example.com"}, Now: testca.Clock()})
	if err != nil {
		t.Fatal(err)
	}
	l := start(t, func(c *listen.Config) { c.Chains, c.Variants = authority.Chain, chain.Variants() })
	for range chain.Variants() {
		go func() {
			if conn, err := tls.Dial("tcp", l.addr(listen.SIPS), l.client(tls.VersionTLS12)); err == nil {
				conn.Close()
			}
		}()
	}
	for i := range chain.Variants() {
		c := l.next(t)
		if c.Survey == nil || len(c.Survey.Trials) != i+1 {
			t.Fatalf("report %d: %+v", i+1, c.Survey)
		}
	}
}

// TestRealClients: what stands in for phones, and the alert with which each of
// them refuses whom it does not know.
func TestRealClients(t *testing.T) {
	l := start(t, nil)
	good := realparts.WriteFile(t, "root.pem", l.root.PEM())
	wrong := realparts.WriteFile(t, "other.pem", testca.Root(t, "Another Root").PEM())
	for _, client := range realparts.Clients(t) {
		if !strings.HasPrefix(client.Name, "openssl s_client") && !strings.HasPrefix(client.Name, "gnutls-cli") {
			continue
		}
		t.Run(client.Name, func(t *testing.T) {
			run := realparts.ClientRun{Addr: l.addr(listen.SIPS), Scheme: "sips", ServerName: "pbx.example.com", CAFile: good}
			if r := client.Run(t, run); !r.Verified {
				t.Errorf("%+v", r)
			}
			c := l.next(t)
			if d := diagnosis.Diagnose(c.Evidence); d.Verdict != diagnosis.Registers || c.UserAgent != "stand-in" || len(c.Requests) != 1 || c.Requests[0].Method != "OPTIONS" {
				t.Errorf("%s: %s, %+v\n%s", d.Verdict, d.Sentence, c.Requests, listed(d.Findings))
			}
			run.CAFile = wrong
			if r := client.Run(t, run); r.Verified {
				t.Errorf("%+v", r)
			}
			c = l.next(t)
			code := "listener.unknown-ca"
			if strings.HasPrefix(client.Name, "gnutls-cli") {
				code = "listener.bad-certificate"
			}
			if m := has(t, c, code); !strings.HasSuffix(m, "after our Certificate") {
				t.Errorf("%q, %s", m, names(c))
			}
		})
	}
}
