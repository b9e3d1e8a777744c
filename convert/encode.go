package convert

import (
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/armor"
	"github.com/phonecert/phonecert/inspect/certificate"
)

// pem writes the items as PEM, one after the other, LF at the line ends and
// nothing between them (RFC 7468, section 3).
func (j *job) pem(items []item) (Output, error) {
	out := Output{Format: inspect.FormatPEM, Text: true}
	for _, it := range items {
		label, der := label(it), it.DER
		if it.Kind == inspect.KindPrivateKey {
			pkcs8, err := opened(it)
			if err != nil {
				return Output{}, err
			}
			label, der = "PRIVATE KEY", pkcs8
		}
		out.add(it)
		out.Data = append(out.Data, armor.Encode(label, der)...)
	}
	return out, nil
}

// add notes what an item is.
func (out *Output) add(it item) {
	switch it.Kind {
	case inspect.KindCertificate:
		out.Certificates = append(out.Certificates, it.Certificate)
	case inspect.KindPrivateKey:
		out.PrivateKeys++
	}
}

// label is the PEM label of RFC 7468 for what an object is. Old labels such as
// X509 CERTIFICATE and TRUSTED CERTIFICATE are replaced; a public key keeps its
// own, which tells PKCS#1 from SubjectPublicKeyInfo.
func label(it item) string {
	switch {
	case it.Kind == inspect.KindCertificate:
		return "CERTIFICATE"
	case it.Kind == inspect.KindCSR:
		return "CERTIFICATE REQUEST"
	case it.Kind == inspect.KindCRL:
		return "X509 CRL"
	case it.Label == "RSA PUBLIC KEY":
		return it.Label
	}
	return "PUBLIC KEY"
}

// der writes the one certificate, or the one object where there is none.
func (j *job) der() (Output, error) {
	certs := j.of(inspect.KindCertificate)
	switch {
	case len(certs) > 1:
		return Output{}, refuse(j.several(certs), "%s holds %d certificates, and a DER file holds one", j.source(), len(certs))
	case len(certs) == 1:
		j.leftOut(j.keep(isCertificate), "a DER file holds one object, and the certificate is it")
	case len(j.items) > 1:
		return Output{}, refuse([]string{"add --split DIR to write each to a file of its own"},
			"%s holds %d objects and no certificate, and a DER file holds one", j.source(), len(j.items))
	}
	return j.derOf(j.items[0])
}

func isCertificate(it item) bool { return it.Kind == inspect.KindCertificate }

// several are the hints for output that holds one certificate.
func (j *job) several(certs []item) []string {
	all := numbers(certs, func(*certificate.Certificate) bool { return true })
	return []string{
		"add --split DIR to write each to a file of its own",
		"add --select N, --select leaf or --select root to take one: " + named(all, certs),
	}
}

func (j *job) derOf(it item) (Output, error) {
	out := Output{Format: inspect.FormatDER, Data: it.DER}
	out.add(it)
	if it.Kind == inspect.KindPrivateKey {
		pkcs8, err := opened(it)
		if err != nil {
			return Output{}, err
		}
		out.Data = pkcs8
	}
	return out, nil
}

// opened returns a private key as unencrypted PKCS#8.
func opened(it item) ([]byte, error) {
	switch {
	case it.Key != nil && it.Key.PKCS8 != nil:
		return it.Key.PKCS8, nil
	case it.Key != nil && it.Key.Locked != nil:
		return nil, refuse([]string{
			"give its password with --password-file FILE or in PHONECERT_PASSWORD",
			"add --no-keys to leave private keys out",
		}, "%s could not be decrypted: %s", it, it.Key.Locked)
	}
	return nil, refuse([]string{
		"run \"phonecert inspect " + inspect.ShellQuote(it.from) + "\" to see what kind of key it is",
		"add --no-keys to leave private keys out",
	}, "%s is of a kind that cannot be converted", it)
}
