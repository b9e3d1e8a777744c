// Package certificate reads X.509 certificates as old phones do: what the
// strict standard parser refuses (negative serial numbers, odd encodings) is
// read by a lenient one. Both give the same Certificate value.
package certificate

import (
	"bytes"
	"crypto/sha1" // a fingerprint that web pages of the time show, not a protection
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
)

// ErrTrailing is returned when bytes follow the certificate.
var ErrTrailing = errors.New("bytes follow the certificate")

// Certificate is an X.509 certificate. The embedded value is filled by
// whichever parser could read it.
type Certificate struct {
	*x509.Certificate
	// Strict is the standard parser's complaint when only the lenient parser
	// could read the certificate; nil otherwise.
	Strict error
	// SignatureOID is the signature algorithm in dotted form (RFC 5280,
	// section 4.1.1.2); known even where no library knows the algorithm.
	SignatureOID string
	// KeyOID is the algorithm of the public key in dotted form.
	KeyOID string
}

// Parse reads one DER certificate and nothing after it. It tries the standard
// parser first, for it is many times faster, then the lenient one.
func Parse(der []byte) (*Certificate, error) {
	signature, key, err := algorithmOIDs(der)
	if err != nil {
		return nil, err
	}
	c, strictErr := x509.ParseCertificate(der)
	if strictErr == nil {
		return &Certificate{Certificate: c, SignatureOID: signature, KeyOID: key}, nil
	}
	c, err = parseLenient(der)
	if err != nil {
		return nil, strictErr
	}
	return &Certificate{Certificate: c, Strict: strictErr, SignatureOID: signature, KeyOID: key}, nil
}

// SelfIssued reports whether subject and issuer are the same name and the key
// identifiers do not contradict it: what a phone's library takes for a root.
// The signature is not verified, for those libraries do not either.
func (c *Certificate) SelfIssued() bool {
	if !bytes.Equal(c.RawSubject, c.RawIssuer) {
		return false
	}
	if len(c.AuthorityKeyId) > 0 && len(c.SubjectKeyId) > 0 {
		return bytes.Equal(c.AuthorityKeyId, c.SubjectKeyId)
	}
	return true
}

// MayIssue reports whether the library of an old phone takes c as a CA: basic
// constraints say so (RFC 5280, section 4.2.1.9), or c is a self-issued v1
// certificate, which those libraries accept as a root.
func (c *Certificate) MayIssue() bool {
	if c.Version < 3 {
		return c.SelfIssued()
	}
	return c.BasicConstraintsValid && c.IsCA
}

// Issued reports whether the names and key identifiers say that c issued child
// (RFC 5280, sections 4.1.2.4 and 4.2.1.1). No signature is verified.
func (c *Certificate) Issued(child *Certificate) bool {
	if !bytes.Equal(c.RawSubject, child.RawIssuer) {
		return false
	}
	if len(child.AuthorityKeyId) > 0 && len(c.SubjectKeyId) > 0 {
		return bytes.Equal(c.SubjectKeyId, child.AuthorityKeyId)
	}
	return true
}

// SHA256 is the fingerprint in lower-case hex.
func (c *Certificate) SHA256() string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// SHA1 is the fingerprint that browsers and phones of the time show.
func (c *Certificate) SHA1() string {
	sum := sha1.Sum(c.Raw)
	return hex.EncodeToString(sum[:])
}
