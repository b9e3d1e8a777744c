// Package testpem makes PEM files for tests, whole ones and broken ones.
package testpem

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	_ "embed"
	"encoding/asn1"
	"encoding/pem"
	"testing"
)

// certificatesPEM holds three self-signed certificates for names under
// example.com, valid until 2120. Their private key was thrown away.
//
//go:embed certificates.pem
var certificatesPEM []byte

// Material is what the cases are made of: three public certificates, whose keys
// are gone, and two private keys that nobody can mistake for secrets, for they
// are the numbers 1 and 2.
type Material struct {
	// A, B and C are certificates whose lengths are 2, 0 and 1 modulo 3; B
	// fills its last line.
	A, B, C []byte
	// PKCS8 is the private key 1, SEC1 is the private key 2.
	PKCS8, SEC1 []byte

	parameters []byte
	encrypted  []byte // PKCS #8, its password is not known to anybody
}

// Load returns the material, its keys made anew.
func Load(t testing.TB) Material {
	t.Helper()
	var certificates [][]byte
	for block, rest := pem.Decode(certificatesPEM); block != nil; block, rest = pem.Decode(rest) {
		certificates = append(certificates, block.Bytes)
	}
	m := Material{A: certificates[0], B: certificates[1], C: certificates[2]}
	var err error
	if m.PKCS8, err = x509.MarshalPKCS8PrivateKey(ToyKey(t, 1)); err != nil {
		t.Fatal(err)
	}
	if m.SEC1, err = x509.MarshalECPrivateKey(ToyKey(t, 2)); err != nil {
		t.Fatal(err)
	}
	m.parameters = []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}
	m.encrypted, err = asn1.Marshal(struct {
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters struct {
				Salt       []byte
				Iterations int
			}
		}
		Data []byte
	}{Algorithm: struct {
		OID        asn1.ObjectIdentifier
		Parameters struct {
			Salt       []byte
			Iterations int
		}
	}{OID: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1, 3}, Parameters: struct {
		Salt       []byte
		Iterations int
	}{make([]byte, 8), 2048}}, Data: make([]byte, 64)})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// ToyKey returns the private key on the curve P-256 that a number is.
func ToyKey(t testing.TB, number byte) *ecdsa.PrivateKey {
	t.Helper()
	scalar := make([]byte, 32)
	scalar[31] = number
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
