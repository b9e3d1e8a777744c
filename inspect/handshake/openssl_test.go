package handshake

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/keylog"
	"github.com/phonecert/phonecert/internal/realparts"
)

// TestOpenSSL: a second implementation on both sides, with what Go's does not
// do: DHE, encrypt-then-MAC, session tickets without a cache.
func TestOpenSSL(t *testing.T) {
	realparts.Need(t, "openssl")
	dir := t.TempDir()
	writePEM(t, dir)
	for _, test := range []struct {
		name      string
		arguments []string
		want      string
		bits      int
		etm       bool
	}{
		{"TLS 1.0 TLS_DHE_RSA_WITH_AES_256_CBC_SHA", []string{"-tls1", "-cipher", "DHE-RSA-AES256-SHA:@SECLEVEL=0"}, "ServerHello Certificate ServerKeyExchange ServerHelloDone ClientKeyExchange ChangeCipherSpec Finished NewSessionTicket ChangeCipherSpec Finished ApplicationData", 2048, true},
		{"TLS 1.2 TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", []string{"-tls1_2", "-cipher", "DHE-RSA-AES128-SHA256:@SECLEVEL=0"}, "NewSessionTicket ChangeCipherSpec Finished ApplicationData", 2048, true},
		{"TLS 1.2 TLS_DHE_RSA_WITH_AES_128_CBC_SHA", []string{"-tls1_2", "-no_etm", "-cipher", "DHE-RSA-AES128-SHA:@SECLEVEL=0"}, "NewSessionTicket ChangeCipherSpec Finished ApplicationData", 2048, false},
		{"TLS 1.2 TLS_RSA_WITH_NULL_SHA", []string{"-tls1_2", "-cipher", "NULL-SHA:@SECLEVEL=0"}, "ServerHelloDone ClientKeyExchange ChangeCipherSpec Finished", 0, true},
		{"TLS 1.3 TLS_CHACHA20_POLY1305_SHA256", []string{"-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"}, "EncryptedExtensions Certificate CertificateVerify Finished", 255, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, log := openSSL(t, dir, test.arguments)
			d := NewDecoder(log)
			feed(d, list, 100)
			got := d.Finish()
			if got.Negotiated == nil || problems(got) != "" || !strings.Contains(nameList(got), test.want) || strings.Contains(nameList(got), "*") {
				t.Fatalf("%s %s", nameList(got), problems(got))
			}
			if n := got.Negotiated; n.Version.String()+" "+n.CipherSuite.String() != test.name || n.KeyBits != test.bits || d.session.encryptThenMAC != test.etm {
				t.Errorf("%+v, encrypt-then-MAC %v", n, d.session.encryptThenMAC)
			}
		})
	}
}

func writePEM(t *testing.T, dir string) {
	t.Helper()
	certificate := serverCertificates()[0]
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
	if err := os.WriteFile(filepath.Join(dir, "server.pem"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// openSSL lets s_client say a line to s_server and returns what went over the
// wire, and the key log.
func openSSL(t *testing.T, dir string, arguments []string) ([]flow, *keylog.Log) {
	t.Helper()
	server := realparts.SServer(t, append([]string{"-quiet", "-cert", filepath.Join(dir, "server.pem")}, arguments...)...)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var list []flow
	passed := make(chan error, 1)
	go func() { passed <- pass(listener, server.Addr, &list) }()
	logFile := filepath.Join(dir, "keys")
	os.Remove(logFile)
	client := exec.Command("openssl", append([]string{"s_client", "-connect", listener.Addr().String(), "-keylogfile", logFile}, arguments...)...)
	client.Stdin = strings.NewReader("hello\nQ\n")
	if out, err := client.CombinedOutput(); err != nil {
		realparts.Missing(t, fmt.Sprintf("an openssl that takes part (%v\n%s)", err, out))
	}
	if err := <-passed; err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(logFile)
	if err != nil {
		t.Fatal(err)
	}
	return list, keylog.Parse(text)
}

// pass hands one connection on and keeps what goes over it.
func pass(listener net.Listener, to string, list *[]flow) error {
	near, err := listener.Accept()
	if err != nil {
		return err
	}
	defer near.Close()
	far, err := net.Dial("tcp", to)
	if err != nil {
		return err
	}
	defer far.Close()
	kept := tap{far, &sync.Mutex{}, list}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		io.Copy(near, struct{ io.Reader }{kept})
		near.Close()
	}()
	io.Copy(struct{ io.Writer }{kept}, near)
	far.(*net.TCPConn).CloseWrite()
	<-ended
	return nil
}
