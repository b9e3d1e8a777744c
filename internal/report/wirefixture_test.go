package report

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/testca"
)

// flight is what one side sends at once.
type flight struct {
	direction handshake.Direction
	at        time.Duration
	records   []byte
}

// message is a handshake message in a record.
func message(kind byte, body ...[]byte) []byte {
	b := bytes.Join(body, nil)
	raw := append([]byte{kind, byte(len(b) >> 16), byte(len(b) >> 8), byte(len(b))}, b...)
	return handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, raw)
}

func vector(size int, b []byte) []byte {
	var length []byte
	for i := size - 1; i >= 0; i-- {
		length = append(length, byte(len(b)>>(8*i)))
	}
	return append(length, b...)
}

// chainOf makes the certificates of a server, its own first.
func chainOf(t testing.TB) []*certificate.Certificate {
	t.Helper()
	root := testca.Root(t, "Example Root")
	inter := root.Issue(t, "Example Intermediate", testca.CA)
	leaf := inter.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	var list []*certificate.Certificate
	for _, c := range []*testca.Certificate{leaf, inter, root} {
		parsed, err := certificate.Parse(c.Raw)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, parsed)
	}
	return list
}

// oldHandshake is the handshake of Figure 1: TLS 1.0 with DHE-RSA-AES256-SHA.
func oldHandshake(t testing.TB, chain []*certificate.Certificate) []flight {
	t.Helper()
	p, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	hello := &handshake.ClientHello{Version: iana.TLS10, Random: make([]byte, 32), CompressionMethods: []handshake.CompressionMethod{0}, NoExtensions: true}
	for _, id := range p.TLS.CipherSuites.Value {
		hello.CipherSuites = append(hello.CipherSuites, iana.CipherSuite(id))
	}
	raw, err := hello.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	var certs []byte
	for _, c := range chain {
		certs = append(certs, vector(3, c.Raw)...)
	}
	dh := bytes.Repeat([]byte{0xAB}, 256)
	const c2s, s2c = handshake.ClientToServer, handshake.ServerToClient
	ms := func(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
	return []flight{
		{c2s, 0, handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, raw)},
		{s2c, ms(1.2), message(2, []byte{3, 1}, make([]byte, 32), []byte{0, 0, 0x39, 0})},
		{s2c, ms(1.25), message(11, vector(3, certs))},
		{s2c, ms(1.4), message(12, vector(2, dh), vector(2, []byte{2}), vector(2, dh), vector(2, dh))},
		{s2c, ms(1.4), message(14)},
		{c2s, ms(3.8), message(16, vector(2, dh))},
		{c2s, ms(3.8), handshake.AppendRecords(nil, handshake.ContentChangeCipherSpec, iana.TLS10, []byte{1})},
		{c2s, ms(3.8), handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, make([]byte, 48))},
		{s2c, ms(5.1), handshake.AppendRecords(nil, handshake.ContentChangeCipherSpec, iana.TLS10, []byte{1})},
		{s2c, ms(5.1), handshake.AppendRecords(nil, handshake.ContentHandshake, iana.TLS10, make([]byte, 48))},
		{c2s, ms(5.3), handshake.AppendRecords(nil, handshake.ContentApplicationData, iana.TLS10, make([]byte, 416))},
		{s2c, ms(6.9), handshake.AppendRecords(nil, handshake.ContentApplicationData, iana.TLS10, make([]byte, 320))},
		{s2c, ms(7), handshake.AppendRecords(nil, handshake.ContentApplicationData, iana.TLS10, make([]byte, 32))},
	}
}

func transcript(list []flight) *handshake.Transcript {
	d := handshake.NewDecoder(nil)
	for _, f := range list {
		d.Feed(f.direction, f.at, f.records)
	}
	return d.Finish()
}

func t28(t testing.TB) *phone.Phone {
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

// probed is a live handshake of the phone with a server whose chain is trusted
// or not.
func probed(t testing.TB, trusted bool) (*phone.Phone, diagnosis.Evidence, diagnosis.Diagnosis) {
	t.Helper()
	p, chain := t28(t), chainOf(t)
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
		Transcript: transcript(oldHandshake(t, chain[:2])), Outcome: diagnosis.Outcome{Ending: diagnosis.Completed}, Sent: chain[:2],
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

func answer(t testing.TB, trusted bool) *Wire {
	t.Helper()
	p, e, d := probed(t, trusted)
	w := NewWire("probe", p, e.Target.Text)
	w.Add(NewConnection(e, d))
	return w
}
