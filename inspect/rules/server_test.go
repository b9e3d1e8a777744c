package rules_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/internal/testca"
)

func read(name string, data []byte) *inspect.File { return inspect.Read(name, data, inspect.Options{}) }

func TestServer(t *testing.T) {
	root := testca.Root(t, "Example Root")
	phone := root.Issue(t, "phone.example.com", testca.TLS, testca.DNS("phone.example.com"))
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ecPhone := root.IssueKey(t, "ec.example.com", ec, testca.TLS)
	mac := root.Issue(t, "00:00:5E:00:53:01", testca.TLS)
	macSerial := root.Issue(t, "example.com", testca.TLS, func(c *x509.Certificate) {
		c.Subject = pkix.Name{CommonName: "example.com", SerialNumber: "00005e005301"}
	})
	nameless := root.Issue(t, "x", testca.TLS, func(c *x509.Certificate) { c.Subject = pkix.Name{Organization: []string{"Example"}} })
	expired := root.Issue(t, "phone", testca.TLS, testca.Between(testca.Clock().AddDate(-2, 0, 0), testca.Clock().AddDate(-1, 0, 0)))
	serverOnly := root.Issue(t, "phone", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	clientOnly := root.Issue(t, "phone", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
	cases := []struct {
		name, file string
		data       []byte
		want       string
	}{
		{"certificate and key", "phone.pem", join(phone.PEM(), phone.KeyPEM(t)), ""},
		{"key first", "phone.pem", join(phone.KeyPEM(t), phone.PEM()), ""},
		{"crt", "phone.crt", join(phone.PEM(), phone.KeyPEM(t)), "format.extension"},
		{"no key", "phone.pem", phone.PEM(), "server.no-key"},
		{"key only", "phone.pem", phone.KeyPEM(t), "server.no-certificate"},
		{"wrong key", "phone.pem", join(phone.PEM(), ecKeyPEM(t, ec)), "server.wrong-key"},
		{"two keys", "phone.pem", join(phone.PEM(), phone.KeyPEM(t), ecKeyPEM(t, ec)), "server.several-keys server.wrong-key"},
		{"DER", "phone.cer", phone.Raw, "format.der-server server.no-key"},
		{"chain out of order", "phone.pem", join(root.PEM(), phone.PEM(), phone.KeyPEM(t)), "server.order"},
		{"chain", "phone.pem", join(phone.PEM(), root.PEM(), phone.KeyPEM(t)), "~server.chain"},
		{"a CA", "phone.pem", join(root.PEM(), root.KeyPEM(t)), "~server.is-ca"},
		{"EC", "phone.pem", join(ecPhone.PEM(), ecKeyPEM(t, ec)), "algorithm.key"},
		{"MAC in CN", "phone.pem", join(mac.PEM(), mac.KeyPEM(t)), "-name.mac"},
		{"MAC in serialNumber", "phone.pem", join(macSerial.PEM(), macSerial.KeyPEM(t)), "-name.mac"},
		{"no name", "phone.pem", join(nameless.PEM(), nameless.KeyPEM(t)), "~name.none"},
		{"expired", "phone.pem", join(expired.PEM(), expired.KeyPEM(t)), "validity.expired"},
		{"not for clients", "phone.pem", join(serverOnly.PEM(), serverOnly.KeyPEM(t)), "-usage.client-auth"},
		{"not for servers", "phone.pem", join(clientOnly.PEM(), clientOnly.KeyPEM(t)), "usage.server-auth"},
		{"replaces", "phone.pem", join(phone.PEM(), phone.KeyPEM(t)), "-count.replaces"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wants(t, check(c.file, c.data, ask(t, "yealink-t28p", handset.Server)), c.want)
		})
	}
}

func ecKeyPEM(t *testing.T, k *ecdsa.PrivateKey) []byte {
	return (&testca.Certificate{Key: k}).KeyPEM(t)
}
