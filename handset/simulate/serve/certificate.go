package serve

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/handset/simulate/device"
)

// DeviceCert is the shape of the certificate that a phone has from the factory.
type DeviceCert string

// The shapes: the sources differ on where the MAC address of a unique one stands
// (the fact sheet on handsets, "Certificate roles").
const (
	// Unique has it in serialNumber, and the common name yealink.com.
	Unique DeviceCert = "unique"
	// UniqueInName has it in the common name.
	UniqueInName DeviceCert = "unique-in-name"
	// Generic has none.
	Generic DeviceCert = "generic"
)

func (d DeviceCert) check() error {
	switch d {
	case Unique, UniqueInName, Generic:
		return nil
	}
	return fmt.Errorf("no device certificate is called %q; there are %s, %s and %s", d, Unique, UniqueInName, Generic)
}

// The purposes for which a fleet's seed makes keys beside the login key.
const (
	forIssuer = 0x697373756572 // "issuer"
	forDevice = 0x646576696365 // "device"
)

// issuer is the simulated CA of the built-in certificates. What it signs is as
// predictable as the seed and proves nothing.
type issuer struct {
	key, deviceKey *rsa.PrivateKey
}

func newIssuer(seed uint64) *issuer {
	return &issuer{key: device.NewKey(seed ^ forIssuer), deviceKey: device.NewKey(seed ^ forDevice)}
}

// authority is the CA's certificate. Its name says that it is a simulated one,
// and whose it would be.
func authority(brand string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{Organization: []string{"phonecert, simulated"}, CommonName: strings.TrimSpace("Simulated " + brand + " device CA, trust it nowhere")},
		NotBefore:             from(),
		NotAfter:              until(),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
		SignatureAlgorithm:    x509.SHA256WithRSA,
	}
}

// From and until are the validity, which is invented.
func from() time.Time  { return time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC) }
func until() time.Time { return time.Date(2044, 1, 1, 0, 0, 0, 0, time.UTC) }

// certificate makes a phone's built-in certificate. RSA signatures (PKCS #1
// v1.5) hold nothing random, so one seed always makes the same.
func (i *issuer) certificate(d DeviceCert, brand string, a mac.Address) ([]byte, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{Organization: []string{"phonecert, simulated"}, CommonName: "yealink.com"},
		NotBefore:    from(), NotAfter: until(),
		KeyUsage:           x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:        []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		SignatureAlgorithm: x509.SHA256WithRSA,
	}
	switch d {
	case Unique:
		template.Subject.SerialNumber = string(a)
	case UniqueInName:
		template.Subject.CommonName = string(a)
	}
	if d != Generic {
		number, _ := new(big.Int).SetString("1"+string(a), 16)
		template.SerialNumber = number
	}
	return x509.CreateCertificate(nil, template, authority(brand), &i.deviceKey.PublicKey, i.key)
}

// Authority is the certificate of the simulated CA that issued a phone's
// built-in certificate.
func (f *Fleet) Authority(s *Served) (*x509.Certificate, error) {
	a, i := authority(s.brand()), f.issuer()
	der, err := x509.CreateCertificate(nil, a, a, &i.key.PublicKey, i.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func (s *Served) brand() string { return s.kind.Profile.Brand.Value }
