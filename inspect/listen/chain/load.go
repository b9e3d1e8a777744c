package chain

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// MaxFileBytes is how large the file of a root or of its key may be; both have a
// few thousand bytes.
const MaxFileBytes = 1 << 20

// RootPEM is the root as it is uploaded to a phone.
func (a *Authority) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.certificate.Raw})
}

// KeyPEM is the root's private key, for Load: whoever has it can play any server
// to a phone that holds the root.
func (a *Authority) KeyPEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(a.root.key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Load makes an Authority of the root of an earlier run, so that phones that hold
// it need not be fed again. SHA1 does not touch the root itself: no phone checks
// the signature of what it was told to trust. The error says what is wrong with
// the root or the key, and never holds a part of the key.
func Load(c Config, rootPEM, keyPEM []byte) (*Authority, error) {
	if err := checkNames(c.Names); err != nil {
		return nil, err
	}
	certificate, err := readRoot(rootPEM, c.Now)
	if err != nil {
		return nil, err
	}
	key, err := readKey(keyPEM)
	if err != nil {
		return nil, err
	}
	if !key.PublicKey.Equal(certificate.PublicKey) {
		return nil, fmt.Errorf("the key is not that of the root %q", certificate.Subject.CommonName)
	}
	return newAuthority(c.complete(), &issuer{certificate, key}), nil
}

func readRoot(text []byte, now time.Time) (*x509.Certificate, error) {
	der, err := block(text, "CERTIFICATE")
	if err != nil {
		return nil, fmt.Errorf("the root cannot be read: %w", err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("the root cannot be read: %w", err)
	}
	name, date := c.Subject.CommonName, func(t time.Time) string { return t.UTC().Format("2 January 2006") }
	switch {
	case !c.IsCA || c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0:
		return nil, fmt.Errorf("%q is not the certificate of a CA", name)
	case !bytes.Equal(c.RawSubject, c.RawIssuer):
		return nil, fmt.Errorf("%q is no root: %q issued it, and a phone trusts self-signed certificates alone", name, c.Issuer.CommonName)
	case now.After(c.NotAfter):
		return nil, fmt.Errorf("the root %q expired on %s", name, date(c.NotAfter))
	case now.Before(c.NotBefore):
		return nil, fmt.Errorf("the root %q is not valid before %s", name, date(c.NotBefore))
	}
	return c, nil
}

func readKey(text []byte) (*rsa.PrivateKey, error) {
	der, err := block(text, "PRIVATE KEY")
	if err != nil {
		return nil, fmt.Errorf("the root's key cannot be read: %w", err)
	}
	// What the parser says is left out: nothing of a key belongs into an error.
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New("the root's key cannot be read: it is no whole PKCS #8 key")
	}
	key, isRSA := parsed.(*rsa.PrivateKey)
	if !isRSA {
		return nil, errors.New("the root's key is not RSA, which is all that old phones know")
	}
	return key, nil
}

// block finds the first PEM block of a type.
func block(text []byte, kind string) ([]byte, error) {
	if len(text) > MaxFileBytes {
		return nil, fmt.Errorf("the file is larger than %d bytes", MaxFileBytes)
	}
	for b, rest := pem.Decode(text); b != nil; b, rest = pem.Decode(rest) {
		if b.Type == kind {
			return b.Bytes, nil
		}
	}
	return nil, fmt.Errorf("there is no block %q", "BEGIN "+kind)
}
