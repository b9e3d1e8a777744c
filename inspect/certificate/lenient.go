package certificate

import (
	"crypto/dsa"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"net/url"

	zdsa "github.com/zmap/zcrypto/dsa"
	zrsa "github.com/zmap/zcrypto/rsa"
	zx509 "github.com/zmap/zcrypto/x509"
	zpkix "github.com/zmap/zcrypto/x509/pkix"
)

// parseLenient reads what the standard parser refuses and old phones accept,
// and hands it over in the standard library's own type.
func parseLenient(der []byte) (*x509.Certificate, error) {
	z, err := zx509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	c := &x509.Certificate{
		Raw:                     z.Raw,
		RawTBSCertificate:       z.RawTBSCertificate,
		RawSubjectPublicKeyInfo: z.RawSubjectPublicKeyInfo,
		RawSubject:              z.RawSubject,
		RawIssuer:               z.RawIssuer,
		Signature:               z.Signature,
		PublicKey:               publicKey(z.PublicKey),
		Version:                 z.Version,
		SerialNumber:            z.SerialNumber,
		Issuer:                  pkixName(z.Issuer),
		Subject:                 pkixName(z.Subject),
		NotBefore:               z.NotBefore,
		NotAfter:                z.NotAfter,
		KeyUsage:                x509.KeyUsage(z.KeyUsage),
		BasicConstraintsValid:   z.BasicConstraintsValid,
		IsCA:                    z.IsCA,
		MaxPathLen:              z.MaxPathLen,
		MaxPathLenZero:          z.MaxPathLenZero,
		SubjectKeyId:            z.SubjectKeyId,
		AuthorityKeyId:          z.AuthorityKeyId,
		DNSNames:                z.DNSNames,
		EmailAddresses:          z.EmailAddresses,
		IPAddresses:             z.IPAddresses,
		URIs:                    uris(z.URIs),
	}
	for _, e := range z.Extensions {
		c.Extensions = append(c.Extensions, pkix.Extension{
			Id: asn1.ObjectIdentifier(e.Id), Critical: e.Critical, Value: e.Value,
		})
	}
	addExtKeyUsage(c)
	return c, nil
}

// addExtKeyUsage fills the extended key usages from the raw extension
// (RFC 5280, section 4.2.1.12), for the two libraries number them differently.
func addExtKeyUsage(c *x509.Certificate) {
	known := map[string]x509.ExtKeyUsage{
		"2.5.29.37.0":       x509.ExtKeyUsageAny,
		"1.3.6.1.5.5.7.3.1": x509.ExtKeyUsageServerAuth,
		"1.3.6.1.5.5.7.3.2": x509.ExtKeyUsageClientAuth,
		"1.3.6.1.5.5.7.3.3": x509.ExtKeyUsageCodeSigning,
		"1.3.6.1.5.5.7.3.4": x509.ExtKeyUsageEmailProtection,
		"1.3.6.1.5.5.7.3.8": x509.ExtKeyUsageTimeStamping,
		"1.3.6.1.5.5.7.3.9": x509.ExtKeyUsageOCSPSigning,
	}
	for _, e := range c.Extensions {
		var usages []asn1.ObjectIdentifier
		if e.Id.String() != "2.5.29.37" {
			continue
		}
		if _, err := asn1.Unmarshal(e.Value, &usages); err != nil {
			continue
		}
		for _, oid := range usages {
			if usage, ok := known[oid.String()]; ok {
				c.ExtKeyUsage = append(c.ExtKeyUsage, usage)
			} else {
				c.UnknownExtKeyUsage = append(c.UnknownExtKeyUsage, oid)
			}
		}
	}
}

// publicKey turns the lenient library's key types into the standard ones.
func publicKey(key any) any {
	switch k := key.(type) {
	case *zrsa.PublicKey:
		if k.E == nil || !k.E.IsInt64() || k.E.Int64() > 1<<31-1 {
			return nil
		}
		return &rsa.PublicKey{N: k.N, E: int(k.E.Int64())}
	case *zdsa.PublicKey:
		return &dsa.PublicKey{Parameters: dsa.Parameters{P: k.P, Q: k.Q, G: k.G}, Y: k.Y}
	}
	return key
}

// pkixName copies a distinguished name attribute by attribute, in order.
func pkixName(z zpkix.Name) pkix.Name {
	var sequence pkix.RDNSequence
	for _, a := range z.Names {
		sequence = append(sequence, pkix.RelativeDistinguishedNameSET{
			{Type: asn1.ObjectIdentifier(a.Type), Value: a.Value},
		})
	}
	var name pkix.Name
	name.FillFromRDNSequence(&sequence)
	return name
}

func uris(texts []string) []*url.URL {
	var parsed []*url.URL
	for _, text := range texts {
		if u, err := url.Parse(text); err == nil {
			parsed = append(parsed, u)
		}
	}
	return parsed
}
