// Package testca makes certificates for tests, with a fixed clock and keys
// that are thrown away with the test binary.
package testca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"hash/fnv"
	"math/big"
	"sync"
	"testing"
	"time"
)

// Clock is the moment at which tests take place.
func Clock() time.Time { return time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC) }

// Certificate is a certificate with its key.
type Certificate struct {
	*x509.Certificate
	Key crypto.Signer
}

// Option changes a certificate before it is signed.
type Option func(*x509.Certificate)

// rsaKey returns one of a few RSA keys: making one takes longer than any test.
func rsaKey(name string) crypto.Signer {
	h := fnv.New32()
	h.Write([]byte(name))
	return rsaKeys()[h.Sum32()%uint32(len(rsaKeys()))]
}

var rsaKeys = sync.OnceValue(func() []crypto.Signer {
	var keys []crypto.Signer
	for range 5 {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys = append(keys, k)
	}
	return keys
})

// Root makes a self-signed CA.
func Root(t testing.TB, name string, options ...Option) *Certificate {
	return sign(t, name, nil, rsaKey(name), append([]Option{CA}, options...))
}

// ECRoot makes a self-signed CA with an EC key.
func ECRoot(t testing.TB, name string, options ...Option) *Certificate {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return sign(t, name, nil, k, append([]Option{CA}, options...))
}

// Self makes a self-signed certificate that is no CA.
func Self(t testing.TB, name string, options ...Option) *Certificate {
	return sign(t, name, nil, rsaKey(name), options)
}

// Issue makes a certificate that c signs.
func (c *Certificate) Issue(t testing.TB, name string, options ...Option) *Certificate {
	return sign(t, name, c, rsaKey(name), options)
}

// IssueKey is Issue for a key of the caller's.
func (c *Certificate) IssueKey(t testing.TB, name string, key crypto.Signer, options ...Option) *Certificate {
	return sign(t, name, c, key, options)
}

// CA makes the certificate a CA's.
func CA(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid = true, true
	c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
}

// TLS makes the certificate fit for both sides of TLS.
func TLS(c *x509.Certificate) {
	c.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
}

// Between sets the validity.
func Between(from, to time.Time) Option {
	return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = from, to }
}

// DNS sets the host names.
func DNS(names ...string) Option {
	return func(c *x509.Certificate) { c.DNSNames = names }
}

func sign(t testing.TB, name string, issuer *Certificate, key crypto.Signer, options []Option) *Certificate {
	t.Helper()
	h := fnv.New64()
	h.Write([]byte(name))
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetUint64(h.Sum64() >> 1),
		Subject:      pkix.Name{Organization: []string{"Example"}, CommonName: name},
		NotBefore:    Clock().AddDate(-1, 0, 0),
		NotAfter:     Clock().AddDate(5, 0, 0),
	}
	for _, o := range options {
		o(template)
	}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.Certificate, issuer.Key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &Certificate{Certificate: parsed, Key: key}
}

// PEM is the certificate as a PEM block.
func (c *Certificate) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// KeyPEM is the key as a PKCS#8 PEM block.
func (c *Certificate) KeyPEM(t testing.TB) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.Key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}
