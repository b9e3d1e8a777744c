package phone_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/certificate"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/internal/testca"
)

// set is a choice made on the command line.
func set(value string) phone.Choice {
	return phone.Choice{Value: value, Basis: finding.Documented, Source: "a test"}
}

// unsure is a value that is not known.
func unsure() phone.Choice {
	return phone.Choice{Factory: true, Basis: finding.Assumed, Source: "a test"}
}

// desk puts a handset on the desk as it leaves the factory.
func desk(t testing.TB, id string) *phone.Phone {
	t.Helper()
	p, err := handset.Load(id)
	if err != nil {
		t.Fatal(err)
	}
	factory := func(s handset.Setting) phone.Choice {
		if !s.Factory.Known() {
			return phone.Choice{Factory: true, Basis: finding.Assumed, Source: s.Factory.NotKnown}
		}
		return phone.Choice{Value: s.Factory.Value, Factory: true, Basis: s.Factory.Basis, Source: s.Factory.Source}
	}
	return &phone.Phone{
		Profile: p, Name: id, Clock: testca.Clock(), Builtin: builtin(t, p),
		Settings: phone.Settings{
			OnlyTrusted: factory(p.Settings.OnlyTrusted), CA: factory(p.Settings.CA),
			CNValidation: factory(p.Settings.CNValidation), DeviceCert: factory(p.Settings.DeviceCert),
		},
	}
}

// builtin is the profile's list as the command line reads it.
func builtin(t testing.TB, p *handset.Profile) phone.Builtin {
	name := p.Builtin.RootList
	if !name.Known() {
		return phone.Builtin{Basis: finding.Assumed, Source: name.NotKnown}
	}
	roots, err := handset.Roots(name.Value)
	if err != nil {
		t.Fatal(err)
	}
	b := phone.Builtin{Listed: true, Basis: name.Basis, Source: name.Source}
	for _, root := range roots {
		c, err := certificate.Parse(root.DER())
		if err != nil {
			t.Fatal(err)
		}
		b.Certificates = append(b.Certificates, c)
	}
	return b
}

func parsed(t testing.TB, certs ...*testca.Certificate) []*certificate.Certificate {
	t.Helper()
	var list []*certificate.Certificate
	for _, c := range certs {
		p, err := certificate.Parse(c.Raw)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// ask judges and explains, and holds what must be so in every case: whole
// findings, and an answer that agrees with the verdict.
func ask(t *testing.T, p *phone.Phone, s phone.Server) []finding.Finding {
	t.Helper()
	v := p.Judge(s)
	found := p.Explain(s, v)
	want := finding.Unknown
	if v.Connects != nil {
		want = map[bool]finding.Verdict{true: finding.Accepted, false: finding.Rejected}[*v.Connects]
	}
	if got := finding.Decide(found, false); got != want {
		t.Errorf("the findings say %s, the verdict %s (%s): %+v", got, want, v.Reason, found)
	}
	seen := map[string]bool{}
	for _, f := range found {
		if f.Message == "" || f.Fix == "" || f.Source == "" || f.Basis == "" || strings.ContainsAny(f.Fix, "{}") || strings.Contains(f.Message, "%!") {
			t.Errorf("half a finding: %+v", f)
		}
		if f.Open() && !strings.Contains(f.Message, "probably") && !strings.Contains(f.Message, "whether") && !strings.Contains(f.Message, "do not agree") {
			t.Errorf("%s is open and does not say so: %q", f.Code, f.Message)
		}
		if seen[f.Code] {
			t.Errorf("%s is told twice", f.Code)
		}
		seen[f.Code] = true
	}
	return found
}

// wants compares the codes: "code" for a certain error, "?code" for one that
// leaves the answer open, "~code" for a warning, "-code" for a note.
func wants(t *testing.T, got []finding.Finding, want string) {
	t.Helper()
	var codes []string
	for _, f := range got {
		mark := map[finding.Severity]string{finding.Error: "", finding.Warning: "~", finding.Note: "-"}[f.Severity]
		if f.Open() {
			mark = "?"
		}
		codes = append(codes, mark+f.Code)
	}
	if wanted := strings.Fields(want); !slices.Equal(codes, wanted) {
		t.Errorf("got %q, want %q: %+v", codes, wanted, got)
	}
}

// holds finds the finding of a code and asks for words in its message and fix.
func holds(t *testing.T, got []finding.Finding, code string, words ...string) {
	t.Helper()
	for _, f := range got {
		if f.Code != code {
			continue
		}
		for _, w := range words {
			if !strings.Contains(f.Message+"\n"+f.Fix, w) {
				t.Errorf("%s lacks %q: %s\nfix: %s", code, w, f.Message, f.Fix)
			}
		}
		return
	}
	t.Errorf("no %s: %+v", code, got)
}
