package learn_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/learn"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/measure"
)

func TestParseAgent(t *testing.T) {
	for _, test := range []struct {
		text string
		want learn.Agent
		ok   bool
	}{
		{agent, learn.Agent{Maker: "Yealink", Model: "SIP-T28P", Firmware: "2.73.0.50"}, true},
		{"yealink SIP-T46S 66.85.0.5 00:00:5e:00:53:01", learn.Agent{Maker: "Yealink", Model: "SIP-T46S", Firmware: "66.85.0.5"}, true},
		{"Yealink VP-T49G", learn.Agent{Maker: "Yealink", Model: "VP-T49G"}, true},
		{"Matrix SPARSH VP710", learn.Agent{Maker: "Matrix", Model: "SPARSH VP710"}, true},
		{"Yealink", learn.Agent{}, false},
		{"", learn.Agent{}, false},
		{"Yealink 2.73.0.50", learn.Agent{}, false},
		{"Yealink 00:00:5e:00:53:01", learn.Agent{}, false},
		{"Yealink phone", learn.Agent{}, false},
		{"Yealink SIP-T28P (like Gecko)", learn.Agent{}, false},
		{"Mozilla/5.0 (Yealink SIP-T28P)", learn.Agent{}, false},
		{"baresip v1.0.0 (x86_64/Linux)", learn.Agent{}, false},
		{"Yealink T" + strings.Repeat("9", 40), learn.Agent{}, false},
		{"Yealink T9 " + strings.Repeat("9", 400), learn.Agent{}, false},
	} {
		got, ok := learn.ParseAgent(test.text)
		if ok != test.ok || ok && got != test.want {
			t.Errorf("%q: %+v, %v", test.text, got, ok)
		}
	}
}

func FuzzParseAgent(f *testing.F) {
	f.Add(agent)
	f.Fuzz(func(t *testing.T, text string) {
		a, ok := learn.ParseAgent(text)
		if ok && (a.Maker == "" || a.Model == "" || strings.ContainsAny(a.Model+a.Firmware, "\n\t\x1b\"")) {
			t.Errorf("%q: %+v", text, a)
		}
	})
}

func TestUserAgent(t *testing.T) {
	for _, test := range []struct{ name, said, want string }{
		{"SIP", "REGISTER sip:x SIP/2.0\r\nVia: SIP/2.0/TLS x\r\nUser-Agent: " + agent + "\r\n\r\n", agent},
		{"HTTP", "GET /y.cfg HTTP/1.1\nuser-agent:" + agent + "\n\n", agent},
		{"blank before the colon", "User-Agent \t: x\r\n", "x"},
		{"folded", "User-Agent: Yealink\r\n  SIP-T28P\r\n\t2.73.0.50\r\n\r\n", agent},
		{"in a later request", "OPTIONS sip:x SIP/2.0\r\n\r\nREGISTER sip:x SIP/2.0\r\nUser-Agent: x\r\n\r\n", "x"},
		{"none", "REGISTER sip:x SIP/2.0\r\n\r\n", ""},
		{"another field", "X-User-Agent: x\r\nUser-Agents: x\r\n", ""},
		{"empty", "User-Agent:\r\n\r\n", ""},
		{"folded without end", "User-Agent: x" + strings.Repeat("\r\n "+strings.Repeat("y", 900), 400), "x " + strings.Repeat("y", 117) + "…"},
	} {
		if got := learn.UserAgent([]byte(test.said)); got != test.want {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}

func FuzzUserAgent(f *testing.F) {
	f.Add([]byte("User-Agent: Yealink\r\n SIP-T28P\r\n\r\n"))
	f.Fuzz(func(t *testing.T, said []byte) {
		if got := learn.UserAgent(said); strings.ContainsAny(got, "\r\n\t\x1b") || len(got) > 1000 {
			t.Errorf("%q", got)
		}
	})
}

// FuzzProfile: a ClientHello and a User-Agent come from strangers. What is made of
// them can be read again.
func FuzzProfile(f *testing.F) {
	f.Add([]byte{22, 3, 1, 0, 4, 1, 0, 0, 0}, agent)
	f.Fuzz(func(t *testing.T, hello []byte, agent string) {
		p, _, err := learn.Profile(learn.Observation{Hello: hello, UserAgent: agent, How: learn.InCapture}, learn.Options{})
		if err != nil {
			return
		}
		text, err := handset.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := handset.Parse("learned.yaml", text); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		learn.Kind(hello)
	})
}

func TestSeeds(t *testing.T) {
	for _, target := range []string{"FuzzParseAgent", "FuzzUserAgent", "FuzzProfile"} {
		if seeds, err := os.ReadDir("testdata/fuzz/" + target); err != nil || len(seeds) == 0 {
			t.Errorf("%s has no seeds", target)
		}
	}
}

// TestAdd: the connections of one phone make one observation.
func TestAdd(t *testing.T) {
	fresh := record(t, nil)
	resumed := record(t, func(h *handshake.ClientHello) {
		h.Extensions = handshake.Extensions{{Type: iana.ExtensionSessionTicket, Data: []byte("a ticket")}}
	})
	byID := record(t, func(h *handshake.ClientHello) { h.SessionID = make([]byte, 32) })
	own := []*certificate.Certificate{issued(t, "Example Root", "phone")}
	var o learn.Observation
	for _, later := range []learn.Observation{
		{Hello: fresh[:30], Host: "half"},
		{At: day.Add(time.Minute), How: learn.Listening, Hello: resumed, Host: "first"},
		{At: day, How: learn.InCapture, UserAgent: agent, Requested: true},
		{At: day.Add(time.Hour), Hello: byID},
		{Hello: fresh, Host: "third", UserAgent: "another", Own: own},
		{Hello: byID, Host: "fourth", Survey: &measure.Table{Phone: "192.0.2.55"}},
		{Web: &learn.Web{Dialect: "api"}, Survey: &measure.Table{Phone: "192.0.2.56"}},
		{},
	} {
		o.Add(later)
	}
	if !slices.Equal(o.Hello, fresh) || o.Host != "third" || o.UserAgent != agent || !o.Requested || len(o.Own) != 1 ||
		!o.At.Equal(day) || o.How != learn.Listening || o.Survey.Phone != "192.0.2.56" || o.Web.Dialect != "api" {
		t.Errorf("%+v", o)
	}
}

func TestFromEvidence(t *testing.T) {
	d := handshake.NewDecoder(nil)
	hello := record(t, nil)
	d.Feed(handshake.ClientToServer, 0, hello)
	transcript := d.Finish()
	transcript.Entries = append(transcript.Entries, handshake.Entry{
		Direction: handshake.ClientToServer, Fields: &handshake.ApplicationData{Plaintext: []byte("REGISTER sip:x SIP/2.0\r\nUser-")},
	}, handshake.Entry{
		Direction: handshake.ServerToClient, Fields: &handshake.ApplicationData{Plaintext: []byte("User-Agent: the server\r\n")},
	}, handshake.Entry{
		Direction: handshake.ClientToServer, Fields: &handshake.ApplicationData{Plaintext: []byte("Agent: " + agent + "\r\n\r\n")},
	})
	o := learn.FromEvidence(diagnosis.Evidence{Transcript: transcript, Outcome: diagnosis.Outcome{ClientCertificateRequested: true}}, day)
	if !slices.Equal(o.Hello, hello) || o.UserAgent != agent || !o.Requested || o.How != learn.InCapture || !o.At.Equal(day) {
		t.Errorf("%+v", o)
	}
	if o := learn.FromEvidence(diagnosis.Evidence{}, day); o.Hello != nil {
		t.Errorf("%+v", o)
	}
}

func TestSurvey(t *testing.T) {
	var table measure.Table
	answers := map[chain.Variant]measure.Answer{
		chain.Good: measure.Accepted, chain.SelfSigned: measure.Refused, chain.UnknownRoot: measure.Refused,
		chain.WrongName: measure.Refused, chain.ECKey: measure.Accepted, chain.SHA512: measure.Refused,
	}
	for _, v := range chain.Variants() {
		if a, ok := answers[v]; ok {
			table.Trials = append(table.Trials, measure.Trial{Variant: v, Answer: a})
		}
	}
	base := load(t, "yealink-t28p")
	p, notes, err := learn.Profile(learn.Observation{At: day, How: learn.Listening, Survey: &table}, learn.Options{Base: base})
	if err != nil {
		t.Fatal(err)
	}
	if p.Settings.OnlyTrusted.InForce.Value != "on" || p.Settings.CNValidation.InForce.Value != "on" || p.Settings.OnlyTrusted.InForce.Because == "" {
		t.Errorf("%+v\n%q", p.Settings, notes)
	}
	keys, hashes := p.Crypto.KeyAlgorithms, p.Crypto.Hashes
	if slices.Contains(base.Crypto.KeyAlgorithms.Value, "EC") == keys.Known() || slices.Contains(base.Crypto.Hashes.Value, "SHA-512") != hashes.Known() {
		t.Errorf("keys %+v\nhashes %+v", keys, hashes)
	}
	for _, f := range []handset.Fact[[]string]{keys, hashes} {
		if f.Known() && (f.Because == "" || f.Basis == finding.Documented) {
			t.Errorf("%+v", f)
		}
	}
	text, err := handset.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := handset.Parse("learned.yaml", text); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
	// Without a base a list of one would deny the others.
	p, notes, err = learn.Profile(learn.Observation{Survey: &table}, learn.Options{})
	if err != nil || p.Crypto.KeyAlgorithms.Known() || !strings.Contains(strings.Join(notes, "\n"), "crypto.key_algorithms has EC") {
		t.Errorf("%v %+v\n%q", err, p, notes)
	}
}

// TestSharedAddress: of two phones behind one address the profile holds what calls
// show that name the first, and no survey.
func TestSharedAddress(t *testing.T) {
	first, second := "Yealink SIP-T28P 2.73.0.50", "Matrix VP710 1.2.3"
	survey := &measure.Table{Trials: []measure.Trial{
		{Variant: chain.Good, Answer: measure.Accepted, Hash: "SHA-256"}, {Variant: chain.ECKey, Answer: measure.Accepted},
	}}
	var o learn.Observation
	for _, call := range []learn.Observation{{Requested: true, Survey: survey}, {UserAgent: first, Survey: survey}, {UserAgent: second, Survey: survey}, {UserAgent: second}} {
		call.How = learn.Listening
		o.Add(call)
	}
	p, notes, err := learn.Profile(o, learn.Options{})
	if err != nil || p.Models.Value[0] != "SIP-T28P" || p.Crypto.KeyAlgorithms.Known() {
		t.Errorf("%+v, %v", p, err)
	}
	all := strings.Join(notes, "\n")
	if !strings.Contains(all, "name Matrix VP710 1.2.3: the profile holds only what those show that name") || strings.Contains(all, "crypto.key_algorithms") || strings.Contains(all, "sent none") {
		t.Error(all)
	}
	for _, same := range []string{first, "Yealink SIP-T28P", "baresip v3.0.0"} {
		o := learn.Observation{UserAgent: first}
		if o.Add(learn.Observation{UserAgent: same}); len(o.Others) > 0 {
			t.Errorf("%s: %q", same, o.Others)
		}
	}
}
