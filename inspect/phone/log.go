package phone

// AlertInLog is how OpenSSL words an alert that it receives, and thus what the
// log of most servers shows when a phone sends it. The alert is given by its
// name in RFC 5246, section 7.2.2; "" gives "". OpenSSL 3.2 and later begin all
// of them with "ssl/tls alert".
func AlertInLog(alert string) string {
	switch alert {
	case "":
		return ""
	case "unknown_ca":
		return "tlsv1 alert unknown ca"
	case "decrypt_error":
		return "tlsv1 alert decrypt error"
	case "protocol_version":
		return "tlsv1 alert protocol version"
	case "certificate_expired":
		return "sslv3 alert certificate expired"
	case "certificate_revoked":
		return "sslv3 alert certificate revoked"
	case "certificate_unknown":
		return "sslv3 alert certificate unknown"
	case "bad_certificate":
		return "sslv3 alert bad certificate"
	case "unsupported_certificate":
		return "sslv3 alert unsupported certificate"
	case "handshake_failure":
		return "sslv3 alert handshake failure"
	}
	return "alert " + alert
}
