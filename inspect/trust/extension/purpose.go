package extension

import "crypto/x509"

// The kinds of CA that X509_check_ca tells apart.
const (
	noCA         = 0
	caByBasic    = 1
	caByVersion1 = 3
	caByKeyUsage = 4
	caByNetscape = 5
)

// caKind says by what a certificate is a CA, if it is one (X509_check_ca).
func (c *Certificate) caKind() int {
	const sslCA, mailCA, objectCA = 0x04, 0x02, 0x01
	switch {
	case c.rejectsUse(x509.KeyUsageCertSign):
		return noCA
	case c.basic && c.ca:
		return caByBasic
	case c.basic:
		return noCA
	case c.v1() && c.SelfSigned():
		return caByVersion1
	case c.keyUsage != nil:
		return caByKeyUsage
	case c.netscape != nil && *c.netscape&(sslCA|mailCA|objectCA) != 0:
		return caByNetscape
	}
	return noCA
}

// ActsAsCA reports whether a certificate may be a CA's; byBasic asks that its basic
// constraints say so, where else a key usage or a Netscape type, or a root of
// version 1, would do.
func (c *Certificate) ActsAsCA(byBasic bool) bool {
	kind := c.caKind()
	return kind == caByBasic || kind != noCA && !byBasic
}

// ServesTLS is the check of the purpose "SSL server", for a server or for a CA.
func (c *Certificate) ServesTLS(asCA bool) bool {
	const sslServer, sslCA = 0x40, 0x04
	if c.extKeyUsage && !c.serverAuth {
		return false
	}
	if asCA {
		return c.netscape == nil || c.caKind() != caByNetscape || *c.netscape&sslCA != 0
	}
	if c.netscape != nil && *c.netscape&sslServer == 0 {
		return false
	}
	use := x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	if c.rules.KeyAgreement {
		use |= x509.KeyUsageKeyAgreement
	}
	return !c.rejectsUse(use)
}
