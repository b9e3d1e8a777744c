package diagnosis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// clientCertificate is row 14 of the fact sheet on field failures: the server
// asks for a certificate, and what the phone sends may not be what it knows.
func clientCertificate(s *subject) {
	if !s.asked() || s.listening() {
		return
	}
	g := witnessed("RFC 5246, section 7.4.4")
	s.add("client-certificate.asked", finding.Note, g, "switch it off at the server unless every phone has a certificate of a CA that the server knows",
		"the server asks for a client certificate and %s", s.authorities())
	refused := s.refusesClient()
	switch {
	case refused && (!s.Live || s.sentCertificates() > 0):
		s.clientRefused()
	case refused:
		s.certificateDemanded()
	case s.Live && s.sentCertificates() == 0 && s.Outcome.Ending == Completed:
		s.certificateWelcome()
	}
}

// authorities tells which CAs the server names.
func (s *subject) authorities() string {
	names := s.authorityNames()
	switch n := len(names); {
	case s.request == nil:
		return "which CAs it names was not seen"
	case n == 0:
		return "names no CA"
	case n > 3:
		return fmt.Sprintf("names %d CAs, among them %s", n, strings.Join(names[:3], "; "))
	}
	return "names " + strings.Join(names, "; ")
}

func (s *subject) authorityNames() []string {
	if s.request == nil {
		return nil
	}
	list := s.request.Authorities
	if e := s.request.Extensions.Find(iana.ExtensionCertificateAuthorities); e != nil {
		if named, ok := e.Value.([]handshake.DistinguishedName); ok {
			list = named
		}
	}
	var names []string
	for _, name := range list {
		names = append(names, name.String())
	}
	return names
}

// refusesClient reports whether the server ended the connection over the
// client's certificate or the lack of one.
func (s *subject) refusesClient() bool {
	if s.Outcome.Ending == AlertReceived {
		switch s.Outcome.Alert {
		case iana.AlertHandshakeFailure, iana.AlertBadCertificate, iana.AlertUnsupportedCertificate, iana.AlertCertificateRevoked,
			iana.AlertCertificateExpired, iana.AlertCertificateUnknown, iana.AlertUnknownCA, iana.AlertAccessDenied,
			iana.AlertCertificateRequired, iana.AlertNoCertificate, iana.AlertDecryptError:
			return s.serverHello != nil
		}
		return false
	}
	if s.Outcome.Ending == Completed && s.SIP != nil && s.versionIs(iana.TLS13) {
		// In TLS 1.3 the client is done before the server looks at its certificate.
		return s.SIP.Error == "closed" || s.SIP.Error == "reset"
	}
	return (s.Outcome.Ending == Closed || s.Outcome.Ending == Reset) && s.endedByServer() && s.clientFinished()
}

// clientRefused tells of a certificate that was really shown.
func (s *subject) clientRefused() {
	if s.sentCertificates() == 0 {
		s.logged("peer did not return a certificate")
		s.end("client-certificate.none", witnessed("RFC 5246, section 7.4.6"), "upload a server certificate with its key to the phone and set Device Certificates to Custom, or switch the demand off at the server",
			"the server asks for a client certificate, %s answers without one, and the server ends the handshake%s", s.client(), s.with())
		s.need.NoClientCertificate = true
		return
	}
	s.logged("certificate verify failed")
	s.need.NoClientCertificate = true
	s.end("client-certificate.refused", witnessed("RFC 5246, section 7.4.6"), "put the CA that issued it into the server's list of client CAs, or upload another certificate and set Device Certificates to Custom",
		"the server refuses the client certificate%s%s; it %s", s.shown(), s.with(), s.authorities())
}

// with tells how the server ended it.
func (s *subject) with() string {
	if s.Outcome.Ending == AlertReceived {
		return fmt.Sprintf(" with the alert %s", s.Outcome.Alert)
	}
	return " without an alert"
}

// shown names the certificate that the client showed, where it was in clear.
func (s *subject) shown() string {
	if s.clientChain == nil || len(s.clientChain.Certificates) == 0 {
		return ""
	}
	c, err := certificate.Parse(s.clientChain.Certificates[0])
	if err != nil {
		return " (unreadable)"
	}
	return fmt.Sprintf(" %q, issued by %q,", certificate.ShortName(c.Subject), certificate.ShortName(c.Issuer))
}

// certificateDemanded tells what the phone would do where the tool had nothing
// to show.
func (s *subject) certificateDemanded() {
	s.need.NoClientCertificate = true
	own := s.ownCertificate()
	const advice = "add the CA of the phones' built-in certificates to the server's list of client CAs, or upload a certificate of a CA that it names and set Device Certificates to Custom"
	switch {
	case own.kind == none:
		s.logged("peer did not return a certificate")
		s.end("client-certificate.demanded", own.ground, advice,
			"the server demands a client certificate%s, and the phone has none", s.with())
	case own.kind == builtin && s.namesVendor():
		s.end("client-certificate.vendor-named", guessed("the tool does not have the phone's key"), "try it with a phone",
			"the phone probably gets in with its built-in certificate, because the server, which demands one, names a CA of %s", s.Phone.Profile.Brand.Value)
	case own.kind == builtin && len(s.authorityNames()) > 0:
		s.logged("certificate verify failed")
		s.end("client-certificate.vendor-unknown", weakest(own.ground, witnessed("RFC 5246, section 7.4.4")), advice,
			"the server demands a client certificate, the phone sends its built-in one, and no CA of its maker is among those that the server knows: it %s", s.authorities())
	case own.kind == uploaded:
		s.end("client-certificate.uploaded", guessed("what is on the phone is not known"), "show that certificate with --client-cert",
			"the server demands a client certificate; whether it takes the one uploaded to the phone is not known, for none was given")
	default:
		s.end("client-certificate.not-known", guessed(own.source), "add the CA of the phones' built-in certificates to the server's list of client CAs, or switch the demand off",
			"the server demands a client certificate; whether it takes the phone's is not known, for the server %s", s.authorities())
	}
}

// certificateWelcome is for a server that went on without a certificate: the
// phone sends one, and a server that looks at it may hang up.
func (s *subject) certificateWelcome() {
	own := s.ownCertificate()
	switch {
	case own.kind == none:
	case own.kind == builtin && s.namesVendor():
		s.add("client-certificate.vendor-welcome", finding.Note, own.ground, "nothing, unless the phone cannot connect", "the phone sends its built-in certificate, and the server names a CA of its maker")
	case own.kind == builtin:
		s.add("client-certificate.may-refuse", finding.Error, guessed("what the server does with a certificate that it does not know was not seen"),
			"add the CA of the phones' built-in certificates to the server's list of client CAs, or do not ask for one",
			"the phone probably fails where this connection went on, because it sends its built-in certificate, and a server that verifies what it gets (it %s) hangs up", s.authorities())
	default:
		s.add("client-certificate.optional", finding.Error, guessed("which certificate the phone has is not known"), "show the phone's certificate with --client-cert, or do not ask for one",
			"the server went on without a client certificate; whether it takes the one that the phone may send is not known")
	}
}

// What a phone sends to a server that asks.
const (
	none     = "none"
	builtin  = "built-in"
	uploaded = "uploaded"
	unknown  = "not known"
)

// own is the certificate that the phone has for itself.
type own struct {
	kind string
	ground
}

// ownCertificate follows the profile and the setting Device Certificates.
func (s *subject) ownCertificate() own {
	if s.Phone == nil {
		return own{unknown, guessed("no handset was given")}
	}
	p := s.Phone.Profile
	sends, inside := p.TLS.ClientCertificate, p.Builtin.DeviceCertificates
	switch {
	case !sends.Known():
		return own{unknown, on(sends)}
	case sends.Value == "uploaded", s.Phone.Settings.DeviceCert.Value == "custom":
		return own{uploaded, on(sends)}
	case !s.Phone.Settings.DeviceCert.Certain(), !inside.Known():
		return own{unknown, guessed(s.Phone.Settings.DeviceCert.Source + "; " + inside.Source)}
	case len(inside.Value) == 0:
		return own{none, weakest(on(sends), on(inside))}
	}
	return own{builtin, weakest(on(sends), on(inside))}
}

// namesVendor reports whether a CA that the server names is the phone's maker's.
func (s *subject) namesVendor() bool {
	brand := s.Phone.Profile.Brand
	return brand.Known() && slices.ContainsFunc(s.authorityNames(), func(name string) bool {
		return strings.Contains(strings.ToLower(name), strings.ToLower(brand.Value))
	})
}
