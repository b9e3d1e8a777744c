package measure

import (
	"fmt"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/handshake/suite"
	"github.com/phonecert/phonecert/inspect/listen/chain"
)

// Judge says what a phone did with a chain. The evidence is that of a connection
// to the tool's own server, whose transcript was decoded with its keys. When it
// was stays to be said by the caller.
func Judge(v chain.Variant, e diagnosis.Evidence) Trial {
	c := courseOf(e)
	t := Trial{Variant: v, Expected: expected(v, e)}
	if c.alert != nil {
		t.AlertNumber, t.Alert = c.alert.Description, c.alert.Description.String()
	}
	if !c.shown {
		t.Answer, t.NoSuite = Unreached, c.noSuite(v)
		t.Detail = c.unreached(v, e)
		return t
	}
	if len(e.Sent) > 0 {
		t.Hash = e.Sent[0].SignatureAlgorithm().Hash
	}
	t.Answer, t.Detail = c.answer(e.Outcome)
	t.Mute = t.Answer == Unclear && c.mute(e.Outcome)
	return t
}

// answer is for a phone that was shown the certificates.
func (c course) answer(o diagnosis.Outcome) (Answer, string) {
	byPhone := (o.Ending == diagnosis.Closed || o.Ending == diagnosis.Reset) && o.Closer != "server"
	switch {
	// After the handshake decrypt_error speaks of Finished, not of a certificate.
	case c.alert != nil && c.wentOn && ofTrust(c.alert.Description) && c.alert.Description != iana.AlertDecryptError:
		return Refused, complaint(c.alert, "after the handshake")
	case c.alert != nil && !c.wentOn:
		return Refused, complaint(c.alert, "after our Certificate")
	case c.data:
		return Accepted, "the phone went on after our Certificate, and spoke inside TLS"
	case c.alert != nil:
		return Unclear, fmt.Sprintf("the phone went on after our Certificate, and then sent %s, which does not speak of certificates", c.alert.Description)
	case c.wentOn && c.ours != nil:
		return Accepted, fmt.Sprintf("the phone went on after our Certificate; it was us who ended the handshake, with %s", c.ours.Description)
	case c.mute(o):
		return Unclear, "the phone finished the handshake and hung up without a word: some look at the certificate only then, and some wanted no more"
	case c.wentOn && byPhone:
		return Unclear, "the phone went on after our Certificate, and hung up without a word before the handshake was over"
	case c.wentOn:
		return Accepted, "the phone went on after our Certificate, and stayed without saying anything inside TLS"
	case c.ours != nil:
		return Unclear, fmt.Sprintf("we ended the handshake after our Certificate, with %s", c.ours.Description)
	case byPhone && o.Ending == diagnosis.Reset:
		return Refused, "the phone reset the connection right after our Certificate without an alert: so do some that refuse a certificate"
	case byPhone:
		return Refused, "the phone hung up right after our Certificate without an alert: so do some that refuse a certificate"
	case o.Ending == diagnosis.Silent:
		return Unclear, "the phone said nothing after our Certificate until the time was up"
	}
	return Unclear, "the connection ended after our Certificate for a reason that does not show" + detailOf(o)
}

// mute reports whether the phone finished the handshake and hung up at once.
func (c course) mute(o diagnosis.Outcome) bool {
	return c.wentOn && !c.data && c.alert == nil && o.Ending == diagnosis.Completed && o.Closer == "client"
}

// unreached says why the phone saw no certificate.
func (c course) unreached(v chain.Variant, e diagnosis.Evidence) string {
	o := e.Outcome
	switch {
	case e.Transcript != nil && len(e.Transcript.Foreign) > 0:
		return fmt.Sprintf("the phone spoke %s where TLS was expected", e.Transcript.Foreign[0].Protocol)
	case c.resumed:
		return "the phone went on with an earlier session, in which no certificate is shown"
	case c.noSuite(v):
		return fmt.Sprintf("the phone offers no cipher suite that goes with our key (%s): we sent %s", keyOf(v), c.ours.Description)
	case c.ours != nil && c.ours.Description == iana.AlertProtocolVersion:
		return "the phone offers no version of TLS that we take: we sent protocol_version"
	case c.ours != nil && c.hello != nil:
		return fmt.Sprintf("what the phone offers does not do: we sent %s", c.ours.Description)
	case c.alert != nil:
		return fmt.Sprintf("the phone sent %s before it saw our Certificate", c.alert.Description)
	case c.hello == nil:
		return "no whole ClientHello came" + detailOf(o)
	}
	return "the handshake ended before our Certificate" + detailOf(o)
}

func detailOf(o diagnosis.Outcome) string {
	if o.Detail == "" {
		return ""
	}
	return ": " + o.Detail
}

// keyOf is the kind of the server's key.
func keyOf(v chain.Variant) string {
	if v == chain.ECKey {
		return "EC"
	}
	return "RSA"
}

// noSuite reports whether the server gave up because no cipher suite of the phone
// goes with its key.
func (c course) noSuite(v chain.Variant) bool {
	return c.hello != nil && !c.serverHello && c.ours != nil && c.ours.Description == iana.AlertHandshakeFailure &&
		!fits(c.hello.CipherSuites, keyOf(v))
}

func fits[S ~uint16](offered []S, key string) bool {
	for _, s := range offered {
		if suite.Fits(iana.CipherSuite(s), key) {
			return true
		}
	}
	return false
}

// expected is what the profile says.
func expected(v chain.Variant, e diagnosis.Evidence) *bool {
	if e.Phone == nil {
		return nil
	}
	if p := e.Phone.Profile; p != nil && certain(p.TLS.CipherSuites) && !fits(p.TLS.CipherSuites.Value, keyOf(v)) {
		no := false
		return &no
	}
	if e.Trust == nil {
		return nil
	}
	return e.Trust.Connects
}

func certain[T any](f handset.Fact[T]) bool { return f.Known() && f.Basis != finding.Assumed }

// complaint says in words what the phone's alert means.
func complaint(a *handshake.Alert, when string) string {
	text := fmt.Sprintf("%s: it sent %s %s", meaning(a.Description), a.Description, when)
	if !ofTrust(a.Description) {
		text += ", which does not say that the certificate is the cause"
	}
	return text
}

func meaning(a iana.AlertDescription) string {
	switch a {
	case iana.AlertUnknownCA:
		return "the phone does not know the issuer"
	case iana.AlertCertificateExpired:
		return "a certificate has expired by the phone's clock"
	case iana.AlertBadCertificate:
		return "the phone rejects a certificate, for its name, for its dates, or as not trusted"
	case iana.AlertUnsupportedCertificate:
		return "a certificate is of a kind or for a use that the phone does not take"
	case iana.AlertCertificateRevoked:
		return "a certificate is revoked, says the phone"
	case iana.AlertCertificateUnknown:
		return "the phone rejects the certificate, often for its name"
	case iana.AlertAccessDenied:
		return "the phone can verify the certificate, and does not want this server"
	case iana.AlertDecryptError:
		return "a signature does not verify on the phone, or is of a kind that it does not know"
	case iana.AlertBadCertificateStatusResponse:
		return "the phone wants proof that the certificate is not revoked"
	case iana.AlertHandshakeFailure, iana.AlertInsufficientSecurity, iana.AlertIllegalParameter:
		return "the phone does not take what it was shown"
	case iana.AlertDecodeError, iana.AlertUnexpectedMessage:
		return "the phone cannot read what it was shown"
	case iana.AlertInternalError:
		return "the phone has trouble of its own"
	}
	return "the phone ended the handshake"
}
