package convert

import (
	"go.mozilla.org/pkcs7"

	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/armor"
)

// pkcs7 writes the certificates as a PKCS#7 SignedData without signature
// (RFC 2315, section 9.1), the .p7b of Windows. PEM is the default: Windows
// reads both, and "openssl pkcs7 -print_certs" takes nothing else unasked.
func (j *job) pkcs7() (Output, error) {
	j.leftOut(j.keep(isCertificate), "a PKCS#7 file of this kind holds certificates only")
	if len(j.items) == 0 {
		return Output{}, refuse([]string{"use --to pem"}, "%s holds no certificate, and a PKCS#7 file holds nothing else", j.source())
	}
	out := Output{Format: inspect.FormatPKCS7, Text: !j.DER}
	var bytes []byte
	for _, it := range j.items {
		out.add(it)
		bytes = append(bytes, it.DER...)
	}
	der, err := pkcs7.DegenerateCertificate(bytes)
	if err != nil {
		return Output{}, refuse([]string{"use --to pem"}, "the PKCS#7 file could not be written: %s", err)
	}
	out.Data = der
	if !j.DER {
		out.Data = armor.Encode("PKCS7", der)
	}
	return out, nil
}
