package diagnosis

import (
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// limited tells which cap ended the connection.
func (s *subject) limited() {
	if s.Listener.Limit == "" {
		return
	}
	g := witnessed("the limits of phonecert listen")
	switch l := s.Listener.Limit; {
	case l == "connections":
		s.end("listener.limit", g, "let fewer clients call at once", "this connection is refused, for as many are open as may be (limit: connections)")
	case s.Outcome.Ending == Completed && (l == "idle time" || l == "lifetime" || l == "requests"):
		s.explained = true // all is well until then
		s.add("listener.limit-reached", finding.Note, g, "nothing here", "the listener hangs up in good order on a phone that stays connected, for a limit is reached: %s", l)
	default:
		s.end("listener.limit", g, "see what the phone sends", "the listener ends the connection %s, for the phone goes beyond a limit: %s", s.stageHere(), l)
	}
}

// stageHere is stage, as the server says it.
func (s *subject) stageHere() string {
	if s.Outcome.Ending == AlertSent && ofTrust(s.Outcome.Alert) && s.serverChain != nil {
		return "after our Certificate"
	}
	return strings.Replace(s.stage(), "the server's", "our", 1)
}

// meanings are the alerts that a phone sends to a listener.
func (l *Listener) meanings() []meaning {
	upload, other := l.upload(), l.otherwise()
	return []meaning{
		{iana.AlertUnknownCA, "listener.unknown-ca", "the phone does not know the issuer", upload},
		{iana.AlertCertificateExpired, "listener.certificate-expired", "by the phone's clock a certificate has expired", "look at the phone's clock (NTP), and at the dates of the chain"},
		{iana.AlertBadCertificate, "listener.bad-certificate", "the phone rejects a certificate: for its name, as not yet valid by its clock, as not trusted, or as damaged", "look at the phone's clock (NTP), and at the server's name in its account; " + upload},
		{iana.AlertUnsupportedCertificate, "listener.unsupported-certificate", "the phone does not take a certificate of this kind", other},
		{iana.AlertCertificateRevoked, "listener.certificate-revoked", "the phone holds a certificate for revoked", other},
		{iana.AlertCertificateUnknown, "listener.certificate-unknown", "the phone rejects the certificate and gives no reason, often because the name does not fit", "compare the server's name on the phone with those in the certificate (--name puts another into it), or switch Common Name Validation off"},
		{iana.AlertAccessDenied, "listener.access-denied", "the phone holds the certificate for valid and does not want it all the same", other},
		{iana.AlertDecryptError, "listener.decrypt-error", "a signature does not verify for the phone, or is made with an algorithm that it does not know", l.weaker()},
		{iana.AlertHandshakeFailure, "listener.handshake-failure", "the phone cannot agree with what was chosen", other},
		{iana.AlertInsufficientSecurity, "listener.insufficient-security", "the phone demands stronger parameters", other},
		{iana.AlertProtocolVersion, "listener.protocol-version", "the phone does not speak the version that was chosen", "let the listener take other versions: --min-tls, --max-tls"},
		{iana.AlertIllegalParameter, "listener.illegal-parameter", "the phone finds a value that it does not take, or the chain too long", other},
		{iana.AlertInternalError, "listener.internal-error", "the phone has trouble of its own", "reboot the phone, and try again"},
		{iana.AlertUserCanceled, "listener.user-canceled", "the phone was told to stop", "look at the phone's log"},
		{iana.AlertCloseNotify, "listener.close-notify", "the phone closes in good order before the handshake is over", "look at the phone's log"},
	}
}

// hungUp tells why the phone hangs up: its own word where it sends one.
func (s *subject) hungUp() {
	if s.explained {
		return
	}
	g := witnessed("RFC 5246, section 7.2.2")
	switch {
	case s.Outcome.Ending == AlertSent:
		for _, m := range s.Listener.meanings() {
			if m.alert == s.Outcome.Alert {
				if s.serverHello != nil && aboutChain(m.alert) {
					m.fix = s.Listener.onPurpose(m.fix)
				}
				s.end(m.code, g, m.fix, "%s: it sent %s (%d) %s", m.message, m.alert, uint8(m.alert), s.stageHere())
				return
			}
		}
		s.end("listener.alert", g, "look at the phone's log", "the phone hangs up %s with the alert %s (%d)", s.stageHere(), s.Outcome.Alert, uint8(s.Outcome.Alert))
	case s.endedByServer() && s.Outcome.Ending == Closed:
		s.end("listener.stopped", guessed("the listener was stopped"), "let the phone call again", "the listener is stopped before the handshake is over")
	case s.Outcome.Ending != Closed && s.Outcome.Ending != Reset:
	case s.hello == nil && len(s.foreign()) == 0:
		s.end("listener.said-nothing", g, "nothing, if it was a port scan or a health check; else look at the phone's log", "the client connects and hangs up without a whole ClientHello%s", s.cut())
	case s.hello != nil:
		fix := "look at the phone's trust settings, its list of certificates and its log: so do phones that refuse a certificate without a word"
		if s.serverHello != nil {
			fix = s.Listener.onPurpose(fix)
		}
		s.end("listener.hung-up", g, fix,
			"the phone hangs up %s without an alert%s", s.stageHere(), s.byReset())
	}
}

// cut tells how much of a ClientHello came.
func (s *subject) cut() string {
	if s.Transcript != nil {
		for _, p := range s.Transcript.Problems {
			return ": " + p.Reason
		}
	}
	return ""
}

func (s *subject) byReset() string {
	if s.Outcome.Ending == Reset {
		return ", with a reset"
	}
	return ""
}

// refusedHere tells why the listener itself ended the handshake.
func (s *subject) refusedHere() {
	if s.Outcome.Ending != AlertReceived || s.explained {
		return
	}
	g := witnessed("RFC 5246, section 7.2.2")
	a := s.Outcome.Alert
	switch {
	case s.renegotiates():
		s.end("listener.renegotiation", g, "switch renegotiation off on the phone",
			"the phone begins a second handshake on the connection, which this listener does not do: it hangs up with %s (%d)", a, uint8(a))
	case a == iana.AlertProtocolVersion && s.hello != nil:
		s.end("listener.version", g, "let the listener take that version: --min-tls, --max-tls", "the phone offers %s at best, and this listener takes other versions only", slices.Max(append(s.hello.Versions(), s.hello.Version)))
	case s.hello == nil:
		s.end("listener.no-hello", g, "see which program makes this connection", "what comes is no ClientHello: %s", s.detail())
	case s.serverHello == nil && (a == iana.AlertHandshakeFailure || a == iana.AlertInsufficientSecurity):
		s.end("listener.no-suite", g, "show another kind of key: good has RSA, ec-key P-256", "nothing that the phone offers (%s) suits this listener and its key: %s", count(len(beyond(s.hello.CipherSuites, nil)), "suite"), s.detail())
	case s.Listener.Asks && s.Listener.Client == nil && s.sentCertificates() == 0 && s.clientFinished(),
		a == iana.AlertCertificateRequired:
		s.end("listener.certificate-required", g, "upload a server certificate with its key to the phone and set Device Certificates to Custom, or listen with --client-cert request",
			"the phone shows no certificate, and this listener requires one")
	case s.clientChain != nil && len(s.clientChain.Certificates) > 0 && (a == iana.AlertBadCertificate || a == iana.AlertDecodeError || a == iana.AlertUnsupportedCertificate):
		s.end("listener.certificate-unreadable", g, "listen without --client-cert to see the rest; servers with OpenSSL may read it", "this listener cannot read the phone's certificate, which the transcript shows: %s", s.detail())
	default:
		s.end("listener.refused", g, "look at what the phone sent last", "this listener ends the handshake %s with the alert %s (%d): %s", s.stageHere(), a, uint8(a), s.detail())
	}
}

// renegotiates reports whether a second ClientHello came inside the first
// connection.
func (s *subject) renegotiates() bool {
	if s.Transcript == nil {
		return false
	}
	finished := false
	for _, e := range s.Transcript.Entries {
		if e.Direction != handshake.ClientToServer {
			continue
		}
		finished = finished || e.Name == "Finished"
		if finished && e.Name == "ClientHello" {
			return true
		}
	}
	return false
}
