package registrar

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"time"
)

// What old phones take: RSA of 2,048 bits and SHA-256 (the fact sheet on
// handsets), and dates before 2038, beyond which the clocks of 32-bit phones do
// not reach.
const (
	keyBits    = 2048
	caYears    = 5
	serverDays = 365
	// early is how far a phone's clock may be behind.
	early = 24 * time.Hour
)

// Authority is a private CA.
type Authority struct {
	Certificate *x509.Certificate
	Key         crypto.Signer
}

// NewAuthority makes a CA that is valid from a day before now. Its name is
// unlike that of any other: a phone that holds two roots of one name may look at
// the wrong one.
func NewAuthority(random io.Reader, now time.Time) (*Authority, error) {
	serial, err := newSerial(random)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{Organization: []string{"phonecert"}, CommonName: fmt.Sprintf("Rehearsal CA %016x", serial)},
		NotBefore:    now.Add(-early), NotAfter: now.AddDate(caYears, 0, 0),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage:           x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		SignatureAlgorithm: x509.SHA256WithRSA,
	}
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, err
	}
	c, err := sign(template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &Authority{c, key}, nil
}

// PEM is the certificate as it is uploaded to a phone.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate.Raw})
}

// issue makes a server certificate. The first name is its common name too: old
// phones look at nothing else.
func (a *Authority) issue(n names, random io.Reader, now time.Time) (*tls.Certificate, error) {
	serial, err := newSerial(random)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: n.first},
		NotBefore:    now.Add(-early), NotAfter: now.AddDate(0, 0, serverDays),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:              n.dns, IPAddresses: n.ips,
	}
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, err
	}
	c, err := sign(template, a.Certificate, key.Public(), a.Key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: key, Leaf: c}, nil
}

func sign(template, issuer *x509.Certificate, public crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, public, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// newSerial is a positive number of at most 63 bits (RFC 5280, section 4.1.2.2).
func newSerial(random io.Reader) (*big.Int, error) {
	var b [8]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return nil, err
	}
	return new(big.Int).SetUint64(binary.BigEndian.Uint64(b[:])>>1 | 1), nil
}
