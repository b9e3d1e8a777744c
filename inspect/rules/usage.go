package rules

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
)

// keyUsage checks the key usage extension (RFC 5280, section 4.2.1.3).
func keyUsage(s *subject) {
	for _, c := range s.certs {
		switch {
		case c.KeyUsage == 0: // no such extension: everything is allowed
		case c.BasicConstraintsValid && c.IsCA && c.KeyUsage&x509.KeyUsageCertSign == 0:
			s.beside(c, "X509_V_ERR_INVALID_CA").add("usage.cert-sign", finding.Error, s.library(), "issue the CA anew with keyUsage keyCertSign, cRLSign",
				"%s is a CA whose key usage does not allow it to sign certificates", s.which(c))
		case c == s.leaf() && s.Role != handset.Trusted && c.KeyAlgorithm() == "RSA" &&
			c.KeyUsage&x509.KeyUsageKeyEncipherment == 0:
			s.add("usage.key-encipherment", finding.Warning, standard("RFC 5246, section 7.4.2"),
				"issue it anew with keyUsage digitalSignature, keyEncipherment",
				"%s does not allow key encipherment: cipher suites with RSA key exchange, such as AES128-SHA, cannot be used with it", s.which(c))
		}
	}
}

// extendedKeyUsage checks the purpose of the certificate that is presented
// (RFC 5280, section 4.2.1.12). Certificates without the extension are good
// for every purpose.
func extendedKeyUsage(s *subject) {
	c := s.leaf()
	if c == nil || len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) == 0 || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny) {
		return
	}
	if !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageServerAuth) && !serverGatedCrypto(c) {
		s.beside(c, "X509_V_ERR_INVALID_PURPOSE").add("usage.server-auth", finding.Error, s.purpose(), "issue it anew with extendedKeyUsage serverAuth, clientAuth",
			"%s is not meant for servers: its extended key usage lacks serverAuth", s.which(c))
	}
	if s.Role == handset.Server && !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageClientAuth) {
		s.add("usage.client-auth", finding.Note, standard("RFC 5280, section 4.2.1.12"),
			"issue it anew with extendedKeyUsage serverAuth, clientAuth",
			"%s is not meant for clients: a server that asks the phone for a certificate will refuse it", s.which(c))
	}
}

// purpose is who checks the purpose: the phone for a server's certificate, the
// peer for the phone's own.
func (s *subject) purpose() ground {
	if s.Role == handset.PBX {
		return s.library()
	}
	return standard("RFC 5280, section 4.2.1.12")
}

// serverGatedCrypto matches the two old purposes that libraries of the time
// take in place of serverAuth.
func serverGatedCrypto(c *certificate.Certificate) bool {
	return slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageMicrosoftServerGatedCrypto) ||
		slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageNetscapeServerGatedCrypto)
}

// criticalExtensions looks for critical extensions that a library of the time
// does not know and must therefore refuse (RFC 5280, section 4.2).
func criticalExtensions(s *subject) {
	for _, c := range s.certs {
		for _, e := range c.Extensions {
			switch {
			case !e.Critical || wellKnown(e.Id):
			case s.Role == handset.Trusted && s.trustsStoreBlindly():
				s.add("usage.critical-in-store", finding.Warning, s.library(), "issue it anew without that extension, or with it not critical",
					"%s has the critical extension %s: the phone's library does not look at it in its own store, newer ones refuse it", s.which(c), e.Id)
			default:
				s.beside(c, "X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION").add("usage.critical-extension", finding.Error, s.library(), "issue it anew without that extension, or with it not critical",
					"%s has the critical extension %s, which the phone's library does not know", s.which(c), e.Id)
			}
		}
	}
}

// wellKnown lists the extensions that X509_supported_extension of OpenSSL
// 1.0.0 handles: key usage, alternative name, basic, name and policy
// constraints, policies and their mappings, inhibit any, extended usage; and
// outside that arc the Netscape type, RFC 3779 resources and proxies.
func wellKnown(oid asn1.ObjectIdentifier) bool {
	if len(oid) == 4 && oid[0] == 2 && oid[1] == 5 && oid[2] == 29 {
		return slices.Contains([]int{15, 17, 19, 30, 32, 33, 36, 37, 54}, oid[3])
	}
	return slices.Contains([]string{
		"2.16.840.1.113730.1.1", "1.3.6.1.5.5.7.1.7", "1.3.6.1.5.5.7.1.8", "1.3.6.1.5.5.7.1.14",
	}, oid.String())
}
