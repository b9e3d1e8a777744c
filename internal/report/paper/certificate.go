package paper

import (
	"strings"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// Certificate is a certificate as JSON shows it.
type Certificate struct {
	Subject            string    `json:"subject"`
	Issuer             string    `json:"issuer"`
	Serial             string    `json:"serial"`
	NotBefore          time.Time `json:"not_before"`
	NotAfter           time.Time `json:"not_after"`
	KeyAlgorithm       string    `json:"key_algorithm"`
	KeyBits            int       `json:"key_bits"`
	SignatureAlgorithm string    `json:"signature_algorithm"`
	SHA256             string    `json:"sha256"`
	IsCA               bool      `json:"is_ca"`
	SelfSigned         bool      `json:"self_signed"`
}

// NewCertificate describes a certificate. The serial number is hexadecimal, as
// tools print it; a negative one keeps its sign.
func NewCertificate(c *certificate.Certificate) Certificate {
	return Certificate{
		Subject:            certificate.NameString(c.Subject),
		Issuer:             certificate.NameString(c.Issuer),
		Serial:             strings.ToUpper(c.SerialNumber.Text(16)),
		NotBefore:          c.NotBefore,
		NotAfter:           c.NotAfter,
		KeyAlgorithm:       c.KeyAlgorithm(),
		KeyBits:            c.KeyBits(),
		SignatureAlgorithm: c.SignatureAlgorithm().Name,
		SHA256:             c.SHA256(),
		IsCA:               c.MayIssue(),
		SelfSigned:         c.SelfIssued(),
	}
}
