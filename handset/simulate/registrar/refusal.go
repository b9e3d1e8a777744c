package registrar

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/listen/uas"
)

// alertOf finds the client's alert in an error of crypto/tls, whose own type for
// it is not exported; the exported one has the same words for the same number.
func alertOf(err error) (iana.AlertDescription, bool) {
	var remote *net.OpError
	if !errors.As(err, &remote) || remote.Op != "remote error" {
		return 0, false
	}
	for code := range 256 {
		if tls.AlertError(code).Error() == remote.Err.Error() {
			return iana.AlertDescription(code), true
		}
	}
	return 0, false
}

// meaning is what a client says with an alert (RFC 5246, section 7.2.2; RFC 8446,
// section 6.2); "" where the name says it all.
func meaning(a iana.AlertDescription) string {
	switch a {
	case iana.AlertUnknownCA:
		return "it does not know the CA that issued this server's certificate; upload the CA certificate to it"
	case iana.AlertBadCertificate:
		return "it holds the certificate for damaged, or a signature or a name in it for wrong"
	case iana.AlertUnsupportedCertificate:
		return "it does not take certificates of this kind"
	case iana.AlertCertificateRevoked:
		return "it holds the certificate for revoked"
	case iana.AlertCertificateExpired:
		return "by its clock a certificate has expired or is not valid yet; look at the clock"
	case iana.AlertCertificateUnknown:
		return "it does not accept the certificate and gives no reason"
	case iana.AlertAccessDenied:
		return "it holds the certificate for valid and does not want it all the same"
	case iana.AlertHandshakeFailure, iana.AlertInsufficientSecurity:
		return "it does not take the parameters of this handshake"
	case iana.AlertProtocolVersion:
		return "it does not take this version of TLS"
	case iana.AlertDecodeError, iana.AlertDecryptError, iana.AlertIllegalParameter, iana.AlertUnexpectedMessage, iana.AlertBadRecordMAC:
		return "it cannot make sense of a message of the handshake"
	case iana.AlertUserCanceled:
		return "it has changed its mind"
	}
	return ""
}

// refused says why there was no handshake. The ClientHello is nil if none came.
func (c *connection) refused(err error, hello *tls.ClientHelloInfo) Event {
	var noTLS tls.RecordHeaderError
	e, told := c.broken(err)
	switch {
	case told:
	case errors.As(err, &noTLS):
		e = Event{By: byServer, Text: notTLS(noTLS.RecordHeader[:])}
	case isHangUp(err) && hello == nil:
		e = Event{By: byClient, Text: "the client hangs up without a word of TLS"}
	case isHangUp(err):
		e = Event{By: byClient, Text: "the client hangs up in the middle of the handshake, without an alert"}
	default:
		e = Event{By: byServer, Text: c.objection(err, hello)}
	}
	e.Kind = Refused
	return e
}

// ended says why a connection ended that had a handshake.
func (c *connection) ended(err error) Event {
	e, told := c.broken(err)
	switch {
	case told:
	case errors.Is(err, uas.ErrNotSIP), errors.As(err, new(*uas.Limited)):
		e = Event{By: byServer, Text: "hung up: " + err.Error()}
	default:
		e = Event{By: byClient, Text: "the client hangs up"}
	}
	e.Kind = Closed
	return e
}

// broken says what can end a connection at any time.
func (c *connection) broken(err error) (e Event, told bool) {
	alert, ok := alertOf(err)
	if !ok && c.raw.alerted {
		alert, ok = c.raw.alert, true
	}
	if ok {
		text := fmt.Sprintf("the client hangs up with the alert %s (%d)", alert, alert)
		if words := meaning(alert); words != "" {
			text += ": " + words
		}
		return Event{By: byClient, Alert: alert.String(), Text: text}, true
	}
	var timeout net.Error
	switch {
	case c.ctx.Err() != nil:
		return Event{By: byServer, Text: "the registrar stops"}, true
	case errors.As(err, &timeout) && timeout.Timeout():
		return Event{By: byServer, Text: "hung up: the client has said nothing for too long"}, true
	}
	return Event{}, false
}

// isHangUp reports whether an error says that the other side closed the
// connection.
func isHangUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// notTLS looks at the first bytes of a client that does not speak TLS. The text
// protocols begin with the name of a method.
func notTLS(first []byte) string {
	if strings.Trim(string(first), "ABCDEFGHIJKLMNOPQRSTUVWXYZ /") == "" {
		return "the client does not speak TLS but plain SIP or HTTP: set its transport to TLS"
	}
	return "what the client sends is not TLS"
}

// objection is why the server itself ends a handshake.
func (c *connection) objection(err error, hello *tls.ClientHelloInfo) string {
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.As(err, &untrusted):
		return fmt.Sprintf("the client's certificate %q is refused: %s", untrusted.UnverifiedCertificates[0].Subject, reason(untrusted.Err))
	case strings.Contains(err.Error(), "client didn't provide a certificate"):
		return "the client sends no certificate, and this server requires one; some have one and send it only to servers that name its CA"
	case hello == nil:
	case !slices.ContainsFunc(hello.SupportedVersions, func(v uint16) bool { return v >= c.config.MinVersion && v <= c.config.MaxVersion }):
		return fmt.Sprintf("the client offers %s, this server takes %s", versionsOf(hello.SupportedVersions), versionsOf([]uint16{c.config.MinVersion, c.config.MaxVersion}))
	case strings.Contains(err.Error(), "no cipher suite supported"):
		return fmt.Sprintf("the client's %d cipher suites have none that this server takes", len(hello.CipherSuites))
	}
	return "the handshake fails: " + strings.TrimPrefix(err.Error(), "tls: ")
}

// versionsOf names the lowest and the highest of some versions.
func versionsOf(list []uint16) string {
	if len(list) == 0 {
		return "no version"
	}
	low, high := slices.Min(list), slices.Max(list)
	if low == high {
		return tls.VersionName(low)
	}
	return tls.VersionName(low) + " to " + tls.VersionName(high)
}

// reason is why crypto/x509 does not take a client's certificate.
func reason(err error) string {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case strings.Contains(err.Error(), "insecure algorithm"):
		return "it is signed with SHA-1 or MD5, which this server does not verify, nor do most of today"
	case errors.As(err, &unknown):
		return fmt.Sprintf("its issuer %q is not among the CAs that this server was given", unknown.Cert.Issuer)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("it is valid from %s to %s", invalid.Cert.NotBefore.Format("2006-01-02"), invalid.Cert.NotAfter.Format("2006-01-02"))
	}
	return strings.TrimPrefix(err.Error(), "x509: ")
}
