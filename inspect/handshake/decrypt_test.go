package handshake

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/keylog"
)

// tap keeps what goes over a connection.
type tap struct {
	net.Conn
	mutex *sync.Mutex
	flows *[]flow
}

func (c tap) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.keep(ServerToClient, b[:n])
	return n, err
}

func (c tap) Write(b []byte) (int, error) {
	c.keep(ClientToServer, b)
	return c.Conn.Write(b)
}

func (c tap) keep(direction Direction, b []byte) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(b) > 0 {
		*c.flows = append(*c.flows, flow{direction, append([]byte(nil), b...)})
	}
}

var serverCertificates = sync.OnceValue(func() []tls.Certificate {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "example.com"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0)}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	rsaDER, err := x509.CreateCertificate(rand.Reader, template, template, rsaKey.Public(), rsaKey)
	if err != nil {
		panic(err)
	}
	ecDER, err := x509.CreateCertificate(rand.Reader, template, template, ecKey.Public(), ecKey)
	if err != nil {
		panic(err)
	}
	return []tls.Certificate{{Certificate: [][]byte{rsaDER}, PrivateKey: rsaKey}, {Certificate: [][]byte{ecDER}, PrivateKey: ecKey}}
})

// talk runs a handshake, one line each way, and a clean end, and returns what
// went over the wire.
func talk(t *testing.T, config *tls.Config) []flow {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	done := make(chan error, 1)
	go func() {
		raw, err := listener.Accept()
		if err != nil {
			done <- err
			return
		}
		server := tls.Server(raw, &tls.Config{Certificates: serverCertificates(), MinVersion: tls.VersionTLS10, CipherSuites: config.CipherSuites, ClientAuth: tls.RequestClientCert, NextProtos: []string{"sip/2"}})
		defer server.Close()
		line := make([]byte, 5)
		if _, err = io.ReadFull(server, line); err == nil {
			_, err = server.Write([]byte("there"))
		}
		done <- err
	}()
	raw, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	var list []flow
	client := tls.Client(tap{raw, &sync.Mutex{}, &list}, config)
	if _, err := client.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(client); string(text) != "there" {
		t.Fatalf("%q %v", text, err)
	}
	client.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return list
}

func TestKeyLogOpens(t *testing.T) {
	t.Setenv("GODEBUG", "tlsrsakex=1,tls3des=1,tlssha1=1")
	for _, test := range []struct {
		version uint16
		suite   iana.CipherSuite
	}{
		{tls.VersionTLS10, iana.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA}, {tls.VersionTLS10, iana.TLS_RSA_WITH_3DES_EDE_CBC_SHA},
		{tls.VersionTLS11, iana.TLS_RSA_WITH_AES_128_CBC_SHA}, {tls.VersionTLS11, iana.TLS_RSA_WITH_RC4_128_SHA},
		{tls.VersionTLS12, iana.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256}, {tls.VersionTLS12, iana.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
		{tls.VersionTLS12, iana.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384}, {tls.VersionTLS12, iana.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256},
		{tls.VersionTLS13, 0},
	} {
		log := &keylog.Log{}
		config := &tls.Config{InsecureSkipVerify: true, MinVersion: test.version, MaxVersion: test.version, KeyLogWriter: log, ClientSessionCache: tls.NewLRUClientSessionCache(1), NextProtos: []string{"sip/2"}}
		want := "ServerHelloDone Certificate ClientKeyExchange ChangeCipherSpec Finished"
		if test.suite != 0 {
			config.CipherSuites = []uint16{uint16(test.suite)}
		} else {
			want = "ClientHello ServerHello ChangeCipherSpec EncryptedExtensions CertificateRequest Certificate CertificateVerify Finished ChangeCipherSpec Certificate Finished ApplicationData"
		}
		list := talk(t, config)
		for _, size := range []int{1, 1 << 20} {
			d := NewDecoder(log)
			feed(d, list, size)
			got := d.Finish()
			name := iana.ProtocolVersion(test.version).String() + " " + test.suite.String()
			if problems(got) != "" || !strings.Contains(nameList(got), want) || strings.Contains(nameList(got), "*") {
				t.Fatalf("%s: %s %s", name, nameList(got), problems(got))
			}
			if got.Negotiated.ApplicationProtocol != "sip/2" {
				t.Errorf("%s: %+v", name, got.Negotiated)
			}
			var said []string
			for _, e := range got.Entries {
				if m, ok := e.Fields.(*ApplicationData); ok && len(m.Plaintext) > 0 {
					said = append(said, string(m.Plaintext))
				}
			}
			if text := strings.Join(said, ""); text != "hellothere" {
				t.Errorf("%s: %q", name, said)
			}
		}
		if got := decode(list, 1000); problems(got) != "" || !strings.Contains(nameList(got), "*") {
			t.Errorf("without the key log: %s %s", nameList(got), problems(got))
		}
		list[len(list)-1].bytes[7] ^= 1 // what was changed on the way stays closed
		d := NewDecoder(log)
		feed(d, list, 1000)
		if got := d.Finish(); !strings.HasSuffix(nameList(got), "*") {
			t.Errorf("changed: %s", nameList(got))
		}
	}
}
