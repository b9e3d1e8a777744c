package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/inspect/rules"
	"github.com/phonecert/phonecert/internal/testca"
)

// ask builds the question that the command line would put.
func ask(t testing.TB, id string, role handset.Role) rules.Question {
	t.Helper()
	p, err := handset.Load(id)
	if err != nil {
		t.Fatal(err)
	}
	return question(p, role)
}

func question(p *handset.Profile, role handset.Role) rules.Question {
	factory := func(s handset.Setting) phone.Choice {
		return phone.Choice{Value: s.Factory.Value, Factory: true, Basis: s.Factory.Basis, Source: s.Factory.Source}
	}
	return rules.Question{Role: role, Phone: &phone.Phone{
		Profile: p, Name: p.ID, Clock: testca.Clock(),
		Settings: phone.Settings{
			OnlyTrusted: factory(p.Settings.OnlyTrusted), CA: factory(p.Settings.CA),
			CNValidation: factory(p.Settings.CNValidation), DeviceCert: factory(p.Settings.DeviceCert),
		},
		Builtin: phone.Builtin{Basis: finding.Assumed, Source: "a test"},
	}}
}

// check reads a file and asks.
func check(name string, data []byte, q rules.Question) []finding.Finding {
	return rules.Check(inspect.Read(name, data, inspect.Options{}), q)
}

// wants compares the codes that decide, "code" for a certain error, "?code"
// for one that leaves the answer open, "~code" for a warning, "-code" for a
// note.
func wants(t *testing.T, got []finding.Finding, want string) {
	t.Helper()
	var codes []string
	for _, f := range got {
		mark := map[finding.Severity]string{finding.Error: "", finding.Warning: "~", finding.Note: "-"}[f.Severity]
		if f.Open() {
			mark = "?"
		}
		if f.Message == "" || f.Fix == "" || f.Source == "" || f.Basis == "" {
			t.Errorf("%s lacks a message, a fix, a basis or a source: %+v", f.Code, f)
		}
		if strings.ContainsAny(f.Fix, "{}") {
			t.Errorf("%s has a fix with a gap in it: %q", f.Code, f.Fix)
		}
		codes = append(codes, mark+f.Code)
	}
	for _, code := range strings.Fields(want) {
		if !slices.Contains(codes, code) {
			t.Errorf("no %s among %q", code, codes)
		}
	}
	if want == "" && len(decisive(codes)) > 0 {
		t.Errorf("wanted nothing, got %q", codes)
	}
}

// decisive leaves the notes out.
func decisive(codes []string) []string {
	return slices.DeleteFunc(codes, func(code string) bool { return strings.HasPrefix(code, "-") })
}

func parsed(t testing.TB, c *testca.Certificate) *certificate.Certificate {
	t.Helper()
	p, err := certificate.Parse(c.Raw)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func join(parts ...[]byte) []byte { return slices.Concat(parts...) }
