package certificate

import (
	"crypto/x509"
	"crypto/x509/pkix"
	encoding "encoding/asn1"
	"errors"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The causes for which not even the lenient parser reads a certificate.
var (
	errStructure  = errors.New("not the structure of a certificate")
	errName       = errors.New("a name that cannot be read")
	errValidity   = errors.New("a validity that cannot be read")
	errExtensions = errors.New("extensions that cannot be read")
)

// parseLenient reads what the standard parser refuses and old phones accept
// into the standard library's own type. It wants the structure of RFC 5280,
// section 4.1, two names and two times. A key or an extension whose inside
// cannot be read is as if it were not there, for OpenSSL looks into them only
// when it needs them. The fields for policies, name constraints, revocation and
// the two algorithms stay empty.
//
// No signature is verified: a certificate of 12 kB with a long RSA exponent
// would keep a verifier busy for ten seconds, and one of 100 kB for hours.
func parseLenient(der []byte) (*x509.Certificate, error) {
	var tbs, issuer, validity, subject, key cryptobyte.String
	c := &x509.Certificate{Raw: der}
	input := cryptobyte.String(der)
	var signature encoding.BitString
	if !input.ReadASN1(&input, asn1.SEQUENCE) || !input.ReadASN1Element(&tbs, asn1.SEQUENCE) || !input.SkipASN1(asn1.SEQUENCE) {
		return nil, errStructure
	}
	if input.ReadASN1BitString(&signature) {
		c.Signature = signature.RightAlign()
	}
	c.RawTBSCertificate = tbs
	ok := tbs.ReadASN1(&tbs, asn1.SEQUENCE) && readVersion(&tbs, c) && readSerial(&tbs, c) &&
		tbs.SkipASN1(asn1.SEQUENCE) && // signature
		tbs.ReadASN1Element(&issuer, asn1.SEQUENCE) &&
		tbs.ReadASN1(&validity, asn1.SEQUENCE) &&
		tbs.ReadASN1Element(&subject, asn1.SEQUENCE) &&
		tbs.ReadASN1Element(&key, asn1.SEQUENCE)
	if !ok {
		return nil, errStructure
	}
	c.RawIssuer, c.RawSubject, c.RawSubjectPublicKeyInfo = issuer, subject, key
	if !readName(issuer, &c.Issuer) || !readName(subject, &c.Subject) {
		return nil, errName
	}
	if !readTime(&validity, &c.NotBefore) || !readTime(&validity, &c.NotAfter) {
		return nil, errValidity
	}
	if k, err := x509.ParsePKIXPublicKey(key); err == nil {
		c.PublicKey = k
	}
	if c.Version >= 3 && !readExtensions(tbs, c) {
		return nil, errExtensions
	}
	addExtensions(c)
	return c, nil
}

// readVersion reads the version, which is 1 when it is absent.
func readVersion(tbs *cryptobyte.String, c *x509.Certificate) bool {
	const most = 255 // 2 stands for v3, the last that there is
	ok := tbs.ReadOptionalASN1Integer(&c.Version, asn1.Tag(0).Constructed().ContextSpecific(), 0)
	c.Version++
	return ok && c.Version > 0 && c.Version <= most
}

// readSerial reads the serial number, negative, too long or padded as it may be.
func readSerial(tbs *cryptobyte.String, c *x509.Certificate) bool {
	var content cryptobyte.String
	if !tbs.ReadASN1(&content, asn1.INTEGER) {
		return false
	}
	c.SerialNumber = new(big.Int).SetBytes(content)
	if len(content) > 0 && content[0] >= 0x80 {
		c.SerialNumber.Sub(c.SerialNumber, new(big.Int).Lsh(big.NewInt(1), uint(8*len(content))))
	}
	return true
}

// readTime reads a UTCTime or GeneralizedTime, with or without seconds,
// fractions of them, or an offset, which RFC 5280, section 4.1.2.5 wants or
// forbids and OpenSSL 1.0 leaves open.
func readTime(validity *cryptobyte.String, out *time.Time) bool {
	var content cryptobyte.String
	var tag asn1.Tag
	if !validity.ReadAnyASN1(&content, &tag) || tag != asn1.UTCTime && tag != asn1.GeneralizedTime {
		return false
	}
	year := "2006"
	if tag == asn1.UTCTime {
		year = "06"
	}
	t, err := time.Parse(year+"0102150405Z0700", string(content))
	if err != nil {
		t, err = time.Parse(year+"01021504Z0700", string(content))
	}
	if tag == asn1.UTCTime && t.Year() >= 2050 { // RFC 5280, section 4.1.2.5.1
		t = t.AddDate(-100, 0, 0)
	}
	*out = t.UTC()
	return err == nil
}

// readExtensions takes the extensions apart without looking into them.
func readExtensions(tbs cryptobyte.String, c *x509.Certificate) bool {
	var list, element cryptobyte.String
	for !tbs.Empty() { // unique identifiers may stand before them
		var tag asn1.Tag
		if !tbs.ReadAnyASN1(&element, &tag) {
			return false
		}
		if tag == asn1.Tag(3).Constructed().ContextSpecific() && !element.ReadASN1(&list, asn1.SEQUENCE) {
			return false
		}
	}
	for !list.Empty() {
		var e pkix.Extension
		var oid, value cryptobyte.String
		critical := cryptobyte.String{0}
		ok := list.ReadASN1(&element, asn1.SEQUENCE) &&
			element.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) &&
			(!element.PeekASN1Tag(asn1.BOOLEAN) || element.ReadASN1(&critical, asn1.BOOLEAN)) &&
			element.ReadASN1(&value, asn1.OCTET_STRING) && len(critical) == 1
		if !ok || !readIdentifier(oid, &e.Id) {
			return false
		}
		e.Critical, e.Value = critical[0] != 0, value
		c.Extensions = append(c.Extensions, e)
	}
	return true
}
