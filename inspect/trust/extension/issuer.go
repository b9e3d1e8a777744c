package extension

import (
	"bytes"
	"crypto/x509"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/phonecert/phonecert/inspect/trust/signature"
)

// MayHaveIssued asks, in OpenSSL's order, whether a certificate may have issued
// another: names, the authorityKeyIdentifier (key identifier, serial number,
// issuer), key usage. No signature is verified.
func (c *Certificate) MayHaveIssued(subject *Certificate) bool {
	r := c.rules
	if c.SubjectKey != subject.IssuerKey || !subject.authority.fits(c) {
		return false
	}
	if r.Strict && (c.unreadable || subject.unreadable) {
		return false
	}
	if r.MatchesKey && !signature.KeyFits(c.Certificate, subject.Certificate) {
		return false
	}
	if r.LikelyIssuer {
		return true
	}
	if subject.Proxy {
		return !c.rejectsUse(x509.KeyUsageDigitalSignature)
	}
	return !c.rejectsUse(x509.KeyUsageCertSign)
}

// SelfSigned is what a library takes for a root: it may have issued itself.
func (c *Certificate) SelfSigned() bool {
	r := c.rules
	if r.Strict && c.unreadable || r.MatchesKey && !signature.KeyFits(c.Certificate, c.Certificate) {
		return false
	}
	return c.NamesItself() && c.authority.fits(c) && (r.RootByName || r.LikelyIssuer || !c.rejectsUse(x509.KeyUsageCertSign))
}

// authority is the authorityKeyIdentifier (RFC 5280, section 4.2.1.1).
type authority struct {
	keyID     []byte
	hasKeyID  bool
	issuer    string // canonical directoryName, as one string
	hasIssuer bool
	serial    string
	hasSerial bool
}

func (c *Certificate) readAuthority(value cryptobyte.String) bool {
	var a authority
	var serial cryptobyte.String
	if !value.ReadASN1(&value, asn1.SEQUENCE) {
		return false
	}
	keyID := asn1.Tag(0).ContextSpecific()
	if a.hasKeyID = value.PeekASN1Tag(keyID) || value.PeekASN1Tag(keyID.Constructed()); a.hasKeyID {
		content, read := readString(&value, keyID)
		if !read {
			return false
		}
		a.keyID = content
	}
	list, _, read := readList(&value, 1)
	if !read || !value.ReadOptionalASN1(&serial, &a.hasSerial, asn1.Tag(2).ContextSpecific()) || !value.Empty() ||
		a.hasSerial && !c.rules.wellFormedInteger(serial) {
		return false
	}
	a.serial = new(big.Int).SetBytes(serial).String()
	names, read := c.rules.readGeneralNames(list)
	for _, n := range names {
		if n.kind == directoryName {
			a.issuer, a.hasIssuer = oneString(n.name), true
			break
		}
	}
	if read {
		c.authority = a
	}
	return read
}

func (a authority) fits(issuer *Certificate) bool {
	if a.hasKeyID && issuer.keyID != nil && !bytes.Equal(a.keyID, issuer.keyID) {
		return false
	}
	if a.hasSerial && a.serial != issuer.serial {
		return false
	}
	return !a.hasIssuer || a.issuer == issuer.IssuerKey
}

// IssuerKeyID is the key identifier that a certificate gives of its issuer; nil
// if it gives none.
func (c *Certificate) IssuerKeyID() []byte { return c.authority.keyID }
