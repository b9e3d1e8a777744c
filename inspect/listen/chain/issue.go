package chain

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"fmt"
	"io"
	"math/big"
	"net/netip"
	"time"
)

// What old phones take: RSA of 2,048 bits and SHA-256 (the fact sheet on handsets).
const (
	keyBits    = 2048
	rootYears  = 5
	serverDays = 365
	// early is how far a phone's clock may be behind.
	early = 24 * time.Hour
	// margin is by how much a certificate is out of its dates, so that a phone's
	// clock or zone that is off by days does not matter.
	margin = 7 * 24 * time.Hour
)

// issuer is a CA and its key.
type issuer struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// period is when a certificate is valid.
type period struct{ from, until time.Time }

// within cuts a period down to that of its issuer, and to the dates that 32-bit
// clocks reach: they end on 19 January 2038.
func (p period) within(ca *x509.Certificate) period {
	if last := time.Date(2038, 1, 1, 0, 0, 0, 0, time.UTC); p.from.Before(last) && p.until.After(last) {
		p.until = last
	}
	if ca != nil && p.from.Before(ca.NotAfter) && p.until.After(ca.NotAfter) {
		p.until = ca.NotAfter
	}
	return p
}

// rootPeriod is that of a CA.
func (c Config) rootPeriod() period { return period{c.Now.Add(-early), c.Now.AddDate(rootYears, 0, 0)} }

// serverPeriod is that of a server's certificate.
func (c Config) serverPeriod() period {
	return period{c.Now.Add(-early), c.Now.AddDate(0, 0, serverDays)}
}

// newIssuer makes a CA below another, or a root. Its name is unlike that of any
// other: a phone that holds two roots of one name may look at the wrong one.
func (c Config) newIssuer(name string, valid period, above *issuer) (*issuer, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	template, err := c.template(pkix.Name{}, valid)
	if err != nil {
		return nil, err
	}
	template.Subject = pkix.Name{Organization: []string{"phonecert"}, CommonName: fmt.Sprintf("%s %016x", name, template.SerialNumber)}
	asCA(template)
	own := &issuer{template, key}
	if above == nil {
		above = own
	}
	certificate, err := above.sign(template, key.Public())
	if err != nil {
		return nil, err
	}
	return &issuer{certificate, key}, nil
}

func asCA(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid = true, true
	c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
}

// template is what all certificates have.
func (c Config) template(subject pkix.Name, valid period) (*x509.Certificate, error) {
	serial, err := newSerial(c.Random)
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{SerialNumber: serial, Subject: subject, NotBefore: valid.from, NotAfter: valid.until, SignatureAlgorithm: x509.SHA256WithRSA}
	if c.SHA1 {
		t.SignatureAlgorithm = x509.SHA1WithRSA
	}
	return t, nil
}

// server is the template of a server's certificate. The first name is its common
// name too: old phones look at nothing else. An address stands among the host
// names as well, for clients that compare nothing but text.
func (c Config) server(names []string, valid period) (*x509.Certificate, error) {
	t, err := c.template(pkix.Name{CommonName: commonName(names)}, valid)
	if err != nil {
		return nil, err
	}
	t.BasicConstraintsValid = true
	t.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	t.DNSNames = names
	for _, name := range names {
		if address, err := netip.ParseAddr(name); err == nil {
			t.IPAddresses = append(t.IPAddresses, address.Unmap().AsSlice())
		}
	}
	return t, nil
}

// maxCommonName is ub-common-name (RFC 5280, appendix A.1).
const maxCommonName = 64

func commonName(names []string) string {
	for _, name := range names {
		if len(name) <= maxCommonName {
			return name
		}
	}
	return names[0][:maxCommonName]
}

// sign makes the certificate of a template, which it keeps within its own dates.
func (i *issuer) sign(template *x509.Certificate, key crypto.PublicKey) (*x509.Certificate, error) {
	above := i.certificate
	p := period{template.NotBefore, template.NotAfter}.within(above)
	template.NotBefore, template.NotAfter = p.from, p.until
	der, err := x509.CreateCertificate(rand.Reader, template, above, key, i.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func newKey() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, keyBits) }

// newSerial is a positive number of at most 63 bits (RFC 5280, section 4.1.2.2).
func newSerial(random io.Reader) (*big.Int, error) {
	var b [8]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return nil, err
	}
	return new(big.Int).SetUint64(binary.BigEndian.Uint64(b[:])>>1 | 1), nil
}
