package probe

import (
	"errors"

	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake/client"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/trust"
)

// stateOf is what the handshake brought to light, however it ended.
func stateOf(conn *client.Conn, err error) client.State {
	var failed *client.Error
	switch {
	case errors.As(err, &failed):
		return failed.State
	case conn != nil:
		return conn.State()
	}
	return client.State{}
}

// judge notes how the handshake ended and what the phone makes of the server's
// certificates.
func (p *probe) judge(state client.State, err error) {
	e := &p.attempt.Evidence
	e.Outcome = OutcomeOf(err)
	e.Outcome.ClientCertificateRequested = state.CertificateRequest != nil
	e.Outcome.ClientCertificatesSent = state.CertificatesSent
	for _, der := range state.ServerCertificates {
		if c, err := certificate.Parse(der); err == nil {
			e.Sent = append(e.Sent, c)
		}
	}
	e.Trust = p.trust(e.Sent)
}

// trust is the phone's verdict on certificates; nil on none.
func (p *probe) trust(sent []*certificate.Certificate) *trust.Verdict {
	if len(sent) == 0 {
		return nil
	}
	verdict := p.request.Phone.Judge(phone.Server{Sent: sent, Given: p.request.Given, Name: p.request.Target.Host})
	return &verdict
}

// OutcomeOf is how a handshake of client.Handshake ended, from its error; nil is
// one that was completed.
func OutcomeOf(err error) diagnosis.Outcome {
	var failed *client.Error
	switch {
	case err == nil:
		return diagnosis.Outcome{Ending: diagnosis.Completed}
	case !errors.As(err, &failed):
		return diagnosis.Outcome{Ending: diagnosis.Unsupported, Detail: err.Error()}
	}
	o := diagnosis.Outcome{Ending: diagnosis.Ending(failed.Kind), Alert: failed.Alert, Detail: failed.Detail, Closer: "client"}
	switch failed.Kind {
	case client.AlertReceived, client.Closed, client.Reset:
		o.Closer = "server"
	case client.Canceled:
		o.Ending = diagnosis.Silent
	}
	return o
}
