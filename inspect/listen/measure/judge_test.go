package measure_test

import (
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/testca"
)

// transcript is one in short: "> Name" is the client's, "< Name" the server's;
// "! name" and "? name" are the client's fatal and warning alerts, "# name" is a
// fatal one of the server.
func transcript(v iana.ProtocolVersion, messages ...string) *handshake.Transcript {
	t := &handshake.Transcript{}
	for i, m := range messages {
		mark, name, _ := strings.Cut(m, " ")
		e := handshake.Entry{Index: i, Name: name, Length: 40, Decrypted: true, ContentType: handshake.ContentHandshake}
		alert := func(l handshake.AlertLevel) {
			e.Name, e.ContentType, e.Fields = "Alert", handshake.ContentAlert, &handshake.Alert{Level: l, Description: alertNamed(name)}
		}
		switch mark {
		case "!":
			alert(handshake.AlertFatal)
		case "?":
			alert(handshake.AlertWarning)
		case "#":
			alert(handshake.AlertFatal)
			e.Direction = handshake.ServerToClient
		case "<":
			e.Direction = handshake.ServerToClient
		}
		switch m {
		case "> ClientHello":
			e.Fields = &handshake.ClientHello{CipherSuites: []iana.CipherSuite{0x0039, 0x0035}}
		case "> ClientHello with EC":
			e.Name, e.Fields = "ClientHello", &handshake.ClientHello{CipherSuites: []iana.CipherSuite{0xC02B}}
		case "< ServerHello", "< ServerHello again":
			e.Name, e.Fields = "ServerHello", &handshake.ServerHello{}
			t.Negotiated = &handshake.Negotiated{Version: v, Resumed: strings.HasSuffix(m, "again")}
		case "< HelloRetryRequest":
			e.Name, e.Fields = "ServerHello", &handshake.ServerHello{HelloRetryRequest: true}
			t.Negotiated = &handshake.Negotiated{Version: v}
		case "< Certificate":
			e.Fields = &handshake.Certificate{}
		case "> closed ApplicationData":
			e.Name, e.Encrypted, e.Decrypted = "ApplicationData", true, false
		case "> empty ApplicationData":
			e.Name, e.Length = "ApplicationData", 0
		case "> cut ClientKeyExchange":
			e.Name, e.Cut = "ClientKeyExchange", true
		}
		t.Entries = append(t.Entries, e)
	}
	return t
}

func alertNamed(name string) iana.AlertDescription {
	for a := range 256 {
		if iana.AlertDescription(a).String() == name {
			return iana.AlertDescription(a)
		}
	}
	panic(name)
}

// flight12 and flight13 are the messages until the phone has seen the chain.
func flight12(more ...string) []string {
	return append([]string{"> ClientHello", "< ServerHello", "< Certificate", "< ServerHelloDone"}, more...)
}

func flight13(more ...string) []string {
	return append([]string{"> ClientHello", "< ServerHello", "< EncryptedExtensions", "< Certificate", "< CertificateVerify", "< Finished"}, more...)
}

func done12(more ...string) []string {
	return append(flight12("> ClientKeyExchange", "> ChangeCipherSpec", "> Finished", "< ChangeCipherSpec", "< Finished"), more...)
}

func TestJudge(t *testing.T) {
	byClient := diagnosis.Outcome{Ending: diagnosis.Closed, Closer: "client"}
	reset := diagnosis.Outcome{Ending: diagnosis.Reset, Closer: "client"}
	complete := diagnosis.Outcome{Ending: diagnosis.Completed}
	left := diagnosis.Outcome{Ending: diagnosis.Completed, Closer: "client"}
	stayed := diagnosis.Outcome{Ending: diagnosis.Completed, Closer: "server"}
	alerted := diagnosis.Outcome{Ending: diagnosis.AlertSent, Alert: iana.AlertUnknownCA, Closer: "client"}
	ours := diagnosis.Outcome{Ending: diagnosis.AlertReceived, Closer: "server"}
	for _, test := range []struct {
		name     string
		version  iana.ProtocolVersion
		messages []string
		outcome  diagnosis.Outcome
		answer   measure.Answer
		alert    string
		detail   string
	}{
		{"registers", iana.TLS12, done12("> ApplicationData"), left, measure.Accepted, "", "spoke inside TLS"},
		{"data behind an empty record", iana.TLS10, done12("> empty ApplicationData", "> ApplicationData"), left, measure.Accepted, "", "spoke"},
		{"nothing but an empty record", iana.TLS10, done12("> empty ApplicationData"), left, measure.Unclear, "", "without a word"},
		{"unknown_ca", iana.TLS12, flight12("! unknown_ca"), alerted, measure.Refused, "unknown_ca", "the phone does not know the issuer: it sent unknown_ca after our Certificate"},
		{"certificate_expired", iana.TLS10, flight12("! certificate_expired"), byClient, measure.Refused, "certificate_expired", "has expired by the phone's clock: it sent certificate_expired"},
		{"bad_certificate", iana.TLS12, flight12("! bad_certificate"), byClient, measure.Refused, "bad_certificate", "rejects a certificate"},
		{"handshake_failure", iana.TLS12, flight12("! handshake_failure"), byClient, measure.Refused, "handshake_failure", "does not say that the certificate is the cause"},
		{"warns and leaves", iana.TLS12, flight12("? bad_certificate"), byClient, measure.Refused, "bad_certificate", "rejects"},
		{"warns and goes on", iana.TLS12, flight12("? bad_certificate", "> ClientKeyExchange", "> Finished", "> ApplicationData"), left, measure.Accepted, "", "spoke"},
		{"has no certificate", iana.SSL30, flight12("? no_certificate", "> ClientKeyExchange", "> Finished", "> ApplicationData"), left, measure.Accepted, "", "spoke"},
		{"judges after the handshake", iana.TLS12, done12("! bad_certificate"), alerted, measure.Refused, "bad_certificate", "it sent bad_certificate after the handshake"},
		{"has trouble after the handshake", iana.TLS12, done12("! internal_error"), byClient, measure.Unclear, "internal_error", "does not speak of certificates"},
		{"cannot verify Finished", iana.TLS12, flight12("> ClientKeyExchange", "! decrypt_error"), byClient, measure.Unclear, "decrypt_error", "does not speak of certificates"},
		{"has trouble after data", iana.TLS12, done12("> ApplicationData", "! internal_error"), byClient, measure.Accepted, "internal_error", "spoke"},
		{"leaves after the handshake", iana.TLS12, done12("? close_notify"), left, measure.Unclear, "", "hung up without a word"},
		{"leaves within the handshake", iana.TLS12, flight12("> ClientKeyExchange"), byClient, measure.Unclear, "", "before the handshake was over"},
		{"stays", iana.TLS12, done12(), stayed, measure.Accepted, "", "stayed"},
		{"is still there", iana.TLS12, done12(), complete, measure.Accepted, "", "stayed"},
		{"hangs up", iana.TLS12, flight12(), byClient, measure.Refused, "", "hung up right after our Certificate"},
		{"closes in order", iana.TLS12, flight12("? close_notify"), byClient, measure.Refused, "", "hung up right after our Certificate"},
		{"resets", iana.TLS12, flight12(), reset, measure.Refused, "", "reset the connection"},
		{"breaks off", iana.TLS12, flight12("> cut ClientKeyExchange"), byClient, measure.Refused, "", "hung up"},
		{"says nothing", iana.TLS12, flight12(), diagnosis.Outcome{Ending: diagnosis.Silent, Closer: "server"}, measure.Unclear, "", "said nothing"},
		{"was hung up on", iana.TLS12, flight12(), diagnosis.Outcome{Ending: diagnosis.Closed, Closer: "server", Detail: "shut down"}, measure.Unclear, "", "does not show: shut down"},
		{"has no certificate where one is required", iana.TLS12, flight12("> Certificate", "> ClientKeyExchange", "# bad_certificate"), ours, measure.Accepted, "", "it was us"},
		{"sends nonsense", iana.TLS12, flight12("# unexpected_message"), ours, measure.Unclear, "", "we ended"},

		{"1.3: registers", iana.TLS13, flight13("> ChangeCipherSpec", "> Finished", "> ApplicationData"), left, measure.Accepted, "", "spoke"},
		{"1.3: unknown_ca", iana.TLS13, flight13("> ChangeCipherSpec", "! unknown_ca"), alerted, measure.Refused, "unknown_ca", "after our Certificate"},
		{"1.3: warns", iana.TLS13, flight13("? unknown_ca"), byClient, measure.Refused, "unknown_ca", "after our Certificate"},
		{"1.3: not to be opened", iana.TLS13, []string{"> ClientHello", "< ServerHello", "< EncryptedHandshakeMessage", "> closed ApplicationData"}, alerted, measure.Refused, "unknown_ca", "after our Certificate"},
		{"1.3: not to be opened, complete", iana.TLS13, []string{"> ClientHello", "< ServerHello", "< EncryptedHandshakeMessage", "> closed ApplicationData"}, complete, measure.Accepted, "", "stayed"},
		{"1.3: the client's Certificate alone", iana.TLS13, flight13("> Certificate"), byClient, measure.Refused, "", "hung up"},
		{"1.3: required", iana.TLS13, flight13("> Certificate", "> Finished", "# certificate_required"), ours, measure.Accepted, "", "it was us"},
		{"1.3: leaves", iana.TLS13, flight13("> Finished", "? close_notify"), left, measure.Unclear, "", "hung up without a word"},
		{"1.3: hangs up", iana.TLS13, flight13("> ChangeCipherSpec"), byClient, measure.Refused, "", "hung up"},
		{"1.3: asked again", iana.TLS13, []string{"> ClientHello", "< HelloRetryRequest"}, byClient, measure.Unreached, "", "before our Certificate"},

		{"goes on with an earlier session", iana.TLS12, []string{"> ClientHello", "< ServerHello again", "< Finished", "> Finished", "> ApplicationData"}, left, measure.Unreached, "", "earlier session"},
		{"offers nothing in common", 0, []string{"> ClientHello with EC", "# handshake_failure"}, ours, measure.Unreached, "", "no cipher suite that goes with our key (RSA)"},
		{"offers no version", 0, []string{"> ClientHello", "# protocol_version"}, ours, measure.Unreached, "", "no version"},
		{"offers what does not do", 0, []string{"> ClientHello", "# handshake_failure"}, ours, measure.Unreached, "", "we sent handshake_failure"},
		{"gives up at once", 0, []string{"> ClientHello", "! internal_error"}, byClient, measure.Unreached, "internal_error", "before it saw"},
		{"comes and goes", 0, nil, byClient, measure.Unreached, "", "no whole ClientHello"},
	} {
		got := measure.Judge(chain.Good, diagnosis.Evidence{Transcript: transcript(test.version, test.messages...), Outcome: test.outcome})
		if got.Answer != test.answer || got.Alert != test.alert || !strings.Contains(got.Detail, test.detail) || strings.HasSuffix(got.Detail, ".") {
			t.Errorf("%s: %s, alert %q: %s", test.name, got.Answer, got.Alert, got.Detail)
		}
		if got.Alert != "" && got.AlertNumber.String() != got.Alert {
			t.Errorf("%s: alert %q has number %d", test.name, got.Alert, got.AlertNumber)
		}
		if got.Mute != strings.Contains(got.Detail, "finished the handshake and hung up") {
			t.Errorf("%s: Mute %v: %s", test.name, got.Mute, got.Detail)
		}
		if got.NoSuite != strings.Contains(got.Detail, "cipher suite") {
			t.Errorf("%s: NoSuite %v: %s", test.name, got.NoSuite, got.Detail)
		}
	}
}

// TestJudgeNothing: evidence without anything in it is no trial, and no fall.
func TestJudgeNothing(t *testing.T) {
	got := measure.Judge(chain.Good, diagnosis.Evidence{})
	if got.Answer != measure.Unreached || got.Expected != nil {
		t.Errorf("%+v", got)
	}
	foreign := &handshake.Transcript{Foreign: []handshake.Foreign{{Protocol: "SIP"}}}
	if got := measure.Judge(chain.Good, diagnosis.Evidence{Transcript: foreign}); got.Answer != measure.Unreached || !strings.Contains(got.Detail, "spoke SIP") {
		t.Errorf("%+v", got)
	}
}

// TestNoSuite: a phone without ECDSA never sees the EC certificate, and is
// expected not to.
func TestNoSuite(t *testing.T) {
	known := handset.Fact[[]uint16]{Value: []uint16{0x0039, 0x0035}, Basis: finding.Documented}
	e := diagnosis.Evidence{
		Phone:      &phone.Phone{Profile: &handset.Profile{TLS: handset.TLS{CipherSuites: known}}},
		Transcript: transcript(0, "> ClientHello", "# handshake_failure"), Outcome: diagnosis.Outcome{Ending: diagnosis.AlertReceived},
	}
	got := measure.Judge(chain.ECKey, e)
	if got.Answer != measure.Unreached || !got.NoSuite || got.Expected == nil || *got.Expected || got.Agrees() == nil || !*got.Agrees() {
		t.Errorf("%+v", got)
	}
	e.Phone.Profile.TLS.CipherSuites.Basis = finding.Assumed
	if got := measure.Judge(chain.ECKey, e); got.Expected != nil || got.Agrees() != nil {
		t.Errorf("an assumed list of suites: %+v", got)
	}
}

// TestExpected: what the profile says stands beside what the phone did.
func TestExpected(t *testing.T) {
	yes, no := true, false
	root := testca.Root(t, "CA")
	leaf, err := certificate.Parse(root.Issue(t, "pbx.example.com").Raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		connects, agrees *bool
		messages         []string
	}{
		{&yes, &yes, done12("> ApplicationData")},
		{&no, &no, done12("> ApplicationData")},
		{&no, &yes, flight12("! unknown_ca")},
		{&yes, &no, flight12("! unknown_ca")},
		{&yes, nil, []string{"> ClientHello"}},
		{nil, nil, done12("> ApplicationData")},
	} {
		got := measure.Judge(chain.Expired, diagnosis.Evidence{
			Phone: &phone.Phone{Profile: &handset.Profile{}}, Trust: &trust.Verdict{Connects: test.connects},
			Sent: []*certificate.Certificate{leaf}, Transcript: transcript(iana.TLS12, test.messages...),
		})
		if got.Expected != test.connects || (got.Agrees() == nil) != (test.agrees == nil) || got.Agrees() != nil && *got.Agrees() != *test.agrees {
			t.Errorf("%v: %+v", test.messages, got)
		}
		if want := len(test.messages) > 1; (got.Hash == "SHA-256") != want {
			t.Errorf("%v: hash %q", test.messages, got.Hash)
		}
	}
	if got := measure.Judge(chain.Good, diagnosis.Evidence{Trust: &trust.Verdict{Connects: &yes}}); got.Expected != nil {
		t.Error("without a profile something is expected")
	}
}
