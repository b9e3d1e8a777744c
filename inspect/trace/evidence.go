package trace

import (
	"github.com/phonecert/phonecert/inspect/capture"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/probe/sip"
)

// evidence is what a transcript shows.
func evidence(t *Tracer, c Connection, transcript *handshake.Transcript, how capture.Ending) diagnosis.Evidence {
	e := diagnosis.Evidence{Phone: t.options.Phone, Transcript: transcript, Target: target(c)}
	r := reading{evidence: &e, chains: &t.chains}
	for i := range transcript.Entries {
		r.read(&transcript.Entries[i])
	}
	if r.hello != nil {
		e.Matches = t.matcher.find(r.hello)
		if name := r.hello.ServerName(); name != "" {
			e.Target.Host = name
		}
	}
	e.Outcome = r.outcome(how)
	if len(r.said) > 0 {
		e.SIP = sip.Heard(r.said)
	}
	judge(t, c, &e)
	return e
}

// target is the server as far as a capture tells it: by its address, and by
// the port what is spoken there.
func target(c Connection) diagnosis.Target {
	t := diagnosis.Target{Text: c.Server.String(), Scheme: "sips", Host: c.Server.Addr().String(), Port: c.Server.Port()}
	if t.Port == 443 {
		t.Scheme = "https"
	}
	return t
}

// judge asks the handset about the server's certificates, at the time of the
// connection unless another clock was given.
func judge(t *Tracer, c Connection, e *diagnosis.Evidence) {
	if t.options.Phone == nil {
		return
	}
	then := *t.options.Phone
	then.Clock = t.options.Clock
	if then.Clock.IsZero() {
		then.Clock = c.Start
	}
	e.Phone = &then
	if len(e.Sent) == 0 {
		return
	}
	e.Trust = t.verdicts.judge(&then, phone.Server{Sent: e.Sent, Name: e.Target.Host})
}

// reading goes through the messages of one connection.
type reading struct {
	evidence *diagnosis.Evidence
	chains   *chains
	hello    *handshake.ClientHello
	// finished and data tell for each direction whether Finished and
	// application data were seen; changed whether ChangeCipherSpec was.
	finished, data, changed [2]bool
	// said is what the server said inside TLS, as far as a key log opens it.
	said               []byte
	alert              *handshake.Alert
	alertFrom          handshake.Direction
	requested          bool
	clientCertificates int
}

func (r *reading) read(e *handshake.Entry) {
	switch m := e.Fields.(type) {
	case *handshake.ClientHello:
		if r.hello == nil {
			r.hello = m
		}
	case *handshake.Certificate:
		if !e.Cut { // a part of a chain is no chain
			r.certificates(e.Direction, m)
		}
	case *handshake.CertificateRequest:
		r.requested = true
	case *handshake.ApplicationData:
		if e.Direction == handshake.ServerToClient {
			r.said = append(r.said, m.Plaintext...)
		}
	case *handshake.Alert:
		if m.Level == handshake.AlertFatal && r.alert == nil {
			r.alert, r.alertFrom = m, e.Direction
		}
	}
	switch {
	case e.Name == "Finished":
		r.finished[e.Direction] = true
	case e.ContentType == handshake.ContentApplicationData:
		r.data[e.Direction] = r.data[e.Direction] || e.Decrypted || e.Length > hiddenAlert
	case e.ContentType == handshake.ContentChangeCipherSpec:
		r.changed[e.Direction] = true
	}
}

func (r *reading) certificates(d handshake.Direction, m *handshake.Certificate) {
	list := &r.evidence.Sent
	if d == handshake.ClientToServer {
		r.clientCertificates = len(m.Certificates)
		list = &r.evidence.ClientSent
	}
	if *list != nil {
		return // a renegotiation
	}
	if d == handshake.ServerToClient {
		*list = r.chains.read(m.Certificates)
		return
	}
	*list = readable(m.Certificates)
}

// hiddenAlert is the length of an alert in TLS 1.3: two bytes, the type, and a
// tag of 16 (RFC 8446, section 5.2). It looks like data.
const hiddenAlert = 19

// complete: both sides sent Finished. Where TLS 1.3 encrypts that, data of the
// client is the sign, for it sends none before.
func (r *reading) complete() bool {
	if r.finished[handshake.ClientToServer] && r.finished[handshake.ServerToClient] {
		return true
	}
	return r.data[handshake.ClientToServer] && r.data[handshake.ServerToClient] && r.hello != nil
}

func (r *reading) outcome(how capture.Ending) diagnosis.Outcome {
	o := diagnosis.Outcome{
		Ending: diagnosis.Unfinished, ClientCertificateRequested: r.requested, ClientCertificatesSent: r.clientCertificates,
	}
	if how.Kind == capture.FIN || how.Kind == capture.RST {
		o.Closer = "server"
		if how.FromClient {
			o.Closer = "client"
		}
	}
	switch {
	case r.alert != nil && r.alertFrom == handshake.ClientToServer:
		o.Ending, o.Alert = diagnosis.AlertSent, r.alert.Description
	case r.alert != nil:
		o.Ending, o.Alert = diagnosis.AlertReceived, r.alert.Description
	case r.complete():
		o.Ending = diagnosis.Completed
	case len(r.evidence.Transcript.Foreign) > 0:
		o.Ending = diagnosis.NotTLS
	case how.Kind == capture.RST:
		o.Ending = diagnosis.Reset
	case how.Kind == capture.FIN:
		o.Ending = diagnosis.Closed
	}
	return o
}
