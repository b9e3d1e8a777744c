package diagnosis

import (
	"fmt"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// meaning is what an alert says, told where nothing better is known.
type meaning struct {
	alert              iana.AlertDescription
	code, message, fix string
}

// serverMeanings are the alerts that a server sends.
func serverMeanings() []meaning {
	return []meaning{
		{iana.AlertProtocolVersion, "alert.protocol-version", "it does not take the versions that are offered", "let the server take an older version, best on a second listener for old phones"},
		{iana.AlertHandshakeFailure, "alert.handshake-failure", "nothing that is offered suits it, most often the cipher suites", "enable a suite of the phone on the server"},
		{iana.AlertInsufficientSecurity, "alert.insufficient-security", "it demands stronger cipher suites", "enable a suite of the phone on the server"},
		{iana.AlertInternalError, "alert.internal-error", "it has trouble of its own, for instance a key that does not fit its certificate, or a security level that forbids the signatures of TLS 1.0", "look at the server's log"},
		{iana.AlertUnrecognizedName, "alert.unrecognized-name", "it does not know the name by which it is called", "enter that name into the server's settings, or call it by a name that it knows"},
		{iana.AlertAccessDenied, "alert.access-denied", "it does not serve this client", "look at the server's list of clients"},
		{iana.AlertInappropriateFallback, "alert.inappropriate-fallback", "it takes the offer for a forced step back to an older version", "let the phone offer the newest version that it has"},
		{iana.AlertNoApplicationProtocol, "alert.no-application-protocol", "it wants an application protocol (ALPN) that is not offered", "switch the demand off at the server"},
		{iana.AlertMissingExtension, "alert.missing-extension", "it misses an extension", "switch the demand off at the server"},
		{iana.AlertUnsupportedExtension, "alert.unsupported-extension", "it does not bear an extension that is offered", "bring the server up to date"},
		{iana.AlertDecodeError, "alert.decode-error", "it cannot read what was sent", "bring the server up to date, and see that no middlebox changes the traffic"},
		{iana.AlertIllegalParameter, "alert.illegal-parameter", "it finds a value that must not be", "bring the server up to date, and see that no middlebox changes the traffic"},
		{iana.AlertUnexpectedMessage, "alert.unexpected-message", "it awaits another message", "bring the server up to date"},
		{iana.AlertBadRecordMAC, "alert.bad-record-mac", "it cannot decrypt what was sent", "see that no middlebox changes the traffic"},
		{iana.AlertDecryptError, "alert.decrypt-error", "a signature or a Finished message does not verify", "see that no middlebox changes the traffic"},
		{iana.AlertRecordOverflow, "alert.record-overflow", "a record is too long for it", "see that no middlebox changes the traffic"},
		{iana.AlertNoRenegotiation, "alert.no-renegotiation", "it does not begin a second handshake", "switch renegotiation off"},
		{iana.AlertUserCanceled, "alert.user-canceled", "it was told to stop", "look at the server's log"},
		{iana.AlertCloseNotify, "alert.close-notify", "it closes in good order before the handshake is over", "look at the server's log"},
	}
}

// alertOfServer tells what an alert of the server means.
func alertOfServer(s *subject) {
	if s.Outcome.Ending != AlertReceived || s.explained {
		return
	}
	g := witnessed("RFC 5246, section 7.2.2")
	if s.failedAtHello() && s.Live && s.Phone != nil {
		// Nobody asked what the server would have taken, so it may be anything
		// in the offer that is not known.
		g = s.versionGround()
		if s.Outcome.Alert != iana.AlertProtocolVersion {
			g = weakest(g, s.suiteGround(), on(s.Phone.Profile.TLS.SNI))
		}
	}
	for _, m := range serverMeanings() {
		if m.alert != s.Outcome.Alert {
			continue
		}
		switch m.alert {
		case iana.AlertProtocolVersion:
			s.logged("unsupported protocol")
		case iana.AlertHandshakeFailure:
			s.logged("no shared cipher")
		}
		s.end(m.code, g, m.fix, "%s", probably(g, fmt.Sprintf("the server ends the handshake %s with the alert %s (%d): %s", s.stage(), m.alert, uint8(m.alert), m.message)))
		return
	}
	s.end("alert.other", g, "look at the server's log", "%s", probably(g, fmt.Sprintf("the server ends the handshake %s with the alert %s (%d)", s.stage(), s.Outcome.Alert, uint8(s.Outcome.Alert))))
}

// clientMeanings are the alerts that a phone sends: in a capture they are its
// own word on the server.
func clientMeanings() []meaning {
	return []meaning{
		{iana.AlertUnknownCA, "phone-alert.unknown-ca", "it does not know the CA that issued the server's certificate", "upload the root of that CA to the phone (phonecert upload FILE --as trusted --phone URL), and see that the server sends its intermediates"},
		{iana.AlertCertificateExpired, "phone-alert.certificate-expired", "a certificate of the chain, or the root in the phone, has expired by the phone's clock", "renew it, drop an expired cross-sign from the chain, and look at the phone's clock"},
		{iana.AlertBadCertificate, "phone-alert.bad-certificate", "it rejects a certificate: not yet valid by its clock, not trusted for the purpose, or damaged", "look at the phone's clock (NTP) and at the chain"},
		{iana.AlertUnsupportedCertificate, "phone-alert.unsupported-certificate", "a certificate may not be used for a server", "issue it with the extended key usage serverAuth"},
		{iana.AlertCertificateRevoked, "phone-alert.certificate-revoked", "a certificate is revoked", "issue a new one"},
		{iana.AlertCertificateUnknown, "phone-alert.certificate-unknown", "it rejects the certificate, often because the name does not fit", "compare the server's name on the phone with those in the certificate"},
		{iana.AlertDecryptError, "phone-alert.decrypt-error", "a signature in the chain or the handshake does not verify", "send the issuer's real certificate, signed with an algorithm that the phone knows"},
		{iana.AlertHandshakeFailure, "phone-alert.handshake-failure", "it cannot agree with what the server chose", "enable another suite of the phone on the server"},
		{iana.AlertProtocolVersion, "phone-alert.protocol-version", "it does not speak the version that the server chose", "let the server take a version of the phone"},
		{iana.AlertIllegalParameter, "phone-alert.illegal-parameter", "a value is not one that it takes, or the chain is longer than it takes", "send a shorter chain, and use Diffie-Hellman parameters of 2048 bits"},
		{iana.AlertUnexpectedMessage, "phone-alert.unexpected-message", "it awaits another message", "bring the server up to date"},
		{iana.AlertBadRecordMAC, "phone-alert.bad-record-mac", "it cannot decrypt what it got", "see that no middlebox changes the traffic"},
		{iana.AlertDecodeError, "phone-alert.decode-error", "it cannot read what it got", "see that no middlebox changes the traffic"},
		{iana.AlertInternalError, "phone-alert.internal-error", "it has trouble of its own", "reboot the phone, and try a smaller key and a shorter chain"},
		{iana.AlertNoRenegotiation, "phone-alert.no-renegotiation", "it does not begin a second handshake", "switch renegotiation off at the server"},
		{iana.AlertUserCanceled, "phone-alert.user-canceled", "it was told to stop", "look at the phone's log"},
		{iana.AlertCloseNotify, "phone-alert.close-notify", "it closes in good order before the handshake is over", "look at the phone's log"},
	}
}

// alertOfClient tells why the phone in a capture hangs up: its own word.
func alertOfClient(s *subject) {
	if s.Outcome.Ending != AlertSent || s.Live || s.listening() {
		return
	}
	g := witnessed("RFC 5246, section 7.2.2")
	for _, m := range clientMeanings() {
		if m.alert == s.Outcome.Alert {
			why := m.message
			if s.believesWire() && s.distrusted() && s.Trust.Alert == m.alert.String() {
				why = s.Trust.Reason // the model of the phone knows it exactly
			}
			s.end(m.code, g, m.fix, "%s hangs up %s with the alert %s (%d): %s", s.client(), s.stage(), m.alert, uint8(m.alert), why)
			return
		}
	}
	s.end("phone-alert.other", g, "look at the phone's log", "%s hangs up %s with the alert %s (%d)", s.client(), s.stage(), s.Outcome.Alert, uint8(s.Outcome.Alert))
}

// toolLimits tells where the tool stops and the phone would not.
func toolLimits(s *subject) {
	switch {
	case s.Outcome.Ending == Unsupported:
		s.add("tool.unsupported", finding.Error, guessed("the tool cannot compute what the phone can"), "try it with a phone, or enable an AES suite on the server",
			"the tool, not the server, stops here: %s; what follows is not known", s.detail())
	case s.Outcome.Ending == AlertSent && s.Live:
		s.add("tool.gave-up", finding.Error, guessed("the phone's library may be more lenient than the tool's"), "look at the handshake, and try it with a phone",
			"the phone probably hangs up, because the tool does %s with the alert %s: %s", s.stage(), s.Outcome.Alert, s.detail())
	}
}
