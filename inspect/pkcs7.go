package inspect

import (
	"bytes"
	encoding "encoding/asn1"
	"errors"

	"github.com/phonecert/phonecert/inspect/ber"
	"github.com/phonecert/phonecert/inspect/finding"
	"go.mozilla.org/pkcs7"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// errNotPKCS7 and errPKCS7 say why bytes are no PKCS#7 that can be read.
var (
	errNotPKCS7 = errors.New("not PKCS#7")
	errPKCS7    = errors.New("the signed data within is damaged")
)

const (
	rfc2315 = "RFC 2315, section 9.1"
	// maxContained is the most certificates and revocation lists that are read
	// of one PKCS#7 container.
	maxContained = 10_000
	// maxForLibrary is the largest PKCS#7 that the library is given: it takes
	// many times the input in memory.
	maxForLibrary = 1 << 20
)

// readPKCS7 reads PKCS#7 in BER or DER: the certificates and revocation lists
// of signed data, whose signatures are not checked. Other kinds of PKCS#7 are
// findings. The error says that the bytes are no PKCS#7 or damaged.
func readPKCS7(in []byte) ([]Object, []finding.Finding, error) {
	der, rest, err := ber.ToDER(in)
	if err != nil {
		return nil, nil, err
	}
	kind, content, ok := contentInfo(der)
	if !ok {
		return nil, nil, errNotPKCS7
	}
	r := &reader{file: &File{}}
	if len(rest) > 0 {
		r.add("pkcs7.trailing", finding.Warning, "RFC 2315, section 7", "phonecert convert {file} -o {out}",
			"%d bytes follow the PKCS#7 container, from offset %d on", len(rest), len(in)-len(rest))
	}
	if !bytes.Equal(der, in[:len(in)-len(rest)]) {
		r.add("pkcs7.ber", finding.Note, "ITU-T X.690, section 8.1.3.6", "phonecert convert {file} -o {out}",
			"the PKCS#7 container is BER, with lengths that DER does not allow, as Windows exports it")
	}
	if kind != "1.2.840.113549.1.7.2" {
		r.otherPKCS7(kind)
		return nil, r.file.Findings, nil
	}
	s, ok := readSignedData(content)
	if !ok {
		return nil, nil, errPKCS7
	}
	r.signedData(s, der)
	return r.file.Objects, r.file.Findings, nil
}

// contentInfo is RFC 2315, section 7.
func contentInfo(der cryptobyte.String) (kind string, content cryptobyte.String, ok bool) {
	var sequence cryptobyte.String
	var oid encoding.ObjectIdentifier
	if !der.ReadASN1(&sequence, asn1.SEQUENCE) || !sequence.ReadASN1ObjectIdentifier(&oid) {
		return "", nil, false
	}
	explicit := asn1.Tag(0).Constructed().ContextSpecific()
	ok = sequence.ReadOptionalASN1(&content, new(bool), explicit) && sequence.Empty()
	return oid.String(), content, ok
}

// otherPKCS7 names what is PKCS#7 and holds no certificates to be taken out.
func (r *reader) otherPKCS7(kind string) {
	const export = "export the certificate chain again, as PKCS#7 \"certificates only\" (.p7b) or as PEM"
	const decrypt = "decrypt it with the recipient's key: openssl smime -decrypt -inform DER -in {file} -inkey KEY.pem"
	var code, is, section string
	fix := export
	switch kind {
	case "1.2.840.113549.1.7.1":
		code, is, section = "pkcs7.data", "plain data", "8"
	case "1.2.840.113549.1.7.3":
		code, is, section, fix = "pkcs7.enveloped", "data that is encrypted for a recipient (enveloped data)", "10", decrypt
	case "1.2.840.113549.1.7.4":
		code, is, section, fix = "pkcs7.signed-and-enveloped", "signed data that is encrypted for a recipient", "11", decrypt
	case "1.2.840.113549.1.7.5":
		code, is, section = "pkcs7.digested", "data with a digest", "12"
	case "1.2.840.113549.1.7.6":
		code, is, section = "pkcs7.encrypted", "data that is encrypted with a secret key", "13"
	default:
		r.add("pkcs7.content-type", finding.Error, "RFC 5652, section 3", export,
			"it is PKCS#7 with content of type %s, and not with certificates", kind)
		return
	}
	r.add(code, finding.Error, "RFC 2315, section "+section, fix, "it is PKCS#7 with %s, and not with certificates", is)
}

// signedParts are what stands in signed data beside the signed content.
type signedParts struct {
	certificates, lists [][]byte
	// others counts attribute certificates and what else is no X.509.
	others int
	signed bool
}

// readSignedData is RFC 2315, section 9.1, with the further kinds of
// certificates of RFC 5652, section 10.2.2. It takes the pieces as they are,
// for one odd certificate must not hide the others.
func readSignedData(in cryptobyte.String) (signedParts, bool) {
	var parts signedParts
	var sequence, list cryptobyte.String
	ok := in.ReadASN1(&sequence, asn1.SEQUENCE) && in.Empty() && sequence.SkipASN1(asn1.INTEGER) &&
		sequence.SkipASN1(asn1.SET) && sequence.SkipASN1(asn1.SEQUENCE)
	if !ok {
		return parts, false
	}
	for i, target := range []*[][]byte{&parts.certificates, &parts.lists} {
		tag := asn1.Tag(i).Constructed().ContextSpecific()
		if !sequence.ReadOptionalASN1(&list, new(bool), tag) {
			return parts, false
		}
		for !list.Empty() {
			var element cryptobyte.String
			var tag asn1.Tag
			if !list.ReadAnyASN1Element(&element, &tag) {
				return parts, false
			}
			if tag == asn1.SEQUENCE {
				*target = append(*target, element)
			} else {
				parts.others++
			}
		}
	}
	var signers cryptobyte.String
	ok = sequence.ReadASN1(&signers, asn1.SET) && sequence.Empty()
	parts.signed = !signers.Empty()
	return parts, ok
}

// signedData adds certificates and revocation lists in the file's order.
func (r *reader) signedData(s signedParts, der []byte) {
	certificates, lists := libraryCertificates(der, s.certificates), s.lists
	if total := len(certificates) + len(lists); total > maxContained {
		r.add("pkcs7.too-many", finding.Error, rfc2315, "split the file",
			"the PKCS#7 container holds %d certificates and revocation lists, and the first %d of each are read", total, maxContained)
		certificates = certificates[:min(len(certificates), maxContained)]
		lists = lists[:min(len(lists), maxContained)]
	}
	for _, raw := range certificates {
		r.certificate(block{der: raw})
	}
	for _, raw := range lists {
		r.file.Objects = append(r.file.Objects, Object{Kind: KindCRL, DER: raw})
	}
	if s.others > 0 {
		r.add("pkcs7.other", finding.Note, "RFC 5652, section 10.2.2", "it may stay: phonecert convert leaves it out",
			"the PKCS#7 container holds %d attribute certificates or other things that are no X.509", s.others)
	}
	switch {
	case len(s.certificates) > 0:
	case s.signed:
		r.add("pkcs7.signature-only", finding.Error, rfc2315, "ask for the certificate itself: this is a signature without the signer's certificate",
			"the PKCS#7 container holds a signature and no certificate")
	default:
		r.add("pkcs7.empty", finding.Error, rfc2315, "export the certificate again, and choose to include it",
			"the PKCS#7 container holds no certificate")
	}
}

// libraryCertificates lets the library read the certificates, and keeps the
// pieces as they are where it refuses one of them or loses some: it takes all
// of them or none.
func libraryCertificates(der []byte, pieces [][]byte) [][]byte {
	if len(der) > maxForLibrary {
		return pieces
	}
	p7, err := pkcs7.Parse(der)
	if err != nil || len(p7.Certificates) != len(pieces) {
		return pieces
	}
	raw := make([][]byte, len(pieces))
	for i, c := range p7.Certificates {
		raw[i] = c.Raw
	}
	return raw
}
