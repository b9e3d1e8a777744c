package diagnosis

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// serverLog is what a server with OpenSSL logs of this connection.
func (s *subject) serverLog() string {
	if s.Outcome.Ending == AlertSent && !s.Live {
		return logOf(s.Outcome.Alert)
	}
	if s.Live && s.log == "" && s.distrusted() {
		if a, known := alertNamed(s.Trust.Alert); known {
			return logOf(a)
		}
	}
	return s.log
}

// logOf words an alert as OpenSSL does when it gets one: "tlsv1 alert unknown
// ca (SSL alert number 48)". Alerts that are as old as SSL 3.0 bear its name
// whatever the version of the connection.
func logOf(a iana.AlertDescription) string {
	words := strings.ReplaceAll(a.String(), "_", " ")
	prefix := "tlsv1 alert"
	switch a {
	case iana.AlertUnexpectedMessage, iana.AlertBadRecordMAC, iana.AlertDecompressionFailure, iana.AlertHandshakeFailure,
		iana.AlertNoCertificate, iana.AlertBadCertificate, iana.AlertUnsupportedCertificate, iana.AlertCertificateRevoked,
		iana.AlertCertificateExpired, iana.AlertCertificateUnknown, iana.AlertIllegalParameter:
		prefix = "sslv3 alert"
	case iana.AlertMissingExtension, iana.AlertCertificateRequired:
		prefix = "tlsv13 alert"
	case iana.AlertUnsupportedExtension, iana.AlertCertificateUnobtainable, iana.AlertUnrecognizedName,
		iana.AlertBadCertificateStatusResponse, iana.AlertBadCertificateHashValue:
		prefix = "tlsv1"
	case iana.AlertUserCanceled:
		words = "user cancelled"
	case iana.AlertCloseNotify, iana.AlertECHRequired:
		return ""
	}
	switch a { // as the names of the registry are no words of OpenSSL's
	case iana.AlertNoCertificate:
		words = "no certificate"
	case iana.AlertExportRestriction:
		words = "export restriction"
	}
	return fmt.Sprintf("%s %s (SSL alert number %d)", prefix, words, uint8(a))
}
