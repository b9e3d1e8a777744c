package inspect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/ber"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
)

// block is one piece of a file: a PEM block, or DER without any text.
type block struct {
	label   string
	headers map[string]string
	line    int
	der     []byte
	// raw is what stands in the file: BER, where der had to be made of it.
	raw []byte
	// damaged: der is not all that the block should hold.
	damaged bool
}

// written is the block as it stands in the file.
func (b block) written() []byte {
	if b.raw != nil {
		return b.raw
	}
	return b.der
}

// where names the block in a sentence.
func (b block) where() string {
	if b.line > 0 {
		return fmt.Sprintf("the block at line %d", b.line)
	}
	return "the file"
}

// object adds what a block holds, judged by its content. A label decides only
// where content cannot: a key that is encrypted within PEM, and parameters for
// Diffie-Hellman, which are two numbers as an RSA public key is.
func (r *reader) object(b block) {
	isKey := strings.HasSuffix(b.label, "PRIVATE KEY")
	if isKey && b.headers["Proc-Type"] != "" || b.label == "OPENSSH PRIVATE KEY" {
		r.privateKey(b)
		return
	}
	var rest []byte
	if len(b.der) > 1 && b.der[1] == indefinite {
		if der, after, err := ber.ToDER(b.der); err == nil {
			b.der, b.raw, rest = der, b.der, after
		}
	}
	is := structureOf(b.der)
	if len(rest) > 0 && is != structPKCS7 && is != structPKCS12 { // whose readers say so
		r.trailing(rest, len(b.raw)-len(rest))
	}
	if is == structPublicKey && strings.HasSuffix(b.label, "PARAMETERS") {
		is = structParameters
	}
	if !fits(b.label, is) && is != structUnknown {
		r.add("pem.label", finding.Warning, "RFC 7468, section 4", "phonecert convert {file} -o {out}",
			"%s is labelled %q and holds %s", b.where(), b.label, is)
	}
	switch is {
	case structCertificate:
		r.certificate(b)
	case structPKCS7:
		objects, findings, err := readPKCS7(b.written())
		r.contents(b, FormatPKCS7, "pkcs7.damaged", rfc2315, objects, findings, err)
	case structPKCS12:
		r.pkcs12(b)
	case structPrivateKey:
		r.privateKey(b)
	case structParameters, structUnknown:
		r.unknown(b, is)
	default:
		r.file.Objects = append(r.file.Objects, Object{Kind: is.kind(), Label: b.label, Line: b.line, DER: b.der})
	}
}

// fits reports whether a PEM label may stand over a structure.
func fits(label string, is structure) bool {
	labels := map[structure][]string{
		structCertificate: {"CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE", "TRUSTED CERTIFICATE"},
		structRequest:     {"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"},
		structCRL:         {"X509 CRL", "CRL"},
		structPKCS7:       {"PKCS7", "CMS", "PKCS #7 SIGNED DATA"},
		structPKCS12:      {"PKCS12"},
	}
	if label == "" {
		return true
	}
	if allowed, known := labels[is]; known {
		return slices.Contains(allowed, label)
	}
	switch is {
	case structPrivateKey:
		return strings.HasSuffix(label, "PRIVATE KEY")
	case structPublicKey:
		return strings.HasSuffix(label, "PUBLIC KEY")
	case structParameters:
		return strings.HasSuffix(label, "PARAMETERS")
	}
	return true
}

func (r *reader) certificate(b block) {
	der := b.der
	if b.label == "TRUSTED CERTIFICATE" { // OpenSSL's trust settings follow it
		if total, ok := ber.Length(der); ok && total < len(der) {
			der = der[:total]
		}
	}
	c, err := certificate.Parse(der)
	if err != nil {
		if again, rest, berErr := ber.ToDER(der); berErr == nil && len(rest) == 0 {
			der = again
			c, err = certificate.Parse(der)
		}
	}
	o := Object{Kind: KindCertificate, Label: b.label, Line: b.line, DER: der, Certificate: c}
	if err == nil && !bytes.HasPrefix(b.written(), der) {
		r.add("certificate.ber", finding.Note, "RFC 5280, section 4.1", "phonecert convert {file} -o {out} writes it as DER",
			"%q is BER, with lengths that DER does not allow, and its fingerprint is told of the DER", certificate.ShortName(c.Subject))
	}
	switch {
	case err != nil:
		o.Kind = KindOther
		r.add("certificate.malformed", finding.Error, "RFC 5280, section 4.1", "have it issued anew, or export it from where it works",
			"%s holds a certificate whose inside is damaged: %s", b.where(), reason(err))
	case c.Strict != nil && c.SerialNumber.Sign() < 0:
		r.add("certificate.negative-serial", finding.Note, "RFC 5280, section 4.1.2.2", "old phones take it; have it issued anew for others",
			"the serial number of %q is negative", certificate.ShortName(c.Subject))
	case c.Strict != nil:
		r.add("certificate.not-strict", finding.Note, "RFC 5280, section 4.1", "old phones probably take it; have it issued anew for others",
			"%q breaks the standard: %s", certificate.ShortName(c.Subject), reason(c.Strict))
	}
	r.file.Objects = append(r.file.Objects, o)
}

// reason is a parser's complaint without the parser's name.
func reason(err error) string {
	return strings.TrimPrefix(err.Error(), "x509: ")
}

// pkcs12 opens the first PKCS#12 container of a file and no other: each may
// ask for as much work as a whole file is granted.
func (r *reader) pkcs12(b block) {
	if r.opened {
		r.file.Objects = append(r.file.Objects, Object{Kind: KindOther, Label: b.label, Line: b.line, DER: b.der})
		r.add("pkcs12.several", finding.Error, rfc7292, "split the file", "%s holds a further PKCS#12 container, and only the first is opened", b.where())
		return
	}
	r.opened = true
	objects, findings, err := readPKCS12(b.written(), r.options.Password)
	r.contents(b, FormatPKCS12, "pkcs12.damaged", rfc7292, objects, findings, err)
}

// contents adds what a container holds.
func (r *reader) contents(b block, format Format, damaged, source string, objects []Object, findings []finding.Finding, err error) {
	if r.blocks == 1 {
		r.container = format
	}
	for _, o := range objects {
		o.Line = b.line
		r.file.Objects = append(r.file.Objects, o)
	}
	r.file.Findings = append(r.file.Findings, findings...)
	if err != nil {
		r.add(damaged, finding.Error, source, "export it again", "%s holds a %s container that cannot be read: %s", b.where(), containerName(format), err)
	}
}

func containerName(format Format) string {
	if format == FormatPKCS7 {
		return "PKCS#7"
	}
	return "PKCS#12"
}

func (r *reader) privateKey(b block) {
	k, err := r.keys.Parse(b.label, b.headers, b.der)
	o := Object{Kind: KindPrivateKey, Label: b.label, Line: b.line, DER: b.der, Key: k}
	if err != nil {
		o.Kind = KindOther
		r.add("key.damaged", finding.Error, "RFC 5958", "export the key again, or make a new one and have a certificate issued for it",
			"%s holds a private key that cannot be read: %s", b.where(), err)
	}
	r.file.Objects = append(r.file.Objects, o)
}

func isPGP(label string) bool { return strings.HasPrefix(label, "PGP ") }

// unknown names a block that is none of what belongs to certificates.
func (r *reader) unknown(b block, is structure) {
	o := Object{Kind: KindOther, Label: b.label, Line: b.line, DER: b.der}
	r.file.Objects = append(r.file.Objects, o)
	switch {
	case isPGP(b.label):
		r.add("content.pgp", finding.Error, "RFC 9580, section 6.2", "PGP keys are no certificates: ask for the X.509 certificate",
			"%s is labelled %q, which is of OpenPGP", b.where(), b.label)
	case is == structParameters:
		r.add("content.parameters", finding.Note, "RFC 7468, section 4", "they may stay, or be left out", "%s holds parameters for key generation", b.where())
	case b.label == "":
		r.add("content.der-unknown", finding.Error, "RFC 5280, section 4.1", "see what it is with openssl asn1parse -inform DER -in {file}, and look for the file that you meant",
			"it is DER, but neither a certificate nor a key, request, list or container")
	default:
		r.add("content.block-unknown", finding.Error, "RFC 7468, section 4", "see what it is with openssl asn1parse -in {file}, and take the block out of the file",
			"%s is labelled %q and holds nothing known", b.where(), b.label)
	}
}
