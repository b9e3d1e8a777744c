package server_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/server"
	"github.com/phonecert/phonecert/internal/testca"
)

func versions() []iana.ProtocolVersion {
	return []iana.ProtocolVersion{iana.SSL30, iana.TLS10, iana.TLS11, iana.TLS12}
}

// TestSuites: whatever the client and the server both know is agreed on, in every
// version that has it and both formats of a hello.
func TestSuites(t *testing.T) {
	own := identity(t)
	suites := map[iana.CipherSuite][2]iana.ProtocolVersion{}
	for number := range 1 << 16 {
		s := iana.CipherSuite(number)
		for _, v := range versions() {
			if server.Takes(hello(v, s), v, v) {
				span, known := suites[s]
				if !known {
					span[0] = v
				}
				suites[s] = [2]iana.ProtocolVersion{span[0], v}
			}
		}
	}
	if len(suites) != 24 {
		t.Errorf("there are %d suites", len(suites))
	}
	for suite, span := range suites {
		for _, version := range versions() {
			if version < span[0] || version > span[1] {
				continue
			}
			for _, old := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s sslv2 %v", version, suite, old), func(t *testing.T) {
					offer := hello(version, suite, iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
					if offer.SSLv2 = old; old {
						offer.CompressionMethods = nil
					}
					agree(t, own, offer)
				})
			}
		}
	}
}

func agree(t *testing.T, own *tls.Certificate, offer *handshake.ClientHello) {
	address, ended := listen(t, server.Config{Certificate: own})
	log := &bytes.Buffer{}
	conn, err := dial(t, address, client.Config{Hello: offer, KeyLog: log})
	if err != nil {
		t.Fatal(err, (<-ended).err)
	}
	repeated(t, conn, []byte("REGISTER"))
	repeated(t, conn, bytes.Repeat([]byte("long "), 10_000))
	conn.Close()
	r := <-ended
	if r.err != nil || r.echo != nil {
		t.Fatal(r.err, r.echo)
	}
	if !r.state.HandshakeComplete || r.state.Version != uint16(offer.Version) || r.state.CipherSuite != uint16(offer.CipherSuites[0]) {
		t.Errorf("%+v", r.state)
	}
	if log.String() != r.log || !strings.HasPrefix(r.log, "CLIENT_RANDOM 0707") {
		t.Errorf("the key logs differ: %q and %q", log, r.log)
	}
}

// TestRefuses: what cannot be agreed on is refused with the alert for it.
func TestRefuses(t *testing.T) {
	const aes = iana.TLS_RSA_WITH_AES_128_CBC_SHA
	deflate := hello(iana.TLS10, aes)
	deflate.CompressionMethods = []handshake.CompressionMethod{1}
	renewed := hello(iana.TLS10, aes)
	renewed.NoExtensions = false
	renewed.Extensions = handshake.Extensions{{Type: iana.ExtensionRenegotiationInfo, Data: []byte{1, 7}}}
	unsigned := hello(iana.TLS12, iana.TLS_DHE_RSA_WITH_AES_128_CBC_SHA)
	unsigned.NoExtensions = false
	unsigned.Extensions = handshake.Extensions{{Type: iana.ExtensionSignatureAlgorithms, Data: []byte{0, 2, 4, 3}}}
	tests := map[string]struct {
		config server.Config
		hello  *handshake.ClientHello
		alert  iana.AlertDescription
	}{
		"too low a version":    {server.Config{MinVersion: iana.TLS10}, hello(iana.SSL30, aes), iana.AlertProtocolVersion},
		"no suite":             {server.Config{}, hello(iana.TLS10, iana.TLS_RSA_WITH_IDEA_CBC_SHA), iana.AlertHandshakeFailure},
		"export in TLS 1.1":    {server.Config{}, hello(iana.TLS11, iana.TLS_RSA_EXPORT_WITH_RC4_40_MD5), iana.AlertHandshakeFailure},
		"GCM in TLS 1.1":       {server.Config{}, hello(iana.TLS11, iana.TLS_RSA_WITH_AES_128_GCM_SHA256), iana.AlertHandshakeFailure},
		"compression":          {server.Config{}, deflate, iana.AlertIllegalParameter},
		"renegotiation":        {server.Config{}, renewed, iana.AlertHandshakeFailure},
		"no scheme":            {server.Config{}, unsigned, iana.AlertHandshakeFailure},
		"no certificate":       {server.Config{ClientAuth: tls.RequireAnyClientCert}, hello(iana.TLS10, aes), iana.AlertBadCertificate},
		"no certificate, SSL3": {server.Config{ClientAuth: tls.RequireAnyClientCert}, hello(iana.SSL30, aes), iana.AlertBadCertificate},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.config.Certificate = identity(t)
			address, ended := listen(t, test.config)
			_, err := dial(t, address, client.Config{Hello: test.hello})
			if got := alertOf(t, err); got != test.alert {
				t.Errorf("%s", got)
			}
			var ours *server.Error
			if r := <-ended; !errors.As(r.err, &ours) || ours.Alert != test.alert {
				t.Errorf("%v", r.err)
			}
		})
	}
}

// TestClientCertificate: the client is asked, shows what it has, and proves to
// have the key.
func TestClientCertificate(t *testing.T) {
	own, phone := identity(t), testca.Self(t, "00:00:5e:00:53:01")
	ec := testca.ECRoot(t, "Example EC")
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range versions() {
		for _, suite := range []iana.CipherSuite{iana.TLS_RSA_WITH_AES_128_CBC_SHA, iana.TLS_DHE_RSA_WITH_AES_128_CBC_SHA} {
			run := func(c *client.Certificate, need tls.ClientAuthType) (result, error) {
				address, ended := listen(t, server.Config{Certificate: own, ClientAuth: need, Authorities: [][]byte{phone.RawSubject}})
				conn, err := dial(t, address, client.Config{Hello: hello(version, suite), Certificate: c})
				if err == nil {
					if asked := conn.State().CertificateRequest; asked == nil || len(asked.Authorities) != 1 {
						t.Errorf("%s: asked is %+v", version, asked)
					}
					conn.Close()
				}
				return <-ended, err
			}
			r, err := run(&client.Certificate{Chain: [][]byte{phone.Raw}, Signer: phone.Key}, tls.RequireAnyClientCert)
			if err != nil || r.err != nil || len(r.state.PeerCertificates) != 1 || !r.state.PeerCertificates[0].Equal(phone.Certificate) {
				t.Errorf("%s: %v, %v, %d certificates", version, err, r.err, len(r.state.PeerCertificates))
			}
			if r, err := run(nil, tls.RequestClientCert); err != nil || r.err != nil || len(r.state.PeerCertificates) != 0 {
				t.Errorf("%s without: %v, %v", version, err, r.err)
			}
			if r, err := run(&client.Certificate{Chain: [][]byte{[]byte("no certificate")}, Signer: phone.Key}, tls.RequestClientCert); err == nil || alertOf(t, err) != iana.AlertBadCertificate {
				t.Errorf("%s: what is no certificate: %v, %v", version, err, r.err)
			}
			if r, err := run(&client.Certificate{Chain: [][]byte{phone.Raw}, Signer: other}, tls.RequestClientCert); err == nil || r.err == nil || !strings.Contains(r.err.Error(), "CertificateVerify is wrong") {
				t.Errorf("%s: another's certificate: %v, %v", version, err, r.err)
			}
			if version < iana.TLS12 { // later the client sees that EC was not asked for
				if r, err := run(&client.Certificate{Chain: [][]byte{ec.Raw}, Signer: ec.Key}, tls.RequestClientCert); err == nil || alertOf(t, err) != iana.AlertUnsupportedCertificate {
					t.Errorf("%s: an EC certificate: %v, %v", version, err, r.err)
				}
			}
		}
	}
}
