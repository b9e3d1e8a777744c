package listen

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/identity"
)

// ownOf is what a phone shows of itself; nil when it sent no certificate that can
// be read. The state is nil where there was no handshake.
func ownOf(sent []*certificate.Certificate, state *tls.ConnectionState, cas *x509.CertPool, now time.Time) *Own {
	if len(sent) == 0 {
		return nil
	}
	who := identity.Identify(identity.Question{Survey: &diagnosis.Survey{Leaf: sent[0], Complete: true}, Now: now})
	own := &Own{Chain: sent, Kind: kindOf(who.Kind), MAC: who.MAC, Proved: state != nil && len(state.PeerCertificates) > 0}
	if cas != nil {
		own.Reason = distrust(sent, cas, now)
		trusted := own.Reason == ""
		own.Trusted = &trusted
	}
	return own
}

func kindOf(k identity.Kind) string {
	switch k {
	case identity.Unique, identity.Generic:
		return string(k)
	case identity.Custom:
		return "uploaded"
	}
	return ""
}

// distrust is why the CAs do not trust a certificate; "" when they do.
func distrust(sent []*certificate.Certificate, cas *x509.CertPool, now time.Time) string {
	if err := sent[0].Strict; err != nil {
		return "the standard library cannot read it: " + strings.TrimPrefix(err.Error(), "x509: ")
	}
	intermediates := x509.NewCertPool()
	for _, c := range sent[1:] {
		if c.Strict == nil {
			intermediates.AddCert(c.Certificate)
		}
	}
	_, err := sent[0].Verify(x509.VerifyOptions{
		Roots: cas, Intermediates: intermediates, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err == nil {
		return ""
	}
	return reason(err)
}

// reason puts into words why crypto/x509 does not take a certificate.
func reason(err error) string {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case strings.Contains(err.Error(), "insecure algorithm"):
		return "it is signed with SHA-1 or MD5, which is not verified here, nor by most servers of today"
	case errors.As(err, &unknown) && unknown.Cert != nil:
		return fmt.Sprintf("its issuer %q is not among the CAs that were given", certificate.NameString(unknown.Cert.Issuer))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		return fmt.Sprintf("it is valid from %s to %s", invalid.Cert.NotBefore.Format(time.DateOnly), invalid.Cert.NotAfter.Format(time.DateOnly))
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		return "its extended key usage does not allow it for a client"
	}
	return strings.TrimPrefix(err.Error(), "x509: ")
}
