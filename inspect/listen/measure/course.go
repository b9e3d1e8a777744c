package measure

import (
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
)

// course is what a connection shows of the phone's mind.
type course struct {
	hello       *handshake.ClientHello
	serverHello bool
	resumed     bool
	tls13       bool
	// shown: the server's certificates came to the phone.
	shown bool
	// wentOn: the phone sent what it sends only to a server that it takes, as far
	// as it has judged yet. data: it said something inside TLS.
	wentOn, data bool
	// alert is the phone's, ours the first fatal one of the server.
	alert, ours *handshake.Alert
}

func courseOf(e diagnosis.Evidence) course {
	var c course
	if e.Transcript == nil {
		return c
	}
	if n := e.Transcript.Negotiated; n != nil {
		c.resumed, c.tls13 = n.Resumed, n.Version >= iana.TLS13
	}
	for _, entry := range e.Transcript.Entries {
		switch {
		case entry.Cut:
		case entry.Direction == handshake.ServerToClient:
			c.fromServer(entry)
		default:
			c.fromClient(entry)
		}
	}
	// An alert that could not be opened is known from how it ended.
	if o := e.Outcome; c.alert == nil && o.Ending == diagnosis.AlertSent && !parting(o.Alert) {
		c.alert = &handshake.Alert{Level: handshake.AlertFatal, Description: o.Alert}
	}
	c.wentOn = c.wentOn || c.shown && e.Outcome.Ending == diagnosis.Completed
	return c
}

func (c *course) fromServer(e handshake.Entry) {
	switch m := e.Fields.(type) {
	case *handshake.ServerHello:
		if !m.HelloRetryRequest {
			c.serverHello = true
			// The server sends the rest of its flight at once, encrypted (RFC 8446,
			// section 2).
			c.shown = c.shown || c.tls13 && !c.resumed
		}
	case *handshake.Certificate:
		c.shown = true
	case *handshake.Alert:
		if c.ours == nil && m.Level == handshake.AlertFatal {
			c.ours = m
		}
	}
}

func (c *course) fromClient(e handshake.Entry) {
	if m, is := e.Fields.(*handshake.ClientHello); is && c.hello == nil {
		c.hello = m
	}
	if m, is := e.Fields.(*handshake.Alert); is {
		c.alerted(m)
		return
	}
	if !c.shown || !c.consents(e) {
		return
	}
	c.wentOn = true
	if c.alert != nil && c.alert.Level == handshake.AlertWarning {
		c.alert = nil // it warned, and went on
	}
}

// alerted keeps the alert that ends the connection. In TLS 1.3 the level means
// nothing (RFC 8446, section 6).
func (c *course) alerted(m *handshake.Alert) {
	if parting(m.Description) || c.alert != nil && c.alert.Level == handshake.AlertFatal {
		return
	}
	if m.Level == handshake.AlertFatal || c.tls13 || ofTrust(m.Description) {
		c.alert = m
	}
}

// consents reports whether a message is one that the phone sends only after it
// took the server's Certificate: up to TLS 1.2 ClientKeyExchange and all that
// follows it, in TLS 1.3 Finished (RFC 5246, section 7.3; RFC 8446, section 2).
func (c *course) consents(e handshake.Entry) bool {
	switch e.Name {
	case "ApplicationData":
		if c.tls13 && !e.Decrypted {
			return false // it may be an alert
		}
		// Older clients send an empty record before each with data.
		c.data = c.data || e.Length > 0
		return true
	case "Finished":
		return true
	case "ClientKeyExchange", "CertificateVerify", "ChangeCipherSpec", "EncryptedHandshakeMessage":
		return !c.tls13
	}
	return false
}

// parting reports whether an alert is no complaint: it ends a connection in good
// order, or declines what the server may do without.
func parting(a iana.AlertDescription) bool {
	switch a {
	case iana.AlertCloseNotify, iana.AlertUserCanceled, iana.AlertNoRenegotiation, iana.AlertNoCertificate:
		return true
	}
	return false
}

// ofTrust reports whether an alert speaks of the server's certificates (RFC 5246,
// section 7.2.2; RFC 6066, section 8).
func ofTrust(a iana.AlertDescription) bool {
	switch a {
	case iana.AlertBadCertificate, iana.AlertUnsupportedCertificate, iana.AlertCertificateRevoked, iana.AlertCertificateExpired,
		iana.AlertCertificateUnknown, iana.AlertUnknownCA, iana.AlertAccessDenied, iana.AlertDecryptError, iana.AlertBadCertificateStatusResponse:
		return true
	}
	return false
}
