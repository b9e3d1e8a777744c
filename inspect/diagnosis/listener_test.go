package diagnosis

import (
	"fmt"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/testca"
)

// heardBy is the evidence of a listener that a phone called.
func heardBy(t *testing.T, w *wire, ending Ending, l Listener) Evidence {
	t.Helper()
	e := captured(phoneOf(t, t28p), w, ending)
	e.Outcome.Closer, e.Listener = "client", &l
	return e
}

// TestListener: what is said of a phone that called the tool itself. No word of
// a server that would have to be changed is among it.
func TestListener(t *testing.T) {
	root := testca.Root(t, "Example Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS)
	p := phoneOf(t, t28p)
	flight := func() *wire {
		return newWire(t).hello(p, "pbx.example.com").choose(iana.TLS_RSA_WITH_AES_128_CBC_SHA, leaf)
	}
	asked := func() *wire { return flight().ask("CN=Example CA").helloDone() }
	no := false
	alert := func(e Evidence, a iana.AlertDescription) Evidence { e.Outcome.Alert = a; return e }
	byUs := func(e Evidence) Evidence { e.Outcome.Closer = "server"; return e }
	tests := []struct {
		name     string
		evidence Evidence
		verdict  Verdict
		code     string
		message  string
	}{
		{"registers", heardBy(t, flight().helloDone().done().talk(), Completed, Listener{Requests: []ListenerRequest{{"REGISTER", "alice", 401}, {"REGISTER", "alice", 200}}}),
			Registers, "listener.offer-same", "the phone offers what yealink-t28p lists, 25 suites"},
		{"wrong password", heardBy(t, flight().helloDone().done().talk(), Completed, Listener{Requests: []ListenerRequest{{"REGISTER", "alice", 401}, {"REGISTER", "alice", 401}}}),
			Refuses, "listener.password", "or wrongly (401)"},
		{"turned away", heardBy(t, flight().helloDone().done().talk(), Completed, Listener{Requests: []ListenerRequest{{"REGISTER", "alice", 403}}}),
			Refuses, "listener.register-refused", "is answered 403"},
		{"unknown_ca", alert(heardBy(t, flight().helloDone(), AlertSent, Listener{}), iana.AlertUnknownCA),
			Refuses, "listener.unknown-ca", "the phone does not know the issuer: it sent unknown_ca (48) after our Certificate"},
		{"without a word", heardBy(t, flight().helloDone(), Closed, Listener{}), Refuses, "listener.hung-up", "after our ServerHelloDone without an alert"},
		{"reset", heardBy(t, flight().helloDone(), Reset, Listener{}), Refuses, "listener.hung-up", "with a reset"},
		{"no suite", byUs(alert(heardBy(t, newWire(t).hello(p, "pbx.example.com"), AlertReceived, Listener{}), iana.AlertHandshakeFailure)),
			Refuses, "listener.no-suite", "nothing that the phone offers (25 suites)"},
		{"no certificate", byUs(alert(heardBy(t, asked().show().done(), AlertReceived, Listener{Asks: true}), iana.AlertBadCertificate)),
			Refuses, "listener.certificate-required", "shows no certificate"},
		{"unreadable certificate", byUs(alert(heardBy(t, asked().show(leaf), AlertReceived, Listener{Asks: true}), iana.AlertBadCertificate)),
			Refuses, "listener.certificate-unreadable", "cannot read"},
		{"untrusted certificate", heardBy(t, asked().show(leaf).done().talk(), Completed, Listener{Asks: true, Requests: []ListenerRequest{{"OPTIONS", "", 200}},
			Client: &ListenerClient{Kind: "unique", MAC: "00:00:5e:00:53:01", Issuer: "Example CA", Trusted: &no, Reason: "its issuer is unknown", Proved: true}}),
			Registers, "listener.certificate-untrusted", "its issuer is unknown"},
		{"silence", byUs(heardBy(t, flight().helloDone().done(), Completed, Listener{Limit: "idle time"})), Unknown, "listener.nothing-asked", "asks for nothing"},
		{"limit", byUs(heardBy(t, flight().helloDone(), Closed, Listener{Limit: "handshake time"})), Refuses, "listener.limit", "a limit: handshake time"},
		{"stopped", byUs(heardBy(t, flight().helloDone(), Closed, Listener{})), Unknown, "listener.stopped", "is stopped"},
		{"a port scan", heardBy(t, newWire(t), Closed, Listener{}), Refuses, "listener.said-nothing", "without a whole ClientHello"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := Diagnose(test.evidence)
			wellFormed(t, d)
			found := false
			for _, f := range d.Findings {
				found = found || f.Code == test.code && strings.Contains(f.Message, test.message)
				switch group, _, _ := strings.Cut(f.Code, "."); group {
				case "capture", "client-certificate", "extent", "ending", "alert", "phone-alert", "register", "options", "sip", "http", "strength", "tool":
					t.Errorf("%s: %s", f.Code, f.Message)
				}
			}
			if !found || d.Verdict != test.verdict || len(d.Remedies) > 0 {
				t.Errorf("%s: %s, %d remedies\n%s", d.Verdict, d.Sentence, len(d.Remedies), fmt.Sprintf("%+v", d.Findings))
			}
		})
	}
}

// TestListenerAlerts: every alert is told with its name and number.
func TestListenerAlerts(t *testing.T) {
	p := phoneOf(t, t28p)
	for number := range 256 {
		a := iana.AlertDescription(number)
		e := heardBy(t, newWire(t).hello(p, "pbx.example.com"), AlertSent, Listener{})
		e.Outcome.Alert = a
		if d := Diagnose(e); d.Verdict != Refuses || !strings.Contains(d.Sentence, fmt.Sprintf("%s (%d)", a, number)) {
			t.Errorf("%s: %s", d.Verdict, d.Sentence)
		}
	}
}
