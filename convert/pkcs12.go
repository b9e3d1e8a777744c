package convert

import (
	"crypto/x509"
	"strings"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/phonecert/phonecert/inspect"
)

// pkcs12Iterations slows down whoever guesses the password of a modern file.
// The readers of such files have no low limit; those of legacy files may.
const pkcs12Iterations = 100_000

// pkcs12 writes certificates and one private key as PKCS#12 (RFC 7292).
func (j *job) pkcs12() (Output, error) {
	j.leftOut(j.keep(func(it item) bool {
		return isCertificate(it) || it.Kind == inspect.KindPrivateKey
	}), "a PKCS#12 file holds certificates and private keys only")
	certs, keys := j.of(inspect.KindCertificate), j.of(inspect.KindPrivateKey)
	encoder := pkcs12.Modern2023.WithIterations(pkcs12Iterations)
	if j.Legacy {
		encoder = pkcs12.LegacyDES
	}
	var data []byte
	var err error
	switch {
	case len(certs) == 0:
		return Output{}, refuse([]string{"give the certificate's file beside the key's: phonecert convert CERTIFICATE KEY -o OUT.p12"},
			"%s holds no certificate, and a PKCS#12 file is made for one", j.source())
	case len(keys) == 0:
		data, err = encoder.EncodeTrustStoreEntries(trustStore(certs), string(j.Password))
	default:
		data, err = j.pkcs12WithKey(encoder, certs, keys)
	}
	if refusal, ok := err.(*Error); ok {
		return Output{}, refusal
	}
	if err != nil {
		return Output{}, refuse([]string{"use --to pem, or another password: PKCS#12 takes no characters beyond 16 bits"},
			"the PKCS#12 file could not be written: %s", strings.TrimPrefix(err.Error(), "pkcs12: "))
	}
	out := Output{Format: inspect.FormatPKCS12, Data: data}
	for _, it := range j.items {
		out.add(it)
	}
	return out, nil
}

func (j *job) pkcs12WithKey(encoder *pkcs12.Encoder, certs, keys []item) ([]byte, error) {
	p, err := j.pair(certs, keys)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(p.key.Key.PKCS8)
	if err != nil {
		return nil, refuse([]string{"use --to pem"}, "%s is of an algorithm that cannot be written into a PKCS#12 file", p.key)
	}
	var others []*x509.Certificate
	for i, it := range certs {
		if i != p.index {
			others = append(others, it.Certificate.Certificate)
		}
	}
	return encoder.Encode(key, certs[p.index].Certificate.Certificate, others, string(j.Password))
}

// trustStore names the certificates of a file without a key. The names are
// numbered, for Java keeps only one of several with the same name.
func trustStore(certs []item) []pkcs12.TrustStoreEntry {
	var entries []pkcs12.TrustStoreEntry
	for i, it := range certs {
		entries = append(entries, pkcs12.TrustStoreEntry{
			Cert: it.Certificate.Certificate, FriendlyName: fileName(i+1, len(certs), it, ""),
		})
	}
	return entries
}
