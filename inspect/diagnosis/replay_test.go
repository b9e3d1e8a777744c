package diagnosis

import (
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/internal/testca"
)

// TestReplayed: with the phone's own ClientHello a handshake is certain, unless it
// hangs on older versions that the message does not list; what is only sent is told,
// and how far the handshake went with it.
func TestReplayed(t *testing.T) {
	root := testca.Root(t, "Example Root")
	leaf := root.Issue(t, "pbx.example.com", testca.TLS)
	p := phoneOf(t, t28p, root)
	p.Profile.TLS.Versions = handset.Fact[[]string]{NotKnown: "nobody knows", Basis: finding.Assumed}
	p.Profile.TLS.CipherSuites = handset.Fact[[]uint16]{NotKnown: "nobody knows", Basis: finding.Assumed}
	p.Profile.TLS.ClientHello = handset.Fact[handset.Hello]{Basis: finding.Observed, Source: "phonecert listen", Value: handset.Hello{
		RecordVersion: 0x0301, Version: 0x0303, CipherSuites: []uint16{0x002F}, CompressionMethods: []uint8{0},
		Extensions: []handset.HelloExtension{{Type: uint16(iana.ExtensionTruncatedHMAC)}, {Type: 0xABCD, Data: []byte{1}}},
	}}
	// takes makes a server that takes an extension up and then sends an alert.
	takes := func(kind iana.ExtensionType) Evidence {
		raw := serverHello(iana.TLS12, iana.TLS_RSA_WITH_AES_128_CBC_SHA, 0, 7)[4:]
		w := newWire(t).hello(p, "").server(handshake.ContentHandshake, message(2, append(raw, 0, 4, byte(kind>>8), byte(kind), 0, 0))...)
		e := probed(p, w.helloDone().finish().server(handshake.ContentAlert, 2, 20), AlertReceived)
		e.Outcome.Alert, e.Raw = iana.AlertBadRecordMAC, []string{RawExtension(iana.ExtensionTruncatedHMAC)}
		return e
	}
	evidence := func(version iana.ProtocolVersion, ending Ending) Evidence {
		_, gaps := offer.ClientHello(p.Profile, offer.Options{Random: make([]byte, 32)})
		w := newWire(t)
		w.version = version
		w.hello(p, "pbx.example.com").choose(iana.TLS_RSA_WITH_AES_128_CBC_SHA, leaf).helloDone()
		if ending == Completed {
			w.done()
		}
		e := judged(t, probed(p, w, ending), leaf)
		e.SIP = &SIP{Method: "OPTIONS", Status: 200, Reason: "OK"}
		e.Gaps, e.Raw = gaps, []string{"the extension truncated_hmac", "the extension 0xABCD"}
		e.Outcome.Detail = "this tool cannot go on"
		return e
	}
	for _, test := range []struct {
		name string
		e    Evidence
		want expected
		says string
	}{
		{"best version", evidence(iana.TLS12, Completed), expected{verdict: Registers, code: "offer.raw-extension"},
			"does not act on them: the extension truncated_hmac and the extension 0xABCD; the handshake is completed all the same"},
		{"older version", evidence(iana.TLS10, Completed), expected{verdict: Unknown, code: "offer.assumed"}, "completed all the same"},
		{"taken up", evidence(iana.TLS12, Unsupported), expected{verdict: Unknown, code: "tool.unsupported"}, "the handshake ends after the server's ServerHelloDone"},
		{"taken up, and an alert", takes(iana.ExtensionTruncatedHMAC), expected{verdict: Unknown, code: "offer.raw-taken-up", sentence: "took up the extension truncated_hmac"}, "the handshake ends after the client's"},
		{"another taken up, and an alert", takes(iana.ExtensionSessionTicket), expected{verdict: Refuses, code: "alert.bad-record-mac"}, "the handshake ends after the client's"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := test.want.compare(t, test.e)
			at := slices.IndexFunc(d.Findings, func(f finding.Finding) bool { return f.Code == "offer.raw-extension" })
			if at < 0 || d.Findings[at].Severity != finding.Note || !strings.Contains(d.Findings[at].Message, test.says) {
				t.Errorf("%+v", d.Findings)
			}
		})
	}
}
