package client

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
)

var certificates = sync.OnceValue(func() map[string]tls.Certificate {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "example.com"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0)}
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	out := map[string]tls.Certificate{}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(err)
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	must(err)
	add := func(name string, public, private any) {
		der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
		must(err)
		out[name] = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}
	}
	add("rsa", rsaKey.Public(), rsaKey)
	add("p256", p256.Public(), p256)
	add("p384", p384.Public(), p384)
	add("ed25519", edwards.Public(), edwards)
	return out
})

// u16 puts numbers one after the other.
func u16[T ~uint16](list ...T) []byte {
	var b []byte
	for _, v := range list {
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// sized puts the length of b in n bytes before it.
func sized(n int, b []byte) []byte {
	length := binary.BigEndian.AppendUint32(nil, uint32(len(b)))
	return append(length[4-n:], b...)
}

func extension(t iana.ExtensionType, data []byte) handshake.Extension {
	return handshake.Extension{Type: t, Data: data}
}

var schemes = []iana.SignatureScheme{0x0804, 0x0805, 0x0806, 0x0807, 0x0403, 0x0503, 0x0603, 0x0401, 0x0501, 0x0601, 0x0201, 0x0203, 0x0202, 0x0402, 0x0302}

// offer is a ClientHello with what a version needs.
func offer(t testing.TB, version iana.ProtocolVersion, suites ...iana.CipherSuite) (*handshake.ClientHello, []*Key) {
	t.Helper()
	random := make([]byte, 32)
	rand.Read(random)
	m := &handshake.ClientHello{Version: min(version, iana.TLS12), Random: random, CipherSuites: append(suites, iana.TLS_EMPTY_RENEGOTIATION_INFO_SCSV), CompressionMethods: []handshake.CompressionMethod{0}}
	if version == iana.SSL30 {
		m.NoExtensions = true
		return m, nil
	}
	m.Extensions = handshake.Extensions{
		extension(iana.ExtensionSupportedGroups, sized(2, u16(iana.GroupX25519, iana.GroupSecp256r1, iana.GroupSecp384r1, iana.GroupSecp521r1))),
		extension(iana.ExtensionEcPointFormats, []byte{1, 0}),
	}
	if version >= iana.TLS12 {
		m.Extensions = append(m.Extensions, extension(iana.ExtensionSignatureAlgorithms, sized(2, u16(schemes...))))
	}
	if version < iana.TLS13 {
		return m, nil
	}
	m.SessionID = random
	m.Extensions = append(m.Extensions, extension(iana.ExtensionSupportedVersions, sized(1, u16(iana.TLS13))))
	keys, err := AddKeyShares(m, iana.GroupX25519)
	if err != nil {
		t.Fatal(err)
	}
	return m, keys
}

// observer decodes what goes over the wire.
type observer struct {
	decoder *handshake.Decoder
	log     *keylog.Log
	start   time.Time
	wire    [2]bytes.Buffer
}

func observed(cfg *Config) *observer {
	o := &observer{log: &keylog.Log{}, start: time.Now()}
	o.decoder = handshake.NewDecoder(o.log)
	cfg.KeyLog = o.log
	cfg.Observe = func(direction handshake.Direction, at time.Time, b []byte) {
		o.wire[direction].Write(b)
		o.decoder.Feed(direction, at.Sub(o.start), b)
	}
	return o
}

// names are those of the messages, with a * for one that was not opened.
func (o *observer) names(t testing.TB) string {
	t.Helper()
	transcript := o.decoder.Finish()
	var list []string
	for _, p := range transcript.Problems {
		t.Errorf("problem: %v", p)
	}
	for _, e := range transcript.Entries {
		name := e.Name
		if e.Encrypted && !e.Decrypted {
			name += "*"
		}
		list = append(list, name)
		for _, p := range e.Problems {
			t.Errorf("problem: %v", p)
		}
	}
	return strings.Join(list, " ")
}

// patience is for what comes at once, on a machine that is slow.
const patience = 2 * time.Minute

func limited(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func dial(t testing.TB, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// serve runs a server of crypto/tls for one connection: it echoes a line.
func serve(t testing.TB, cfg *tls.Config) (address string, done chan error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	done = make(chan error, 1)
	go func() {
		raw, err := listener.Accept()
		if err != nil {
			done <- err
			return
		}
		server := tls.Server(raw, cfg)
		defer server.Close()
		b := make([]byte, 6)
		if _, err = io.ReadFull(server, b); err == nil {
			_, err = server.Write(b)
		}
		done <- err
	}()
	return listener.Addr().String(), done
}

func echo(t testing.TB, c *Conn) {
	t.Helper()
	if _, err := c.Write([]byte("hello\n")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 6)
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "hello\n" {
		t.Fatalf("%q %v", b, err)
	}
}

func TestStandardLibrary(t *testing.T) {
	t.Setenv("GODEBUG", "tlsrsakex=1,tls3des=1,tlssha1=1")
	for _, test := range []struct {
		version     iana.ProtocolVersion
		suite       iana.CipherSuite
		certificate string
	}{
		{iana.TLS10, iana.TLS_RSA_WITH_AES_128_CBC_SHA, "rsa"}, {iana.TLS10, iana.TLS_RSA_WITH_AES_256_CBC_SHA, "rsa"},
		{iana.TLS10, iana.TLS_RSA_WITH_3DES_EDE_CBC_SHA, "rsa"}, {iana.TLS10, iana.TLS_RSA_WITH_RC4_128_SHA, "rsa"},
		{iana.TLS10, iana.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, "rsa"}, {iana.TLS10, iana.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, "p256"},
		{iana.TLS11, iana.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA, "rsa"}, {iana.TLS11, iana.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA, "p384"},
		{iana.TLS11, iana.TLS_RSA_WITH_AES_256_CBC_SHA, "rsa"}, {iana.TLS12, iana.TLS_RSA_WITH_AES_128_CBC_SHA256, "rsa"},
		{iana.TLS12, iana.TLS_RSA_WITH_AES_128_GCM_SHA256, "rsa"}, {iana.TLS12, iana.TLS_RSA_WITH_AES_256_GCM_SHA384, "rsa"},
		{iana.TLS12, iana.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, "rsa"}, {iana.TLS12, iana.TLS_ECDHE_RSA_WITH_RC4_128_SHA, "rsa"},
		{iana.TLS12, iana.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "p256"}, {iana.TLS12, iana.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "p384"},
		{iana.TLS12, iana.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ed25519"}, {iana.TLS12, iana.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "rsa"},
		{iana.TLS12, iana.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, "rsa"},
		{iana.TLS13, iana.TLS_AES_128_GCM_SHA256, "rsa"}, {iana.TLS13, iana.TLS_AES_256_GCM_SHA384, "p256"},
		{iana.TLS13, iana.TLS_CHACHA20_POLY1305_SHA256, "p384"}, {iana.TLS13, iana.TLS_AES_128_GCM_SHA256, "ed25519"},
	} {
		for _, own := range []string{"", "none", "rsa", "p256", "ed25519"} {
			if own == "ed25519" && test.version < iana.TLS12 {
				continue // Go's server refuses to look at it, and rightly
			}
			t.Run(fmt.Sprintf("%s %s %s %s", test.version, test.suite, test.certificate, own), func(t *testing.T) {
				server := &tls.Config{Certificates: []tls.Certificate{certificates()[test.certificate]}, MinVersion: tls.VersionTLS10, MaxVersion: uint16(test.version), CipherSuites: []uint16{uint16(test.suite)}}
				cfg := Config{}
				cfg.Hello, cfg.Keys = offer(t, test.version, test.suite)
				o := observed(&cfg)
				if own != "" {
					server.ClientAuth = tls.RequestClientCert
				}
				if mine, ok := certificates()[own]; ok {
					cfg.Certificate = &Certificate{mine.Certificate, mine.PrivateKey.(crypto.Signer)}
				}
				address, done := serve(t, server)
				c, err := Handshake(limited(t), dial(t, address), cfg)
				if err != nil {
					t.Fatal(err, o.names(t), <-done)
				}
				echo(t, c)
				if err := <-done; err != nil {
					t.Fatal(err)
				}
				if _, err := c.Read(make([]byte, 1)); err != io.EOF {
					t.Errorf("after close_notify: %v", err)
				}
				c.Close()
				state := c.State()
				sent := 0
				if cfg.Certificate != nil {
					sent = 1
				}
				if state.Version != test.version || state.CipherSuite != test.suite || len(state.ServerCertificates) != 1 || state.CertificatesSent != sent || (state.CertificateRequest != nil) != (own != "") {
					t.Errorf("%+v", state)
				}
				if got := o.names(t); strings.Contains(got, "*") || !strings.HasSuffix(got, "ApplicationData Alert Alert") {
					t.Error(got)
				}
			})
		}
	}
}

// TestAnswersToExtensions: a stapled response, the protocol, a name that the
// server warns about nowhere.
func TestAnswersToExtensions(t *testing.T) {
	for version, suite := range map[iana.ProtocolVersion]iana.CipherSuite{iana.TLS12: iana.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, iana.TLS13: iana.TLS_AES_128_GCM_SHA256} {
		pair := certificates()["p256"]
		pair.OCSPStaple = []byte("a response")
		address, done := serve(t, &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"sip/2"}})
		cfg := Config{}
		cfg.Hello, cfg.Keys = offer(t, version, suite)
		cfg.Hello.Extensions = append(cfg.Hello.Extensions, extension(iana.ExtensionStatusRequest, []byte{1, 0, 0, 0, 0}),
			extension(iana.ExtensionApplicationLayerProtocolNegotiation, sized(2, sized(1, []byte("sip/2")))),
			extension(iana.ExtensionServerName, sized(2, append([]byte{0}, sized(2, []byte("example.com"))...))))
		o := observed(&cfg)
		c, err := Handshake(limited(t), dial(t, address), cfg)
		if err != nil {
			t.Fatal(err)
		}
		echo(t, c)
		c.Close()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if got := c.State().ApplicationProtocol; got != "sip/2" {
			t.Errorf("%s: %q", version, got)
		}
		if got := o.names(t); version < iana.TLS13 && !strings.Contains(got, "Certificate CertificateStatus ServerKeyExchange") {
			t.Error(got)
		}
	}
}

func kindOfError(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}
