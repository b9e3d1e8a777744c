package phone_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestSuites is row 4: the key of the server's certificate against the suites.
func TestSuites(t *testing.T) {
	root := testca.Root(t, "Root")
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsa := parsed(t, root.Issue(t, "pbx.example.com", testca.TLS))[0]
	ec := parsed(t, root.IssueKey(t, "pbx.example.com", ecKey, testca.TLS))[0]
	ed := parsed(t, root.IssueKey(t, "pbx.example.com", edKey, testca.TLS))[0]
	as := func(oid string) *certificate.Certificate {
		c := *rsa
		c.KeyOID = oid
		return &c
	}
	dss, pss := as("1.2.840.10040.4.1"), as("1.2.840.113549.1.1.10")
	cases := []struct {
		id   string
		leaf *certificate.Certificate
		want string
	}{
		{"yealink-t28p", rsa, ""},
		{"yealink-t28p", dss, ""},
		{"yealink-t28p", ec, "suites.key-type"},
		{"yealink-t28p", ed, "suites.key-type"},
		{"yealink-t28p", pss, "suites.key-algorithm"},
		{"yealink-t5x-v86", rsa, ""},
		{"yealink-t5x-v86", ec, "?suites.key-not-known"},
	}
	for _, c := range cases {
		found := desk(t, c.id).Suites(c.leaf)
		wants(t, found, c.want)
		if c.want == "suites.key-type" {
			holds(t, found, c.want, "25 cipher suites", "--key-type rsa2048", "--algo rsa", "no shared cipher")
		}
	}
	p := desk(t, "yealink-t28p")
	p.Profile.TLS.CipherSuites = handset.Fact[[]uint16]{Value: []uint16{0xC02B, 0xC02F, 0x1301}, Basis: finding.Documented}
	p.Profile.Crypto.KeyAlgorithms = handset.Fact[[]string]{Value: []string{"RSA", "EC"}, Basis: finding.Documented}
	wants(t, p.Suites(ec), "")
	wants(t, p.Suites(ed), "suites.key-algorithm")
	p.Profile.TLS.CipherSuites.Value = []uint16{0xC02B}
	wants(t, p.Suites(rsa), "suites.key-type")
}
