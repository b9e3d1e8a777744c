package chain_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestLoad: the root of an earlier run goes on, with fresh chains below it.
func TestLoad(t *testing.T) {
	c, a := config(), standard(t, false)
	key, err := a.KeyPEM()
	if err != nil {
		t.Fatal(err)
	}
	c.Now = c.Now.AddDate(4, 11, 0)
	c.Names = []string{"192.0.2.7"}
	again, err := chain.Load(c, append([]byte("the root of phonecert listen\n"), a.RootPEM()...), key)
	if err != nil {
		t.Fatal(err)
	}
	if !again.Root().Equal(a.Root()) || !bytes.Equal(again.RootPEM(), a.RootPEM()) {
		t.Error("the root is another one")
	}
	good := parsed(t, made(t, again, chain.Good))
	if err := good[1].CheckSignatureFrom(a.Root()); err != nil {
		t.Error(err)
	}
	if good[0].NotAfter.After(a.Root().NotAfter) || good[0].Subject.CommonName != "192.0.2.7" {
		t.Errorf("%s until %s", good[0].Subject.CommonName, good[0].NotAfter)
	}
	pool := x509.NewCertPool()
	pool.AddCert(a.Root())
	between := x509.NewCertPool()
	between.AddCert(good[1])
	if _, err := good[0].Verify(x509.VerifyOptions{Roots: pool, Intermediates: between, CurrentTime: c.Now, DNSName: "192.0.2.7"}); err != nil {
		t.Error(err)
	}
}

func TestLoadRefuses(t *testing.T) {
	c, a := config(), standard(t, false)
	root, key := a.RootPEM(), must(a.KeyPEM())(t)
	encoded := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := made(t, a, chain.Good)
	for _, test := range []struct {
		name      string
		root, key []byte
		days      int
		want      string
	}{
		{"another key", root, encoded("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(other))(t)), 0, "the key is not that of the root"},
		{"an EC key", root, encoded("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(ec))(t)), 0, "not RSA"},
		{"expired", root, key, 6 * 365, "expired on"},
		{"too early", root, key, -30, "not valid before"},
		{"the server's", encoded("CERTIFICATE", good.DER[0]), key, 0, "not the certificate of a CA"},
		{"the intermediate", encoded("CERTIFICATE", good.DER[1]), key, 0, "is no root"},
		{"empty", nil, key, 0, `no block "BEGIN CERTIFICATE"`},
		{"no key", root, nil, 0, `no block "BEGIN PRIVATE KEY"`},
		{"the root as key", root, root, 0, `no block "BEGIN PRIVATE KEY"`},
		{"cut", root, encoded("PRIVATE KEY", good.DER[0]), 0, "no whole PKCS #8 key"},
		{"no certificate", encoded("CERTIFICATE", []byte("x")), key, 0, "the root cannot be read"},
		{"large", make([]byte, chain.MaxFileBytes+1), key, 0, "larger than"},
	} {
		c := config()
		c.Now = testca.Clock().AddDate(0, 0, test.days)
		_, err := chain.Load(c, test.root, test.key)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	c.Names = nil
	if _, err := chain.Load(c, root, key); err == nil {
		t.Error("no name was taken")
	}
}

func must(b []byte, err error) func(testing.TB) []byte {
	return func(t testing.TB) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

// FuzzLoad: no file makes Load fall, nor show what is in it.
func FuzzLoad(f *testing.F) {
	f.Fuzz(func(t *testing.T, root, key []byte) {
		a, err := chain.Load(config(), root, key)
		if err != nil {
			return
		}
		if _, err := a.Chain(chain.Good); err != nil {
			t.Errorf("a root that was taken signs nothing: %v", err)
		}
	})
}

func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzLoad"); err != nil || len(seeds) == 0 {
		t.Errorf("FuzzLoad has no seeds: %v", err)
	}
}
