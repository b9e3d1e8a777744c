package certificate

import "crypto/x509"

// AlternativeNames are the names of the subjectAltName extension, each with
// its kind (RFC 5280, section 4.2.1.6).
func (c *Certificate) AlternativeNames() []string {
	names := []string{}
	for _, name := range c.DNSNames {
		names = append(names, "DNS:"+printable(name))
	}
	for _, ip := range c.IPAddresses {
		names = append(names, "IP:"+ip.String())
	}
	for _, mail := range c.EmailAddresses {
		names = append(names, "email:"+printable(mail))
	}
	for _, uri := range c.URIs {
		names = append(names, "URI:"+printable(uri.String()))
	}
	return names
}

// KeyUsageNames are the bits of the key usage extension by their names in
// RFC 5280, section 4.2.1.3.
func (c *Certificate) KeyUsageNames() []string {
	names := []string{}
	for i, name := range [...]string{
		"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment",
		"keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly",
	} {
		if c.KeyUsage&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// ExtendedKeyUsageNames are the purposes by their names in RFC 5280, section
// 4.2.1.12; those without a name by their number.
func (c *Certificate) ExtendedKeyUsageNames() []string {
	names := []string{}
	for _, usage := range c.ExtKeyUsage {
		names = append(names, purposeName(usage))
	}
	for _, oid := range c.UnknownExtKeyUsage {
		names = append(names, oid.String())
	}
	return names
}

func purposeName(usage x509.ExtKeyUsage) string {
	switch usage {
	case x509.ExtKeyUsageAny:
		return "anyExtendedKeyUsage"
	case x509.ExtKeyUsageServerAuth:
		return "serverAuth"
	case x509.ExtKeyUsageClientAuth:
		return "clientAuth"
	case x509.ExtKeyUsageCodeSigning:
		return "codeSigning"
	case x509.ExtKeyUsageEmailProtection:
		return "emailProtection"
	case x509.ExtKeyUsageTimeStamping:
		return "timeStamping"
	case x509.ExtKeyUsageOCSPSigning:
		return "OCSPSigning"
	case x509.ExtKeyUsageIPSECEndSystem:
		return "ipsecEndSystem"
	case x509.ExtKeyUsageIPSECTunnel:
		return "ipsecTunnel"
	case x509.ExtKeyUsageIPSECUser:
		return "ipsecUser"
	case x509.ExtKeyUsageMicrosoftServerGatedCrypto:
		return "msSGC"
	case x509.ExtKeyUsageNetscapeServerGatedCrypto:
		return "nsSGC"
	}
	return usage.OID().String()
}
