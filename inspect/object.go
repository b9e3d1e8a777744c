package inspect

import (
	"errors"
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

// binary reads one DER or BER object after another.
func (r *reader) binary(data []byte) {
	for offset := 0; offset < len(data); {
		rest := data[offset:]
		if rest[0] != 0x30 {
			r.trailing(rest, offset)
			return
		}
		der, after, err := ber.ToDER(rest)
		if err != nil {
			r.damagedDER(rest, err)
			return
		}
		before := len(r.file.Objects)
		r.object(block{der: der, raw: rest[:len(rest)-len(after)]})
		if len(r.file.Objects) == before && offset > 0 {
			r.trailing(rest, offset)
			return
		}
		offset = len(data) - len(after)
		if len(r.file.Objects) >= maxObjects {
			r.add("der.too-many", finding.Error, "RFC 5280, section 4.1", "split the file",
				"it holds more than %d objects", maxObjects)
			return
		}
	}
}

// maxObjects is the most objects that are read of a file of DER.
const maxObjects = 20_000

func (r *reader) trailing(rest []byte, offset int) {
	r.add("der.trailing", finding.Warning, "RFC 5280, section 4.1", "phonecert convert {file} -o {out}",
		"%d bytes follow the DER, from offset %d on", len(rest), offset)
}

// damagedDER says what is wrong with binary data that begins as DER does.
func (r *reader) damagedDER(data []byte, err error) {
	is := structureOf(data)
	if total, ok := ber.Length(data); ok && total > len(data) {
		r.add("der.cut-off", finding.Error, "ITU-T X.690, section 8.1.3", "copy it again in binary mode",
			"it is %s in DER that was cut off after %d of %d bytes", is, len(data), total)
		return
	}
	if errors.Is(err, ber.ErrDepth) {
		r.add("der.too-deep", finding.Error, "ITU-T X.690, section 8.1", "ask for the file again: no certificate is built like this",
			"it is nested more than %d levels deep", ber.MaxDepth)
		return
	}
	r.add("der.damaged", finding.Error, "ITU-T X.690, section 8.1", "export the certificate again",
		"it begins like %s in DER, but its lengths do not fit: %s", is, err)
}

// object adds what a block holds, judged by its content.
func (r *reader) object(b block) {
	if b.headers["Proc-Type"] != "" || b.label == "OPENSSH PRIVATE KEY" {
		r.privateKey(b)
		return
	}
	is := structureOf(b.der)
	if !fits(b.label, is) && is != structUnknown {
		r.add("pem.label", finding.Warning, "RFC 7468, section 4", "phonecert convert {file} -o {out}",
			"%s is labelled %q and holds %s", b.where(), b.label, is)
	}
	switch is {
	case structCertificate:
		r.certificate(b)
	case structPKCS7:
		objects, findings, err := readPKCS7(b.written())
		r.contents(b, FormatPKCS7, "pkcs7.damaged", objects, findings, err)
	case structPKCS12:
		objects, findings, err := readPKCS12(b.written(), r.options.Password)
		r.contents(b, FormatPKCS12, "pkcs12.damaged", objects, findings, err)
	case structPrivateKey:
		r.privateKey(b)
	case structUnknown:
		r.unknown(b)
	default:
		r.file.Objects = append(r.file.Objects, Object{Kind: is.kind(), Label: b.label, Line: b.line, DER: b.der})
	}
}

// fits reports whether a PEM label may stand over a structure.
func fits(label string, is structure) bool {
	labels := map[structure][]string{
		structCertificate: {"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"},
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
	o := Object{Kind: KindCertificate, Label: b.label, Line: b.line, DER: der, Certificate: c}
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

// contents adds what a container holds.
func (r *reader) contents(b block, format Format, damaged string, objects []Object, findings []finding.Finding, err error) {
	if len(r.file.Objects) == 0 {
		r.container = format
	}
	for _, o := range objects {
		o.Line = b.line
		r.file.Objects = append(r.file.Objects, o)
	}
	r.file.Findings = append(r.file.Findings, findings...)
	if err != nil {
		r.add(damaged, finding.Error, "RFC 2315 and RFC 7292", "export it again", "%s holds a container that cannot be read: %s", b.where(), err)
	}
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

// unknown names a block that is none of what belongs to certificates.
func (r *reader) unknown(b block) {
	o := Object{Kind: KindOther, Label: b.label, Line: b.line, DER: b.der}
	r.file.Objects = append(r.file.Objects, o)
	switch {
	case strings.HasPrefix(b.label, "PGP "):
		r.add("content.pgp", finding.Error, "RFC 9580, section 6.2", "PGP keys are no certificates: ask for the X.509 certificate",
			"%s is a PGP %s", b.where(), strings.ToLower(strings.TrimPrefix(b.label, "PGP ")))
	case strings.HasSuffix(b.label, "PARAMETERS"):
		r.add("content.parameters", finding.Note, "RFC 7468, section 4", "they may stay, or be left out", "%s holds parameters for key generation", b.where())
	case b.label == "":
		r.add("content.der-unknown", finding.Error, "RFC 5280, section 4.1", "export the certificate again",
			"it is DER, but neither a certificate nor a key, request, list or container")
	default:
		r.add("content.block-unknown", finding.Error, "RFC 7468, section 4", "export the certificate again",
			"%s is labelled %q and holds nothing known", b.where(), b.label)
	}
}
