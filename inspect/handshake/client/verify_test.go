package client

import (
	"bytes"
	"crypto/tls"
	"errors"
	"slices"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// TestVerify: what refuses the server's certificates ends the handshake with its
// alert, and nothing of the client's answer is sent before; what takes them lets
// it go on.
func TestVerify(t *testing.T) {
	for _, test := range []struct {
		version iana.ProtocolVersion
		suite   iana.CipherSuite
		refuse  bool
		want    string
	}{
		{iana.TLS10, iana.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, true, "ClientHello ServerHello Certificate ServerKeyExchange ServerHelloDone Alert"},
		{iana.TLS12, iana.TLS_RSA_WITH_AES_128_CBC_SHA, true, "ClientHello ServerHello Certificate ServerHelloDone Alert"},
		{iana.TLS13, iana.TLS_AES_128_GCM_SHA256, true, "ClientHello ServerHello ChangeCipherSpec EncryptedExtensions Certificate CertificateVerify Finished Alert"},
		{iana.TLS12, iana.TLS_RSA_WITH_AES_128_CBC_SHA, false, ""},
		{iana.TLS13, iana.TLS_AES_128_GCM_SHA256, false, ""},
	} {
		hello, keys := offer(t, test.version, test.suite)
		own := certificates()["rsa"]
		address, done := serve(t, &tls.Config{
			Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS10, CipherSuites: []uint16{uint16(test.suite)},
		})
		cfg := Config{Hello: hello, Keys: keys}
		var seen [][]byte
		cfg.Verify = func(chain [][]byte) (iana.AlertDescription, bool) {
			seen = chain
			return iana.AlertUnknownCA, test.refuse
		}
		o := observed(&cfg)
		conn, err := Handshake(limited(t), dial(t, address), cfg)
		if !slices.EqualFunc(seen, own.Certificate, bytes.Equal) {
			t.Errorf("%s: %d certificates were judged", test.version, len(seen))
		}
		if !test.refuse {
			if err != nil {
				t.Fatal(err)
			}
			echo(t, conn)
			<-done
			continue
		}
		var failed *Error
		if !errors.As(err, &failed) || failed.Kind != AlertSent || failed.Alert != iana.AlertUnknownCA || len(failed.State.ServerCertificates) != 1 {
			t.Errorf("%s: %v", test.version, err)
		}
		if err := <-done; err == nil || err.Error() != "remote error: tls: unknown certificate authority" {
			t.Errorf("%s: the server got %v", test.version, err)
		}
		if names := o.names(t); names != test.want {
			t.Errorf("%s: %s, want %s", test.version, names, test.want)
		}
	}
}
