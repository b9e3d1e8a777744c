package fleet_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/report"
	"github.com/phonecert/phonecert/internal/report/fleet"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/internal/testca"
)

// judged is the answer of a phone about a server, as the command makes it.
func judged(t *testing.T, only string) *report.Check {
	t.Helper()
	p, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	set := func(value string) phone.Choice {
		return phone.Choice{Value: value, Basis: finding.Documented, Source: "a test"}
	}
	q := rules.Question{Role: handset.PBX, Phone: &phone.Phone{Profile: p, Name: p.ID, Clock: testca.Clock(), Settings: phone.Settings{
		OnlyTrusted: set(only), CA: set("custom"), CNValidation: set("off"), DeviceCert: set("default"),
	}}}
	root := testca.Root(t, "Example Root")
	file := inspect.Read("chain.pem", append(root.Issue(t, "pbx.example.com", testca.TLS).PEM(), root.PEM()...), inspect.Options{})
	batch := rules.NewBatch(q, 1)
	findings, verdict := batch.Check(0, file)
	c := report.NewCheck(q, 1)
	c.Files[0] = report.NewCheckFile(file, findings, verdict)
	c.Decide(false)
	return c
}

// printed is what is written about an inventory of three phones and a line that is none.
func printed(t *testing.T, tty, asJSON bool) string {
	t.Helper()
	s, out, _ := terminal.Test(strings.NewReader(""))
	s.OutTTY = tty
	p := fleet.NewPrinter(s, asJSON, false)
	drop, keep := fleet.NewCase("all as from the factory", judged(t, "on")), fleet.NewCase("", judged(t, "off"))
	again := fleet.NewCase("otherwise", judged(t, "on"))
	unknown := fleet.UnknownCase("not given", finding.Finding{Code: "inventory.no-handset", Severity: finding.Error, Message: "whose phone is this", Fix: "tell", Basis: finding.Assumed, Source: "a test"})
	cases := []*fleet.Case{drop, keep, again, unknown}
	for i, k := range cases {
		if err := p.Phone(fleet.NewPhone([]string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "line 5"}[i], "", k)); err != nil {
			t.Fatal(err)
		}
	}
	verdict, err := p.Close(fleet.Totals{File: "chain.pem", Cases: cases})
	if err != nil || verdict != finding.Rejected {
		t.Errorf("%s, %v", verdict, err)
	}
	return out.String()
}

func TestFleetOnATerminal(t *testing.T) {
	text := printed(t, true, false)
	for _, want := range []string{
		"│ yealink-t28p │ DROPS OFF │ 2      │ trust.unknown-ca", "│ yealink-t28p │ KEEPS     │ 1 ", "│ not given    │ NOT KNOWN │ 1 ",
		"✗ Example Root", "error  trust.unknown-ca", "DROPS OFF  of 4 phones 2 would drop off, 1 keep, 1 not known",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "192.0.2.1") {
		t.Errorf("a terminal shows cases, not phones:\n%s", text)
	}
}

func TestFleetInAPipe(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(printed(t, false, false)), "\n")
	if len(rows) != 4 || !strings.HasPrefix(rows[0], "192.0.2.1\tyealink-t28p\trejected\ttrust.unknown-ca\tthe phone does not know") || rows[1] != "192.0.2.2\tyealink-t28p\taccepted\t\t" {
		t.Errorf("%q", rows)
	}
}

func TestFleetInJSON(t *testing.T) {
	d := json.NewDecoder(bytes.NewReader([]byte(printed(t, false, true))))
	var phones int
	for d.More() {
		var object struct {
			SchemaVersion int    `json:"schema_version"`
			Command       string `json:"command"`
			Phone         string
			Findings      []string
			Summary       *fleet.Totals
		}
		if err := d.Decode(&object); err != nil || object.SchemaVersion != 1 || object.Command != "check" {
			t.Fatal(object, err)
		}
		switch s := object.Summary; {
		case s == nil:
			phones++
		case s.Phones != 4 || s.Drop != 2 || s.Keep != 1 || s.Unknown != 1 || len(s.Cases) != 4 || s.Cases[0].Trust == nil || s.Inventory == nil:
			t.Errorf("%+v", s)
		}
	}
	if phones != 4 {
		t.Errorf("%d phones", phones)
	}
}
