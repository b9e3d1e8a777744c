package phone

import (
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// AlertInLog is how OpenSSL words an alert that it receives, and thus what the
// log of most servers shows when a phone sends it, "tlsv1 alert unknown ca", and
// the number that stands beside it, 48. The alert is given by its name in RFC
// 5246, section 7.2.2; a name that is none gives "". OpenSSL 3.2 and later begin
// all of them with "ssl/tls alert".
func AlertInLog(name string) (words string, number uint8) {
	list := iana.AlertDescriptions()
	at := slices.IndexFunc(list, func(a iana.AlertDescription) bool { return a.String() == name })
	if at < 0 {
		return "", 0
	}
	return inLog(list[at]), uint8(list[at])
}

// inLog: alerts that are as old as SSL 3.0 bear its name whatever the version
// of the connection.
func inLog(a iana.AlertDescription) string {
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
	return prefix + " " + words
}
