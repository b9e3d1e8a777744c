package diagnosis

import (
	"slices"
	"testing"

	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestAlerts: every alert of the two tables has its own code and sentence.
func TestAlerts(t *testing.T) {
	p := phoneOf(t, t28p)
	leaf := testca.Root(t, "Example Root")
	said := map[string]bool{}
	for side, table := range map[handshake.Direction][]meaning{handshake.ServerToClient: serverMeanings(), handshake.ClientToServer: clientMeanings()} {
		for _, m := range table {
			if said[side.String()+m.message] {
				t.Errorf("%s: %q is said twice", m.code, m.message)
			}
			said[side.String()+m.message] = true
			w := newWire(t).hello(p, "").choose(iana.TLS_RSA_WITH_AES_128_CBC_SHA, leaf).helloDone().feed(side, handshake.ContentAlert, 2, byte(m.alert))
			e := captured(nil, w, AlertReceived)
			if side == handshake.ClientToServer {
				e.Outcome.Ending = AlertSent
			}
			e.Outcome.Alert = m.alert
			expected{verdict: Refuses, code: m.code, sentence: m.message}.compare(t, e)
		}
	}
}

// TestAnswers has the answers of SIP that no row of the fact sheet names.
func TestAnswers(t *testing.T) {
	root := testca.Root(t, "Example Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS)
	p := phoneOf(t, t28p, root)
	w := newWire(t).hello(p, "").choose(iana.TLS_RSA_WITH_AES_128_CBC_SHA, leaf).helloDone().done()
	e := judged(t, probed(p, w, Completed), leaf)
	for _, c := range []struct {
		sip  SIP
		want expected
	}{
		{SIP{Method: "OPTIONS", Status: 302, Location: "sips:other.example.com"}, expected{verdict: Registers, code: "options.redirected"}},
		{SIP{Method: "OPTIONS", Status: 405}, expected{verdict: Registers, code: "options.not-implemented"}},
		{SIP{Method: "OPTIONS", Status: 416}, expected{verdict: Registers, code: "options.scheme"}},
		{SIP{Method: "OPTIONS", Status: 483}, expected{verdict: Registers, code: "options.other"}},
		{SIP{Method: "OPTIONS", Error: "challenge not understood", Algorithm: "X"}, expected{verdict: Unknown, code: "sip.challenge"}},
		{SIP{Method: "OPTIONS", Error: "cancelled"}, expected{verdict: Unknown, code: "sip.cancelled"}},
		{SIP{Method: "REGISTER", Error: "too large"}, expected{verdict: Refuses, code: "sip.failed"}},
		{SIP{Method: "REGISTER", Error: "timeout"}, expected{verdict: Refuses, code: "sip.timeout"}},
		{SIP{Method: "REGISTER", Status: 200, Expires: 60}, expected{verdict: Registers, code: "register.left"}},
		{SIP{Method: "REGISTER", Status: 301}, expected{verdict: Refuses, code: "register.redirected"}},
		{SIP{Method: "REGISTER", Status: 405}, expected{verdict: Refuses, code: "register.not-implemented"}},
		{SIP{Method: "REGISTER", Status: 408}, expected{verdict: Refuses, code: "register.unavailable"}},
		{SIP{Method: "REGISTER", Status: 416}, expected{verdict: Refuses, code: "register.scheme"}},
		{SIP{Method: "REGISTER", Status: 423}, expected{verdict: Refuses, code: "register.interval"}},
		{SIP{Method: "REGISTER", Status: 500}, expected{verdict: Refuses, code: "register.server-error"}},
		{SIP{Method: "REGISTER", Status: 600}, expected{verdict: Refuses, code: "register.other"}},
	} {
		e.SIP = &c.sip
		c.want.compare(t, e)
	}
}

func TestClientCertificates(t *testing.T) {
	root := testca.Root(t, "Example Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS)
	ask := func(id string, ending Ending, names ...string) Evidence {
		p := phoneOf(t, id, root)
		w := newWire(t).hello(p, "").choose(iana.TLS_RSA_WITH_AES_128_CBC_SHA, leaf).ask(names...).helloDone().show()
		if ending == Completed {
			w.done()
		} else {
			w.finish().server(handshake.ContentAlert, 2, 40)
		}
		e := judged(t, probed(p, w, ending), leaf)
		e.Outcome.Alert = iana.AlertHandshakeFailure
		return e
	}
	welcome := ask(t28p, Completed, "Yealink Equipment Issuing CA")
	expected{verdict: Registers, code: "client-certificate.vendor-welcome"}.compare(t, welcome)
	custom := ask(t28p, Completed, "Example Root")
	custom.Phone.Settings.DeviceCert.Value = "custom"
	expected{verdict: Unknown, code: "client-certificate.optional"}.compare(t, custom)

	bare := ask(t28p, AlertReceived)
	profile := *bare.Phone.Profile
	profile.Builtin.DeviceCertificates.Value = []string{}
	bare.Phone.Profile = &profile
	expected{verdict: Refuses, code: "client-certificate.demanded", log: "peer did not return a certificate"}.compare(t, bare)

	seen := ask(t28p, AlertReceived, "A CA", "B CA", "C CA", "D CA")
	seen.Live, seen.Phone, seen.Trust = false, nil, nil
	d := expected{verdict: Refuses, code: "client-certificate.none", sentence: "the client answers without one"}.compare(t, seen)
	if !slices.Contains(codes(d), "client-certificate.asked") || d.Findings[0].Message != "the server asks for a client certificate and names 4 CAs, among them CN=A CA; CN=B CA; CN=C CA" {
		t.Errorf("%+v", d.Findings)
	}
}
