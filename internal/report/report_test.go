package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/report"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/internal/testca"
)

// checked is the answer for some files.
func checked(t *testing.T, names ...string) *report.Check {
	t.Helper()
	p, err := handset.Load("yealink-t2xp-2010")
	if err != nil {
		t.Fatal(err)
	}
	q := rules.Question{Phone: &phone.Phone{Profile: p, Name: p.ID, Clock: testca.Clock()}, Role: handset.Trusted}
	c := report.NewCheck(q, len(names))
	for i, name := range names {
		file := inspect.Read(name, testca.Root(t, "Example Root").PEM(), inspect.Options{})
		c.Files[i] = report.NewCheckFile(file, rules.Check(file, q), nil)
	}
	c.Decide(false)
	return c
}

// judged is the answer of a phone about a server.
func judged(t *testing.T) *report.Check {
	t.Helper()
	p, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	choice := func(value string) phone.Choice {
		return phone.Choice{Value: value, Basis: finding.Documented, Source: "a test"}
	}
	q := rules.Question{Role: handset.PBX, Phone: &phone.Phone{Profile: p, Name: p.ID, Clock: testca.Clock(), Settings: phone.Settings{
		OnlyTrusted: choice("on"), CA: choice("custom"), CNValidation: choice("off"), DeviceCert: choice("default"),
	}}}
	root := testca.Root(t, "Example Root")
	file := inspect.Read("chain.pem", append(root.Issue(t, "pbx.example.com", testca.TLS).PEM(), root.PEM()...), inspect.Options{})
	c := report.NewCheck(q, 1)
	findings, verdict := rules.NewBatch(q, 1).Check(0, file)
	c.Files[0] = report.NewCheckFile(file, findings, verdict)
	c.Decide(false)
	return c
}

// screen is what a person would see.
func screen(t *testing.T, color bool, c *report.Check) string {
	t.Helper()
	s, out, _ := terminal.Test(strings.NewReader(""))
	s.OutTTY, s.Color = true, color
	p := report.NewCheckPrinter(s, false, false, 1)
	if err := errors.Join(p.Print(c), p.Close()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestCheckOnATerminal(t *testing.T) {
	text := screen(t, false, checked(t, "root.crt"))
	for _, want := range []string{
		"REFUSED", "error  format.extension", "because  documented: ",
		"    fix  phonecert convert root.crt --for yealink-t2xp-2010 --as trusted -o root.pem\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "\x1b") {
		t.Errorf("colour although it is off: %q", text)
	}
	for line := range strings.Lines(text) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 && !strings.Contains(line, "phonecert ") {
			t.Errorf("%d columns: %q", n, line)
		}
	}
	if colored := screen(t, true, checked(t, "root.crt")); !strings.Contains(colored, "\x1b[") {
		t.Error("no colour although it is on")
	}
}

func TestManyFilesAreATable(t *testing.T) {
	text := screen(t, false, checked(t, "a.pem", "b.pem", "c.crt", "d.pem"))
	if !strings.Contains(text, "│ c.crt") || !strings.Contains(text, "4 files as trusted") {
		t.Errorf("no table:\n%s", text)
	}
	if strings.Count(text, "yealink-t2xp-2010 · trusted") != 1 {
		t.Errorf("only the refused file is told in full:\n%s", text)
	}
}

func TestPipesGetRows(t *testing.T) {
	s, out, _ := terminal.Test(strings.NewReader(""))
	p := report.NewCheckPrinter(s, false, false, 1)
	if err := p.Print(checked(t, "with\ttab.pem", "b.crt")); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if n := strings.Count(line, "\t"); n != 6 {
			t.Errorf("%d tabs in %q", n, line)
		}
	}
}

// TestJSONFields pins the names of the contract: a field may be added here,
// never renamed or taken away.
func TestJSONFields(t *testing.T) {
	for _, c := range []struct {
		value  any
		fields string
	}{
		{report.Check{}, "schema_version command handset role verdict files findings"},
		{report.CheckFile{}, "path size format certificates private_keys findings verdict"},
		{paper.Certificate{}, "subject issuer serial not_before not_after key_algorithm key_bits signature_algorithm sha256 is_ca self_signed"},
		{finding.Finding{}, "code severity message fix basis source"},
		{paper.Failure{}, "schema_version command error hints"},
		{report.Inspect{}, "schema_version command files"},
		{report.Convert{}, "schema_version command outputs remarks"},
	} {
		text, err := json.Marshal(c.value)
		if err != nil {
			t.Fatal(err)
		}
		var object map[string]any
		if err := json.Unmarshal(text, &object); err != nil {
			t.Fatal(err)
		}
		for _, field := range strings.Fields(c.fields) {
			if _, ok := object[field]; !ok {
				t.Errorf("%s has no field %q", reflect.TypeOf(c.value), field)
			}
		}
	}
}

// TestJSONListsAreNeverNull: a program that reads the result need not tell an
// empty list from a missing one.
func TestJSONListsAreNeverNull(t *testing.T) {
	c := checked(t, "root.pem", "b.crt")
	c.Files = append(c.Files, report.UnreadFile("gone.pem", errors.New("gone")))
	c.Decide(false)
	empty := report.NewInspectFile(inspect.Read("x", nil, inspect.Options{}))
	for _, value := range []any{c, empty, report.UnreadInspect("x", errors.New("gone")), report.NewConvert(nil)} {
		var out bytes.Buffer
		if err := paper.JSON(&out, value); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "null") {
			t.Errorf("null in %s", out.String())
		}
	}
}

func TestUnreadLeavesTheAnswerOpen(t *testing.T) {
	c := checked(t, "root.pem")
	c.Files = append(c.Files, report.UnreadFile("gone.pem", errors.New("gone")))
	c.Decide(false)
	if c.Verdict != finding.Unknown || c.Unread == nil {
		t.Errorf("verdict %s, unread %v", c.Verdict, c.Unread)
	}
	if !slices.ContainsFunc(c.Files[1].Findings, func(f finding.Finding) bool { return f.Code == "file.unreadable" }) {
		t.Error("the file's finding is missing")
	}
}

// TestCheckOfAChain shows the path with a mark on each certificate.
func TestCheckOfAChain(t *testing.T) {
	text := screen(t, false, judged(t))
	for _, want := range []string{"chain    ✓ pbx.example.com · sent", "✗ Example Root · sent", "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN (19)", "REFUSED"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}
