package listen

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/handshake/iana"
	"github.com/phonecert/phonecert/inspect/listen"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/listen/measure"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/reporttest"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/internal/testca"
)

var update = flag.Bool("update", false, "write the expected text anew")

// called is a call of a phone that registers or that does not know the issuer.
func called(t testing.TB, registers bool) listen.Connection {
	t.Helper()
	phone, sent := reporttest.T28(t), reporttest.Chain(t)[:2]
	flights := reporttest.Handshake(t, sent)
	c := listen.Connection{
		Number: 1, Scheme: listen.SIPS, Start: testca.Clock(), Duration: 1200 * time.Millisecond, Variant: chain.Good,
		Client: netip.MustParseAddrPort("192.0.2.55:49152"), Server: netip.MustParseAddrPort("192.0.2.10:5061"),
		UserAgent: "Yealink SIP-T28P 2.73.0.50", Hello: flights[0].Records,
		Evidence: diagnosis.Evidence{
			Phone: phone, Sent: sent, Target: diagnosis.Target{Scheme: "sips", Host: "192.0.2.10", Port: 5061},
		},
	}
	if registers {
		c.Evidence.Outcome = diagnosis.Outcome{Ending: diagnosis.Completed, Closer: "client"}
		c.Evidence.SIP = &diagnosis.SIP{Method: "REGISTER", Status: 200, Reason: "OK", Registered: true, Expires: 3600}
		c.Requests = []listen.Request{
			{Method: "REGISTER", About: "alice", Status: 401, Text: "REGISTER of alice: 401 Unauthorized"},
			{Method: "REGISTER", About: "alice", Status: 200, Text: "REGISTER of alice: 200 OK, registered for 3600 seconds"},
		}
		c.Trial = &measure.Trial{Variant: chain.Good, Answer: measure.Accepted, Detail: "it went on"}
	} else {
		alert := handshake.AppendRecords(nil, handshake.ContentAlert, iana.TLS10, []byte{2, 48})
		flights = append(flights[:5], reporttest.Flight{Direction: handshake.ClientToServer, At: 3 * time.Millisecond, Records: alert})
		c.Evidence.Outcome = diagnosis.Outcome{Ending: diagnosis.AlertSent, Alert: iana.AlertUnknownCA, Closer: "client"}
		c.UserAgent = ""
		c.Trial = &measure.Trial{Variant: chain.Good, Answer: measure.Refused, Alert: "unknown_ca", Detail: "it sent unknown_ca after the certificates"}
	}
	c.Evidence.Transcript = reporttest.Transcript(flights)
	for _, e := range c.Evidence.Transcript.Entries {
		if hello, ok := e.Fields.(*handshake.ClientHello); ok {
			c.Evidence.Matches = offer.Find(hello, []*handset.Profile{phone.Profile})
		}
	}
	return c
}

// withOwn gives the phone a certificate of its own.
func withOwn(t testing.TB, c listen.Connection, trusted bool) listen.Connection {
	c.Own = &listen.Own{Chain: reporttest.Chain(t)[:1], Kind: "unique", MAC: "00:00:5e:00:53:01", Trusted: &trusted, Proved: true}
	if !trusted {
		c.Own.Reason, c.Own.Proved = `its issuer "Example Intermediate" is not among them`, false
	}
	c.Evidence.Outcome.ClientCertificateRequested, c.Evidence.Outcome.ClientCertificatesSent = true, 1
	return c
}

func answered(c listen.Connection) *Answer { return NewAnswer(c, diagnosis.Diagnose(c.Evidence)) }

// drawn is what a person sees on a screen of some columns.
func drawn(width int, color bool, a *Answer) string {
	var b strings.Builder
	a.Print(paper.Blank(&b, width, color))
	return b.String()
}

func TestOnATerminal(t *testing.T) {
	for name, c := range map[string]listen.Connection{
		"registers": withOwn(t, called(t, true), true),
		"refused":   withOwn(t, called(t, false), false),
	} {
		a := answered(c)
		for _, width := range []int{60, 100, 160} {
			got := drawn(width, false, a)
			reporttest.Fits(t, width, got)
			sameAsFile(t, fmt.Sprintf("%s-%d.txt", name, width), got)
		}
		for width := 60; width <= 200; width += 7 {
			reporttest.Fits(t, width, drawn(width, false, a))
		}
		if !strings.Contains(drawn(80, true, a), "\x1b[") {
			t.Error("no colour although it is on")
		}
	}
}

// sameAsFile holds a text against the file in testdata, which -update writes.
func sameAsFile(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", path, got)
	}
}

// TestRows: what a pipe gets has the fields that the comment of Rows names.
func TestRows(t *testing.T) {
	a := answered(withOwn(t, called(t, true), true))
	kinds := map[string][]string{}
	for _, row := range a.Rows() {
		if row[1] != "1" {
			t.Errorf("the number of %q", row)
		}
		kinds[row[0]] = row
	}
	for kind, want := range map[string]string{
		"call":       "call|1|sips|Yealink SIP-T28P 2.73.0.50|good|1200|",
		"request":    "request|1|REGISTER|alice|200|REGISTER of alice: 200 OK, registered for 3600 seconds",
		"trial":      "trial|1|good|accepted||it went on|not known",
		"connection": "connection|1|192.0.2.55:49152|192.0.2.10:5061|registers|",
		"match":      "match|1|yealink-t28p|exact|",
		"own":        "own|1|unique|00:00:5e:00:53:01|trusted|proved|O=Example, CN=pbx.example.com",
		"sip":        "sip|1|REGISTER|200|OK",
		"verdict":    "verdict|1|registers|",
	} {
		if got := strings.Join(kinds[kind], "|"); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestJSON holds the contract's fields, and that none of them is null which is
// a list.
func TestJSON(t *testing.T) {
	for _, c := range []listen.Connection{called(t, true), called(t, false), withOwn(t, called(t, true), false), {Evidence: diagnosis.Evidence{Transcript: &handshake.Transcript{}}}} {
		text, err := json.Marshal(answered(c))
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]any
		if err := json.Unmarshal(text, &fields); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"schema_version", "command", "handset", "target", "number", "scheme", "started", "duration_ms", "client", "server",
			"transcript", "negotiated", "trust", "sip", "findings", "verdict", "client_hello", "user_agent", "requests", "client_certificate", "chain", "trial", "limit"} {
			if _, there := fields[name]; !there {
				t.Errorf("no %q in %s", name, text)
			}
		}
		for _, list := range []string{"transcript", "findings", "requests", "matches", "certificates", "inside"} {
			if fields[list] == nil {
				t.Errorf("%q is null", list)
			}
		}
	}
}

// TestCleaned: nothing of what a client sends reaches the terminal as it is.
func TestCleaned(t *testing.T) {
	const evil = "\x1b[2J\x07\u202e\r\nX: y"
	c := withOwn(t, called(t, true), false)
	c.UserAgent, c.Limit = evil, evil
	c.Own.MAC, c.Own.Kind, c.Own.Reason = evil, evil, evil
	c.Requests = []listen.Request{{Method: evil, About: evil, Text: evil}}
	c.Trial.Detail, c.Trial.Alert = evil, evil
	a := answered(c)
	reporttest.Fits(t, 1000, drawn(100, false, a))
	for _, row := range a.Rows() {
		if strings.ContainsAny(strings.Join(row, ""), "\x1b\x07\u202e") {
			t.Errorf("%q", row)
		}
	}
	streams, out, _ := terminal.Test(nil)
	streams.OutTTY = true
	p := NewPrinter(streams, Options{Handset: evil})
	for i := range 2 {
		c.Number = int64(i + 1)
		if err := p.Connection(answered(c)); err != nil {
			t.Fatal(err)
		}
	}
	table := measure.Table{Phone: evil, Trials: []measure.Trial{{Variant: chain.Good, Answer: measure.Refused, Alert: evil, Detail: evil}}}
	if err := p.Surveys([]Survey{{Table: table, Settings: []measure.Setting{{Path: evil, Value: evil, Because: evil}}, Remarks: []string{evil}}}); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\x07\r\u202e") {
		t.Errorf("%q", out)
	}
}

// TestAgain: what went as before is told in two lines, what is new in full.
func TestAgain(t *testing.T) {
	streams, out, _ := terminal.Test(nil)
	streams.OutTTY = true
	p := NewPrinter(streams, Options{})
	for i, registers := range []bool{false, false, true, false} {
		c := called(t, registers)
		c.Client = netip.AddrPortFrom(c.Client.Addr(), uint16(40000+i))
		c.Number, c.Start = int64(i+1), c.Start.Add(time.Duration(i)*time.Minute)
		if err := p.Connection(answered(c)); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	reporttest.Fits(t, 80, text)
	if strings.Count(text, "as number 1") != 2 || strings.Count(text, "ServerHelloDone ─┤") != 2 || !strings.Contains(text, "4 calls of 1 client") {
		t.Errorf("%s", text)
	}
}

// TestSummary of a pipe, and that it does not grow with the number of clients.
func TestSummary(t *testing.T) {
	streams, out, _ := terminal.Test(nil)
	p := NewPrinter(streams, Options{})
	for i, registers := range []bool{true, false} {
		c := called(t, registers)
		c.Client = netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), 1000)
		p.callers.add(answered(c))
	}
	all := newCallers()
	for i := range maxClients + 10 {
		c := listen.Connection{Client: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, byte(i >> 8), byte(i)}), 1000)}
		all.add(&Answer{seen: &c})
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	want := "client\t0\t192.0.2.0\t1\t1\t0\t0\tYealink SIP-T28P 2.73.0.50\t"
	if text := out.String(); !strings.HasPrefix(text, want) || !strings.HasSuffix(text, "total\t0\t2\t1\t1\t0\n") {
		t.Errorf("%q", text)
	}
	if len(all.list) != maxClients || all.total.calls != maxClients+10 || !strings.Contains(all.clients(), "or more") {
		t.Errorf("%d clients", len(all.list))
	}
}

func TestSurvey(t *testing.T) {
	yes, no := true, false
	s := Survey{Of: 10, Table: measure.Table{Phone: "192.0.2.55", Trials: []measure.Trial{
		{Variant: chain.Good, Answer: measure.Accepted, Detail: "it went on", Expected: &yes},
		{Variant: chain.Expired, Answer: measure.Accepted, Detail: "it went on", Expected: &no},
		{Variant: chain.ECKey, Answer: measure.Unreached, Detail: "it offers no cipher suite for the key", Expected: &no},
		{Variant: chain.UnknownRoot, Answer: measure.Refused, Alert: "unknown_ca", Detail: "it sent unknown_ca", Expected: nil},
	}}, Settings: []measure.Setting{{Path: "settings.only_trusted.in_force", Value: "on", Because: "it refuses unknown-root and takes good"}},
		Remarks: []string{"it does not look at the dates"}}
	for _, handset := range []string{"", "yealink-t28p"} {
		streams, out, _ := terminal.Test(nil)
		streams.OutTTY = true
		if err := NewPrinter(streams, Options{Handset: handset}).Surveys([]Survey{s}); err != nil {
			t.Fatal(err)
		}
		reporttest.Fits(t, 80, out.String())
		sameAsFile(t, "survey"+handset+".txt", out.String())
	}
	var text strings.Builder
	paper.Tabbed(&text, s.Rows(1))
	if want := "survey\t1\t192.0.2.55\t4\t10\n"; !strings.HasPrefix(text.String(), want) || !strings.Contains(text.String(), "trial\t1\texpired\taccepted\t\tit went on\trefused\tno\n") {
		t.Errorf("%s", text.String())
	}
	streams, out, _ := terminal.Test(nil)
	if err := NewPrinter(streams, Options{JSON: true}).Surveys(nil); err != nil || !strings.Contains(out.String(), `"survey":[]`) {
		t.Errorf("%v, %s", err, out)
	}
}

// TestStart: what is to be typed into the phone, and what may be in the way.
func TestStart(t *testing.T) {
	s := Start{
		Doors: []Door{
			{Scheme: listen.SIPS, Address: netip.MustParseAddrPort("[::]:5061"), Reach: []string{"192.0.2.10", "2001:db8::10"}},
			{Scheme: listen.HTTPS, Address: netip.MustParseAddrPort("127.0.0.1:8443"), Reach: []string{"127.0.0.1"}},
		},
		Names: []string{"192.0.2.10", "localhost"}, Variants: chain.Variants(), Root: "my ca/root.pem", Handset: "yealink-t28p", Missing: true,
		ClientAuth: listen.RequestClientCert, Until: "it ends after the first call",
	}
	streams, _, stderr := terminal.Test(nil)
	streams.ErrTTY = true
	s.Told(streams)
	reporttest.Fits(t, 80, stderr.String())
	streams, _, stderr = terminal.Test(nil)
	s.Told(streams)
	for _, want := range []string{
		"phonecert: listening at sips:[::]:5061\n", "server 192.0.2.10, port 5061, transport TLS", "server 2001:db8::10,",
		"URL https://127.0.0.1:8443/", "phonecert upload 'my ca/root.pem' --as trusted --phone http://", "10 chains in turn", "--custom 'my ca/root.pem'",
		"reaches 127.0.0.1:8443", "it ends after the first call", "404 to every file", "are asked for their certificate",
	} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("no %q in\n%s", want, stderr)
		}
	}
	streams, _, stderr = terminal.Test(nil)
	(&Start{Doors: s.Doors[:1], Variants: chain.Variants()[:1]}).Told(streams)
	if text := stderr.String(); !strings.Contains(text, "--out DIR") || strings.Contains(text, "phonecert upload") || !strings.Contains(text, "Ctrl-C ends it") {
		t.Errorf("%s", text)
	}
}
