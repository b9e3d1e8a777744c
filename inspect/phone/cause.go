package phone

import (
	"slices"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/trust"
)

// failedAt is the place in the path at which the walk ended.
func (e *explainer) failedAt() int {
	return max(0, slices.IndexFunc(e.verdict.Path, func(s trust.Step) bool { return s.Failed }))
}

// failed is the certificate at which it ended, and where that came from.
func (e *explainer) failed() (c *certificate.Certificate, source string, at int) {
	at = e.failedAt()
	step := e.verdict.Path[at]
	return step.Certificate, step.Source, at
}

// find tells the cause by the library's error.
func (c cause) find() {
	if drop := c.change(trust.DropCertificate); drop != nil && c.rootOf(drop.Certificate) != nil {
		c.crossSign(drop.Certificate)
		return
	}
	switch c.verdict.Code {
	case "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT", "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
		"X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN", "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT":
		c.anchor()
	case "X509_V_ERR_CERT_HAS_EXPIRED":
		c.expired()
	case "X509_V_ERR_CERT_NOT_YET_VALID":
		f, _, _ := c.failed()
		c.add("trust.not-yet-valid", finding.Error, c.ground,
			c.fix("renew it with a validity that has begun")+"; give the phone an NTP server by its IP address and wait until it has the time, --clock reproduces it",
			"%s is valid only from %s on, and the phone's clock shows %s", quoted(f), f.NotBefore.UTC().Format(time.RFC3339), c.Clock.UTC().Format(time.RFC3339))
	case "X509_V_ERR_CERT_SIGNATURE_FAILURE":
		c.signature()
	case "X509_V_ERR_INVALID_CA", "X509_V_ERR_PATH_LENGTH_EXCEEDED", "X509_V_ERR_INVALID_PURPOSE",
		"X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION", "X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED", "X509_V_ERR_CERT_CHAIN_TOO_LONG":
		c.extension()
	default:
		c.rare()
	}
}

// crossSign is row 1 of the fact sheet on field failures, the case of DST Root
// CA X3.
func (c cause) crossSign(cross *certificate.Certificate) {
	c.add("trust.cross-sign", finding.Error, c.ground, c.fix(dropped(cross)),
		"the server sends %s cross-signed by %q, and the phone follows that to an end that it does not trust; it holds the root %s itself, but its library never tries that once a cross-sign is sent: %s",
		quoted(cross), certificate.ShortName(cross.Issuer), quoted(cross), c.verdict.Reason)
}

func (c cause) expired() {
	f, source, at := c.failed()
	clock := c.Clock.UTC().Format(time.RFC3339)
	switch {
	case at == 0:
		c.add("trust.expired", finding.Error, c.ground, c.fix("have it renewed"),
			"the server's certificate %s expired on %s, and the phone's clock shows %s", quoted(f), day(f.NotAfter), clock)
	case source == "sent" && !f.SelfIssued():
		c.add("trust.intermediate-expired", finding.Error, c.ground, c.fix("send the CA's current intermediate in its place"),
			"the intermediate %s that the server sends expired on %s, and the phone's clock shows %s", quoted(f), day(f.NotAfter), clock)
	default:
		c.add("trust.root-expired", finding.Error, c.ground, c.fix("have the server present a chain to a root that is valid"),
			"the chain ends at the root %s, which expired on %s, and the phone's clock shows %s", quoted(f), day(f.NotAfter), clock)
	}
}

func (c cause) signature() {
	f, _, _ := c.failed()
	if algorithm := f.SignatureAlgorithm(); c.verdict.UnknownSignature || !c.checks(algorithm) {
		c.add("trust.signature-algorithm", finding.Error, c.ground, c.fix("have it signed with sha256WithRSAEncryption"),
			"%s is signed with %s, which the phone's library does not know", quoted(f), algorithm.Name)
		return
	}
	c.add("trust.bad-signature", finding.Error, c.ground, c.fix("configure the chain that the CA issued with the certificate"),
		"the signature on %s is not that of the %q that is sent or held: a different key of the same name, or a damaged certificate",
		quoted(f), certificate.ShortName(f.Issuer))
}

// checks reports whether the phone's library verifies such signatures.
func (c cause) checks(s certificate.Signature) bool {
	crypto := c.Profile.Crypto
	switch {
	case s.Name == "RSASSA-PSS":
		return !crypto.RSAPSS.Known() || crypto.RSAPSS.Value
	case s.Hash == "":
		return false
	}
	return !crypto.Hashes.Known() || slices.Contains(crypto.Hashes.Value, s.Hash)
}

// extension tells what a CA has written into a certificate.
func (c cause) extension() {
	f, _, _ := c.failed()
	switch c.verdict.Code {
	case "X509_V_ERR_INVALID_CA":
		c.add("trust.not-a-ca", finding.Error, c.ground, c.fix("have the chain issued by a CA with basicConstraints CA:TRUE and keyUsage keyCertSign"),
			"%s has issued a certificate of the chain, but its basic constraints or key usage do not make it a CA", quoted(f))
	case "X509_V_ERR_PATH_LENGTH_EXCEEDED":
		c.add("trust.path-length", finding.Error, c.ground, c.fix("have the CA issued anew with a longer path length, or issue the server's certificate further up"),
			"%s allows fewer CAs below it than the chain has (path length in its basic constraints)", quoted(f))
	case "X509_V_ERR_INVALID_PURPOSE":
		c.add("trust.purpose", finding.Error, c.ground, c.fix("issue it anew with extendedKeyUsage serverAuth and keyUsage digitalSignature, keyEncipherment"),
			"%s is not for TLS servers: its key usage, extended key usage or Netscape type forbids it", quoted(f))
	case "X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION":
		c.add("trust.critical-extension", finding.Error, c.ground, c.fix("issue it anew without that extension, or with it not critical"),
			"the server's chain asks more than the phone can do: %s", c.verdict.Reason)
	case "X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED":
		c.add("trust.proxy-certificate", finding.Error, c.ground, c.fix("issue a certificate of its own for the server"),
			"%s is a proxy certificate (RFC 3820), which the phone's library refuses", quoted(f))
	default:
		c.add("trust.chain-too-long", finding.Error, c.ground, c.fix("leave out of the chain what does not belong to it"),
			"the chain is longer than the phone's library follows it")
	}
}

// rare tells the errors that few phones ever meet.
func (c cause) rare() {
	f, _, _ := c.failed()
	switch c.verdict.Code {
	case "X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY":
		c.add("trust.issuer-key", finding.Error, c.ground, c.fix("have the chain issued by a CA with an RSA key"),
			"the key of %q, which issued %s, is of a kind that the phone's library does not know", certificate.ShortName(f.Issuer), quoted(f))
	case "X509_V_ERR_PERMITTED_VIOLATION":
		c.add("trust.name-not-permitted", finding.Error, c.ground, c.fix("issue it under a CA whose name constraints permit its names"),
			"a name in %s is outside those that a CA above it may certify", quoted(f))
	case "X509_V_ERR_EXCLUDED_VIOLATION":
		c.add("trust.name-excluded", finding.Error, c.ground, c.fix("issue it under a CA whose name constraints do not exclude its names"),
			"a name in %s is among those that a CA above it may not certify", quoted(f))
	case "X509_V_ERR_SUBTREE_MINMAX", "X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE", "X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX", "X509_V_ERR_UNSUPPORTED_NAME_SYNTAX":
		c.add("trust.name-constraints", finding.Error, c.ground, c.fix("issue it under a CA without name constraints"),
			"the name constraints above %s are of a kind that the phone's library cannot apply", quoted(f))
	case "X509_V_ERR_EE_KEY_TOO_SMALL":
		c.add("trust.server-key-small", finding.Error, c.ground, c.fix("issue it anew with an RSA key of 2,048 bits"),
			"the key of the server's certificate %s has only %d bits, too few for the phone's library", quoted(f), f.KeyBits())
	case "X509_V_ERR_CA_KEY_TOO_SMALL":
		c.add("trust.ca-key-small", finding.Error, c.ground, c.fix("use a CA with an RSA key of 2,048 bits"),
			"the key of the CA %s has only %d bits, too few for the phone's library", quoted(f), f.KeyBits())
	case "X509_V_ERR_CA_MD_TOO_WEAK":
		c.add("trust.digest-weak", finding.Error, c.ground, c.fix("have it signed with sha256WithRSAEncryption"),
			"%s is signed with %s, which is too weak for the phone's library", quoted(f), f.SignatureAlgorithm().Name)
	default:
		c.add("trust.not-verified", finding.Error, c.ground, c.fix("have the chain issued anew"),
			"the phone's library gives up on the chain: %s", c.verdict.Reason)
	}
}
