package listen_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// old is what the oldest phones offer.
func old(version iana.ProtocolVersion, suites ...iana.CipherSuite) *handshake.ClientHello {
	return &handshake.ClientHello{
		Version: version, Random: bytes.Repeat([]byte{7}, 32), CipherSuites: suites,
		CompressionMethods: []handshake.CompressionMethod{0}, NoExtensions: true,
	}
}

// TestOldest: what crypto/tls does not answer is answered all the same, and goes
// on with SIP.
func TestOldest(t *testing.T) {
	sslv2 := old(iana.TLS10, iana.TLS_RSA_WITH_AES_128_CBC_SHA, iana.TLS_RSA_WITH_RC4_128_MD5)
	sslv2.SSLv2, sslv2.CompressionMethods = true, nil
	phone := testca.Self(t, "00:00:5e:00:53:01")
	tests := map[string]struct {
		hello *handshake.ClientHello
		code  string
	}{
		"SSL 2.0 format": {sslv2, "listener.sslv2-hello"},
		"SSL 3.0":        {old(iana.SSL30, iana.TLS_RSA_WITH_3DES_EDE_CBC_SHA), "listener.sslv3"},
		"DHE alone":      {old(iana.TLS10, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA), ""},
		"DHE, TLS 1.2":   {old(iana.TLS12, iana.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, iana.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA), ""},
		"export":         {old(iana.TLS10, iana.TLS_RSA_EXPORT_WITH_RC4_40_MD5), "listener.weak-suite"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := start(t, func(c *listen.Config) { c.ClientAuth, c.Record = listen.RequestClientCert, true })
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			conn, err := client.Handshake(ctx, l.dial(t), client.Config{Hello: test.hello, Certificate: &client.Certificate{Chain: [][]byte{phone.Raw}, Signer: phone.Key}})
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(conn, "OPTIONS sip:192.0.2.10 SIP/2.0\r\nVia: SIP/2.0/TLS 192.0.2.20;branch=z9hG4bK1\r\nFrom: <sip:alice@example.com>;tag=1\r\nTo: <sip:192.0.2.10>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nUser-Agent: Example 1.0\r\nContent-Length: 0\r\n\r\n")
			answer := make([]byte, 11)
			if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "SIP/2.0 200" {
				t.Errorf("%q, %v", answer, err)
			}
			conn.Close()
			c := l.next(t)
			if test.code != "" {
				if m := has(t, c, test.code); test.code != "listener.weak-suite" && !strings.HasSuffix(m, "; this listener answers it, and the servers of today do not") {
					t.Error(m)
				}
			}
			if d := diagnosis.Diagnose(c.Evidence); d.Verdict != diagnosis.Registers {
				t.Errorf("%s: %s\n%s", d.Verdict, d.Sentence, listed(d.Findings))
			}
			for _, e := range c.Evidence.Transcript.Entries {
				if e.Encrypted && !e.Decrypted || len(e.Problems) > 0 {
					t.Errorf("the transcript has %s closed, or with problems: %v", e.Name, e.Problems)
				}
			}
			if c.State == nil || c.State.Version != uint16(test.hello.Version) || len(c.State.PeerCertificates) != 1 || c.Own == nil || !c.Own.Proved || c.UserAgent != "Example 1.0" || c.Hello == nil {
				t.Errorf("state %+v, own %+v, user agent %q, %d bytes of hello", c.State, c.Own, c.UserAgent, len(c.Hello))
			}
		})
	}
}

// TestOldestNotWanted: the version that was asked for stands.
func TestOldestNotWanted(t *testing.T) {
	l := start(t, func(c *listen.Config) { c.MinVersion = tls.VersionTLS10 })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	raw := l.dial(t)
	if _, err := client.Handshake(ctx, raw, client.Config{Hello: old(iana.SSL30, iana.TLS_RSA_WITH_3DES_EDE_CBC_SHA)}); err == nil {
		t.Error("SSL 3.0 is agreed on")
	}
	raw.Close()
	if c := l.next(t); c.State != nil {
		t.Errorf("%+v", c.State)
	}
}

// TestFewSuites: a T28P whose hello is cut down to Diffie-Hellman.
func TestFewSuites(t *testing.T) {
	model := t28(t, testca.Root(t, "Example Root"))
	l := start(t, func(c *listen.Config) { c.Phone, c.Profiles = model, []*handset.Profile{model.Profile} })
	hello, _ := offer.ClientHello(model.Profile, offer.Options{Random: make([]byte, 32), Host: "192.0.2.10"})
	hello.CipherSuites = slices.DeleteFunc(hello.CipherSuites, func(s iana.CipherSuite) bool {
		return !strings.HasPrefix(s.KeyExchange(), "DHE_") && s != iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, err := client.Handshake(ctx, l.dial(t), client.Config{Hello: hello, RecordVersion: offer.RecordVersion(model.Profile), MinVersion: offer.Lowest(model.Profile)})
	if err != nil {
		t.Fatal(err)
	}
	if got := conn.State().CipherSuite; got.KeyExchange() != "DHE_RSA" {
		t.Error(got)
	}
	fmt.Fprintf(conn, register, 1)
	conn.Read(make([]byte, 4096))
	conn.Close()
	c := l.next(t)
	has(t, c, "listener.offer-differs")
	if d := diagnosis.Diagnose(c.Evidence); d.Verdict != diagnosis.Registers {
		t.Errorf("%s: %s\n%s", d.Verdict, d.Sentence, listed(d.Findings))
	}
}

// TestOldestClients: a library of the time, with what phones of the time offer.
func TestOldestClients(t *testing.T) {
	l := start(t, nil)
	ca := realparts.WriteFile(t, "ca.pem", l.root.PEM())
	for _, ciphers := range []string{"AES256-SHA", "DHE-RSA-AES256-SHA", "EDH-RSA-DES-CBC3-SHA", "RC4-MD5", "DES-CBC-SHA", "EXP-RC4-MD5", "EXP-DES-CBC-SHA", "ALL"} {
		for _, method := range []string{"SSLv3_client_method", "TLSv1_client_method", "SSLv23_client_method"} {
			t.Run(method+" "+ciphers, func(t *testing.T) {
				got := realparts.Oldest(t, method, ciphers).Run(t, realparts.ClientRun{Addr: l.addr(listen.SIPS), Scheme: "sips", CAFile: ca})
				c := l.next(t)
				if c.State == nil || !got.Connected || len(c.Requests) != 1 {
					t.Errorf("%+v, %d requests: %s", c.State, len(c.Requests), got.Output)
					return
				}
				t.Logf("% X %s %s", c.Hello[:5], tls.VersionName(c.State.Version), iana.CipherSuite(c.State.CipherSuite))
			})
		}
	}
}
