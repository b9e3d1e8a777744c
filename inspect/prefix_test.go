package inspect

import (
	"bytes"
	"slices"
	"testing"

	"github.com/phonecert/phonecert/inspect/finding"
)

// grave reports whether one of the findings is at least of a severity.
func grave(list []finding.Finding, severities ...finding.Severity) bool {
	return slices.ContainsFunc(list, func(f finding.Finding) bool { return slices.Contains(severities, f.Severity) })
}

// The beginning of a file is never taken for a whole one: it has an Error, or
// it has lost nothing but the END line and is told so. Without its last line
// ends a text is whole.
func TestPrefixes(t *testing.T) {
	m := forFiles(t)
	p7, p12 := m.openssl(t, toPKCS7), m.openssl(t, toPKCS12)
	for name, file := range map[string][]byte{
		"PEM certificate": m.leaf.PEM(), "DER certificate": m.leaf.Raw, "bare base64": bare(m.leaf.Raw), "certificate in UTF-16": utf16(m.leaf.PEM()),
		"PEM PKCS#7": textOf("PKCS7", p7), "DER PKCS#7": p7, "BER PKCS#7": openLengths(t, p7), "PEM of BER PKCS#7": textOf("PKCS7", openLengths(t, p7)),
		"PKCS#12": p12, "PKCS#12 in BER": openLengths(t, p12[:]),
		"PEM PKCS#1": textOf("RSA PRIVATE KEY", m.pkcs1), "PEM PKCS#8": textOf("PRIVATE KEY", m.pkcs8), "DER PKCS#8": m.pkcs8, "DER SEC 1": m.sec1,
		"PEM request": textOf("CERTIFICATE REQUEST", m.csr), "DER request": m.csr, "PEM revocation list": textOf("X509 CRL", m.crl), "DER revocation list": m.crl,
		"PEM public key": textOf("PUBLIC KEY", m.public), "DER public key": m.public, "OpenSSH key": m.ssh,
		"encrypted PKCS#8": m.openssl(t, "pkcs8 -topk8 -iter 1000 -in {key} -passout pass:"+filePassword),
		"encrypted PKCS#1": m.openssl(t, "rsa -aes128 -traditional -in {rsa} -passout pass:"+filePassword),
	} {
		t.Run(name, func(t *testing.T) {
			whole := Read("file", file, Options{Password: typed(filePassword)})
			if grave(whole.Findings, finding.Error) || len(whole.Objects) == 0 {
				t.Fatalf("the whole file has findings %q", codes(whole.Findings))
			}
			for n := range len(bytes.TrimRight(file, "\r\n\x00")) {
				f := Read("file", file[:n], Options{Password: typed(filePassword)})
				wellFormed(t, name, f)
				lost := len(f.Objects) == 0 || !bytes.Equal(f.Objects[0].DER, whole.Objects[0].DER)
				if lost && !grave(f.Findings, finding.Error) || !lost && !grave(f.Findings, finding.Error, finding.Warning) {
					t.Fatalf("the first %d of %d bytes: objects %q, findings %q", n, len(file), kinds(f), codes(f.Findings))
				}
			}
		})
	}
}
