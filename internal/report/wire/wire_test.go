package wire

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/phonecert/phonecert/handset/offer"
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/handshake"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/report/reporttest"
	"github.com/phonecert/phonecert/internal/report/wire/ladder"
	"github.com/phonecert/phonecert/internal/terminal"
)

var update = flag.Bool("update", false, "write the expected text anew")

// answer is that of a probe whose server is trusted or not.
func answer(t testing.TB, trusted bool) *Answer {
	t.Helper()
	p, e, d := reporttest.Probed(t, trusted)
	w := New("probe", p, e.Target.Text)
	w.Add(NewConnection(e, d))
	return w
}

// drawn is what a person sees on a screen of some columns.
func drawn(width int, color bool, answer *Answer) string {
	var b strings.Builder
	answer.Print(paper.Blank(&b, width, color))
	return b.String()
}

func TestWireOnATerminal(t *testing.T) {
	for _, trusted := range []bool{false, true} {
		a, name := answer(t, trusted), "refused"
		if trusted {
			name = "registers"
		}
		for _, width := range []int{60, 80, 120} {
			got := drawn(width, false, a)
			reporttest.Fits(t, width, got)
			path := filepath.Join("testdata", fmt.Sprintf("%s-%d.txt", name, width))
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
		for width := 60; width <= 200; width++ {
			reporttest.Fits(t, width, drawn(width, false, a))
		}
		if colored := drawn(80, true, a); !strings.Contains(colored, "\x1b[") {
			t.Error("no colour although it is on")
		}
	}
}

// TestThePhoneHangsUp: where the tool goes on and the phone would not, its alert
// stands in the place of step ⑤ and the rest is dotted.
func TestThePhoneHangsUp(t *testing.T) {
	a := answer(t, false)
	list := a.Connections[0].picture().Rungs()
	at := slices.IndexFunc(list, func(r ladder.Rung) bool { return r.Label == "Alert" })
	if at != 5 || list[at].Step != 5 || !list[at].Ends || !strings.Contains(list[at].Detail, "unknown_ca") {
		t.Fatalf("alert at %d: %+v", at, list)
	}
	for i, r := range list {
		if (r.Mood == paper.Faintly) != (i > at) {
			t.Errorf("rung %d, %s, is drawn %d", i, r.Label, r.Mood)
		}
	}
	if index := a.Connections[0].HangsUpAt; index == nil || *index != 5 {
		t.Errorf("hangs up at %v", index)
	}
	a.Connections[0].Live = false // in a capture the phone was there itself
	for _, r := range a.Connections[0].picture().Rungs() {
		if r.Label == "Alert" || r.Mood != paper.Plainly {
			t.Errorf("a capture shows %+v", r)
		}
	}
	open := answer(t, true).Connections[0]
	open.Trust.Connects = nil
	if text := fmt.Sprint(open.picture().Rungs()); !strings.Contains(text, "? the phone may hang up here") {
		t.Errorf("nothing is told of the doubt: %s", text)
	}
}

// TestTheSentenceStandsOnce: the finding that decides is not told twice.
func TestTheSentenceStandsOnce(t *testing.T) {
	a := answer(t, false)
	c := &a.Connections[0]
	c.Sentence = c.Findings[0].Message
	for _, text := range []string{drawn(200, false, a), pageOf(t, a)} {
		text = strings.ReplaceAll(text, "&#34;", `"`)
		if !strings.Contains(text, "trust.unknown-ca") || strings.Count(text, c.Sentence) != 2 { // the verdict's and the chain's
			t.Errorf("%d times in\n%s", strings.Count(text, c.Sentence), text)
		}
	}
}

func TestWireWithoutAHandshake(t *testing.T) {
	e := diagnosis.Evidence{
		Phone: reporttest.T28(t), Live: true, Target: diagnosis.Target{Host: "pbx.example.com", Port: 5061},
		Lookup: &diagnosis.Lookup{Error: "no such host"}, Dial: &diagnosis.Dial{Result: diagnosis.TimedOut, Error: "i/o timeout"},
		Transcript: handshake.Decode(nil, []byte("SIP/2.0 400 Bad\x1b[31m\r\n\r\n")), Outcome: diagnosis.Outcome{Ending: diagnosis.NotTLS},
		Lost: []diagnosis.Lost{{Kind: "segment-lost", Bytes: 1460}, {Kind: "began-mid-stream", Direction: handshake.ServerToClient}},
	}
	w := New("probe", e.Phone, "pbx.example.com")
	w.Add(NewConnection(e, diagnosis.Diagnosis{}))
	text := drawn(80, false, w)
	reporttest.Fits(t, 80, text)
	for _, want := range []string{"NOT KNOWN", "no such host", "timeout", "the server speaks SIP", "lacks 1,460 B", "begins in the middle"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	reporttest.Fits(t, 60, drawn(60, false, New("trace", nil, "x.pcap")))
}

// TestHostileText: nothing from the network reaches a screen or a pipe as it
// is.
func TestHostileText(t *testing.T) {
	evil := "\x1b[2J\x9b31m\u202Egnp.exe\x00\r\nREGISTERS\t\xff" + strings.Repeat("家", 5000)
	_, e, _ := reporttest.Probed(t, false)
	e.SIP = &diagnosis.SIP{Method: "OPTIONS", Status: 200, Reason: evil, Server: evil, Allow: []string{evil}, Realm: evil, Challenged: true, Error: evil}
	e.HTTP = &diagnosis.HTTP{Path: evil, Status: 200, Reason: evil, Type: evil, Server: evil, Looks: evil}
	e.Lookup = &diagnosis.Lookup{Records: []diagnosis.Record{{Type: evil, Name: evil, Value: evil, Note: evil}}, Error: evil}
	e.Dial.Error, e.Outcome = evil, diagnosis.Outcome{Ending: diagnosis.Closed, Detail: evil}
	e.Transcript.Foreign = []handshake.Foreign{{Protocol: evil, FirstLine: evil}}
	e.Transcript.Entries[0].Problems = []handshake.Problem{{Reason: evil}}
	e.Transcript.Entries[1].Name = evil
	e.Sent[0].Subject.CommonName = evil
	e.Trust.Reason, e.Trust.Alert, e.Trust.Name.Wanted, e.Trust.Name.Presented = evil, evil, evil, []string{evil}
	e.Trust.Path = append(e.Trust.Path, trust.Step{Subject: evil, Source: "sent"})
	w := New("probe", e.Phone, evil)
	w.Settings[0].Name, w.Gaps = evil, []Gap{{Fact: evil, Sent: evil}}
	c := NewConnection(e, diagnosis.Diagnosis{
		Sentence: evil, ServerLog: evil, Remedies: []diagnosis.Remedy{{Program: evil, File: evil, Lines: []string{"x"}, Note: evil}},
		Findings: []finding.Finding{{Code: "x.y", Severity: finding.Error, Message: evil, Fix: "mend it", Source: evil}},
	})
	c.Client, c.Server, c.SIP.Status = evil, evil, 200
	w.Add(c)
	for _, width := range []int{60, 80, 200} {
		reporttest.Fits(t, width, drawn(width, false, w))
	}
	for _, row := range w.Rows() {
		for _, field := range row {
			if !utf8.ValidString(field) || strings.ContainsAny(field, "\x1b\x00\t\n\r\u202e\u009b") {
				t.Errorf("%q in a row for a pipe", field)
			}
		}
	}
}

func TestWireInAPipe(t *testing.T) {
	s, out, _ := terminal.Test(strings.NewReader(""))
	a := answer(t, false)
	if err := NewPrinter(s, false, false).Print(a); err != nil {
		t.Fatal(err)
	}
	fields := map[string]int{
		"setting": 5, "connection": 11, "lookup": 6, "dial": 6, "message": 9, "outcome": 5, "negotiated": 4, "certificate": 8,
		"hangup": 4, "trust": 6, "name": 5, "sip": 7, "finding": 6, "remedy": 5, "verdict": 5,
	}
	seen := map[string]int{}
	for l := range strings.Lines(out.String()) {
		row := strings.Split(strings.TrimSuffix(l, "\n"), "\t")
		seen[row[0]]++
		if fields[row[0]] != len(row) {
			t.Errorf("%d fields in %q", len(row), l)
		}
		if row[0] == "message" && row[5] == "ServerHello" && (row[8] != "②" || row[3] != "1200" || row[4] != "server_to_client") {
			t.Errorf("got %q", row)
		}
	}
	if seen["message"] != len(a.Connections[0].Transcript) || seen["verdict"] != 1 || len(seen) != len(fields) {
		t.Errorf("rows %v", seen)
	}
}

// TestWireJSONFields pins the names of the contract.
func TestWireJSONFields(t *testing.T) {
	for _, c := range []struct {
		value  any
		fields string
	}{
		{answer(t, false), "schema_version command handset target connections"},
		{answer(t, false).Connections[0], "client server transcript negotiated trust sip findings verdict"},
		{answer(t, false).Connections[0].Transcript[0], "index time_offset_us direction content_type name length encrypted fields"},
		{answer(t, false).Connections[0].Negotiated, "version cipher_suite cipher_suite_id key_exchange"},
		{answer(t, false).Connections[0].Trust, "trusted code error_number alert path reason"},
		{answer(t, false).Connections[0].SIP, "method status reason duration_us"},
	} {
		object := object(t, c.value)
		for _, field := range strings.Fields(c.fields) {
			if _, found := object[field]; !found {
				t.Errorf("%s has no field %q", reflect.TypeOf(c.value), field)
			}
		}
	}
	empty := object(t, NewConnection(diagnosis.Evidence{Trust: &trust.Verdict{}, Lookup: &diagnosis.Lookup{}, Survey: &diagnosis.Survey{}, Matches: []offer.Match{{}}}, diagnosis.Diagnosis{}))
	for _, path := range nulls("", empty) {
		if !slices.Contains(strings.Fields(".negotiated .sip .http .dial .handshake_us .hangs_up_at .trust.trusted .trust.connects .trust.name.matches"), path) {
			t.Errorf("%s is null", path)
		}
	}
	if nothing := object(t, NewConnection(diagnosis.Evidence{}, diagnosis.Diagnosis{})); nothing["trust"] != nil || nothing["verdict"] != "unknown" {
		t.Errorf("got %v", nothing)
	}
}

// nulls are the places in a JSON value that are null.
func nulls(path string, value any) []string {
	var list []string
	switch v := value.(type) {
	case nil:
		list = append(list, path)
	case map[string]any:
		for name, inner := range v {
			list = append(list, nulls(path+"."+name, inner)...)
		}
	case []any:
		for _, inner := range v {
			list = append(list, nulls(path, inner)...)
		}
	}
	return list
}

func object(t *testing.T, value any) map[string]any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	return object
}
