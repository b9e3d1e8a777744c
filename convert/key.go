package convert

import (
	"crypto/ecdsa"
	"crypto/x509"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/key"
)

// paired is a private key and the certificate to which it belongs.
type paired struct {
	key   item
	index int // of the certificate
}

// pair finds the one certificate to which a private key belongs, and leaves
// the other keys out.
func (j *job) pair(certs, keys []item) (paired, error) {
	var found []paired
	var fits []int
	for _, k := range keys {
		for i, c := range certs {
			if belongs(k, c.Certificate) {
				found = append(found, paired{k, i})
				fits = append(fits, i+1)
			}
		}
	}
	switch {
	case len(found) == 1:
		if _, err := opened(found[0].key); err != nil {
			return paired{}, err // an OpenSSH key tells whose it is while it is locked
		}
		j.leftOut(j.keep(func(it item) bool { return it.Key == nil || it.Key == found[0].key.Key }),
			"it belongs to none of the certificates")
		return found[0], nil
	case len(found) > 1:
		return paired{}, refuse([]string{"add --select N to take one of them and its key: " + named(fits, certs)},
			"%s holds a private key for %d certificates", j.source(), len(found))
	}
	for _, k := range keys {
		if _, err := opened(k); err != nil {
			return paired{}, err
		}
	}
	return paired{}, refuse([]string{
		"find the key with which the certificate was requested: phonecert convert CERTIFICATE KEY -o OUT",
	}, "the private key in %s belongs to none of its certificates", j.source())
}

// keyForHandset writes a private key in the form that every release of the
// handset's library reads: the traditional one before OpenSSL 1.1.
func keyForHandset(k *key.Private, library handset.Fact[handset.Library]) (label string, der []byte) {
	if library.Known() && (library.Value == handset.OpenSSL11 || library.Value == handset.OpenSSL3) {
		return "PRIVATE KEY", k.PKCS8
	}
	switch k.Algorithm {
	case "RSA":
		if der := innerKey(k.PKCS8); der != nil {
			return "RSA PRIVATE KEY", der
		}
	case "EC":
		if der := sec1(k.PKCS8); der != nil {
			return "EC PRIVATE KEY", der
		}
	}
	return "PRIVATE KEY", k.PKCS8
}

// innerKey takes the key out of a PKCS#8 structure (RFC 5208, section 5). For
// RSA it is the PKCS#1 key (RFC 8017, appendix A.1.2).
func innerKey(pkcs8 []byte) []byte {
	input := cryptobyte.String(pkcs8)
	var outer, inner cryptobyte.String
	if input.ReadASN1(&outer, asn1.SEQUENCE) &&
		outer.SkipASN1(asn1.INTEGER) && // version
		outer.SkipASN1(asn1.SEQUENCE) && // algorithm
		outer.ReadASN1(&inner, asn1.OCTET_STRING) {
		return inner
	}
	return nil
}

// sec1 writes an EC key with its curve (RFC 5915, section 3); PKCS#8 keeps the
// curve outside. nil means that the curve has no such form here.
func sec1(pkcs8 []byte) []byte {
	parsed, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return nil
	}
	ec, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil
	}
	der, err := x509.MarshalECPrivateKey(ec)
	if err != nil {
		return nil
	}
	return der
}
