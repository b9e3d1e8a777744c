package reporttest

import (
	"net/netip"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/testca"
)

// T28 is a phone that trusts no more than what it came with.
func T28(t testing.TB) *phone.Phone {
	t.Helper()
	p, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	return &phone.Phone{Profile: p, Name: p.ID, Clock: testca.Clock(), Settings: phone.Settings{
		OnlyTrusted:  phone.Choice{Value: "on", Factory: true, Basis: finding.Documented, Source: "guide"},
		CA:           phone.Choice{Value: "default", Basis: finding.Documented, Source: "--ca"},
		CNValidation: phone.Choice{Value: "off", Factory: true, Basis: finding.Documented, Source: "guide"},
		DeviceCert:   phone.Choice{},
	}}
}

// Probed is a live handshake of the phone with a server whose chain is trusted
// or not.
func Probed(t testing.TB, trusted bool) (*phone.Phone, diagnosis.Evidence, diagnosis.Diagnosis) {
	t.Helper()
	p, chain := T28(t), Chain(t)
	q := trust.Question{
		Sent: chain[:2], Given: chain, Clock: p.Clock, Name: "pbx.example.com", Library: handset.OpenSSL101,
		Settings: trust.Settings{OnlyTrusted: "on", CA: "default", CNValidation: "off"}, Builtin: trust.Anchors{Listed: true},
	}
	d := diagnosis.Diagnosis{
		Verdict: diagnosis.Refuses, Sentence: "the phone does not know who issued the server's certificate",
		ServerLog: "tlsv1 alert unknown ca",
		Findings: []finding.Finding{{
			Code: "trust.unknown-ca", Severity: finding.Error, Message: `the issuer of "Example Intermediate", "Example Root", is neither sent nor held by the phone`,
			Fix: "phonecert upload example-root.pem --as trusted --phone http://192.0.2.55", Basis: finding.Derived, Source: "the fact sheet on handsets",
		}},
		Remedies: []diagnosis.Remedy{{Program: "Kamailio", File: "tls.cfg", Lines: []string{"[server:default]", "certificate = /etc/kamailio/fullchain.pem"}}},
	}
	e := diagnosis.Evidence{
		Phone: p, Live: true, Target: diagnosis.Target{Text: "pbx.example.com", Scheme: "sips", Host: "pbx.example.com", Port: 5061},
		Lookup: &diagnosis.Lookup{Records: []diagnosis.Record{{Type: "A", Name: "pbx.example.com", Value: "192.0.2.10"}},
			Addresses: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.10:5061")}},
		Dial:       &diagnosis.Dial{Address: netip.MustParseAddrPort("192.0.2.10:5061"), Result: diagnosis.Connected, Duration: 12 * time.Millisecond},
		Transcript: Transcript(Handshake(t, chain[:2])), Outcome: diagnosis.Outcome{Ending: diagnosis.Completed}, Sent: chain[:2],
		SIP: &diagnosis.SIP{Method: "OPTIONS", Status: 200, Reason: "OK", Server: "kamailio", Duration: 1600 * time.Microsecond},
	}
	if trusted {
		q.Custom, q.Settings.CA = chain[2:], "all"
		d = diagnosis.Diagnosis{Verdict: diagnosis.Registers, Sentence: "the phone registers and shows its lock icon"}
	}
	v := trust.Judge(q)
	e.Trust = &v
	return p, e, d
}
