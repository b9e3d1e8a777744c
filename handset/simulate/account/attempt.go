package account

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
)

// How long things may take.
const (
	connectTime  = 10 * time.Second
	registerTime = 30 * time.Second // from the lookup to the answer to REGISTER
	removeTime   = 3 * time.Second
)

// attempt is one connection, from the lookup to its end.
type attempt struct {
	*Account
	// status is what is being put together; the Account has the one that counts.
	status   Status
	evidence diagnosis.Evidence
	desk     *phone.Phone
	server   phone.Server
	// decision is nil until the server has shown its certificates.
	decision *decision
	record   *record
}

// attempt connects, registers, and stays as long as it goes well: until ctx is
// done, when the registration is taken back, or up, when the phone just vanishes.
func (a *Account) attempt(ctx, up context.Context) {
	leave, ok := a.enter(up)
	if !ok {
		return
	}
	defer leave()
	state := a.Phone.State()
	if !state.BackAt.Equal(a.booted) {
		return // it reboots at this moment
	}
	t := &attempt{Account: a}
	t.evidence = diagnosis.Evidence{
		Target: a.Target, Matches: []offer.Match{{Handset: a.Profile.ID, Likeness: offer.Exact}},
	}
	within, cancel := context.WithTimeout(up, registerTime)
	defer cancel()
	t.desk = desk(a.Profile, a.Builtin, state, a.Clock())
	t.evidence.Phone = t.desk
	conn := t.connect(within)
	t.status.Server = serverOf(t.evidence.Dial)
	if conn == nil {
		t.failed(up)
		return
	}
	defer conn.Close()
	secure, err := t.shakeHands(within, conn, state)
	switch {
	case err != nil && t.decision != nil && !t.decision.connects:
		t.refused()
		return
	case err != nil:
		t.failed(up)
		return
	case !t.decision.connects:
		// The handshake is over before names are compared: OpenSSL before 1.1
		// leaves that to its user (derived).
		secure.Close()
		t.refused()
		return
	}
	t.register(ctx, up, within, secure, leave)
}

// enter waits for a place among those that connect. leave gives it back, once.
func (a *Account) enter(up context.Context) (leave func(), ok bool) {
	if a.Places == nil {
		return func() {}, up.Err() == nil
	}
	select {
	case a.Places <- struct{}{}:
		return sync.OnceFunc(func() { <-a.Places }), true
	case <-up.Done():
		return nil, false
	}
}

// registered tells of it. What only the handshake was good for is let go: a phone
// stays for days, and there may be thousands.
func (t *attempt) registered(answer diagnosis.SIP) {
	t.evidence.Transcript = nil
	t.status.State, t.status.Expires = Registered, answer.Expires
	t.status.Text = fmt.Sprintf("registered over %s with %s, for %d s", t.status.Version, t.status.CipherSuite, answer.Expires)
	if screen := t.Profile.TLS.LockIcon; screen.Known() {
		t.status.Lock = screen.Value
		t.status.Text += "; the phone shows a lock on its " + screen.Value
	}
	if t.status.Certificate != "" {
		t.status.Text += "; the certificate shown to the server: " + t.status.Certificate
	}
	if t.decision.supposed {
		t.status.Supposed = t.decision.cause(t.desk, t.server).Message
		t.status.Text += "; it is not certain that a real one would be: " + t.status.Supposed
	}
	t.tell(t.status)
}

// refused: the phone does not accept the server.
func (t *attempt) refused() {
	f := t.decision.cause(t.desk, t.server)
	t.status.State, t.status.Alert = Refused, t.decision.alert
	if t.decision.supposed {
		t.status.Supposed = f.Message
	}
	t.tell(t.status.because(f))
}

// failed: something else keeps it from being registered. Nothing is told when it
// was broken off.
func (t *attempt) failed(up context.Context) {
	if up.Err() != nil {
		return
	}
	t.status.State, t.status.Expires, t.status.Lock = Failed, 0, ""
	t.tell(t.status.because(t.cause()))
}

// cause is what a capture of this connection would show.
func (t *attempt) cause() finding.Finding {
	if s := t.evidence.SIP; s != nil && s.Challenged && t.Credentials.Password == "" {
		return finding.Finding{
			Code: "register.no-password", Severity: finding.Error,
			Message: fmt.Sprintf("the server asks for a password (%d %s, realm %q), and the account has none", s.Status, s.Reason, s.Realm),
			Fix:     "give it with --sip-password-file FILE or in PHONECERT_SIP_PASSWORD", Basis: finding.Derived, Source: "RFC 3261, section 22.1",
		}
	}
	d := diagnosis.Diagnose(t.evidence)
	for _, f := range d.Findings {
		if f.Severity == finding.Error && f.Message == d.Sentence {
			return f
		}
	}
	return finding.Finding{Severity: finding.Error, Message: d.Sentence, Basis: finding.Derived}
}

// lost: the connection of a registered phone ended.
func (t *attempt) lost(err error) {
	t.status.State, t.status.Expires, t.status.Lock = Failed, 0, ""
	words := "the connection to the server broke off"
	if errors.Is(err, io.EOF) {
		words = "the server closed the connection"
	}
	t.tell(t.status.because(finding.Finding{
		Code: "register.connection-lost", Severity: finding.Error, Message: words, Fix: "look at the server; the phone tries again by itself",
		Basis: finding.Derived, Source: "seen in this connection",
	}))
}
