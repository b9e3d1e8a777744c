package finding

import "testing"

func TestDecide(t *testing.T) {
	certain := Finding{Severity: Error, Basis: Derived}
	open := Finding{Severity: Error, Basis: Assumed}
	warning := Finding{Severity: Warning, Basis: Documented}
	doubt := Finding{Severity: Warning, Basis: Assumed}
	note := Finding{Severity: Note, Basis: Documented}
	for _, c := range []struct {
		name     string
		findings []Finding
		strict   bool
		want     Verdict
	}{
		{"nothing", nil, true, Accepted},
		{"certain", []Finding{open, certain}, false, Rejected},
		{"open", []Finding{note, open, warning}, false, Unknown},
		{"warning", []Finding{warning}, false, Accepted},
		{"warning, strict", []Finding{warning}, true, Rejected},
		{"assumed warning, strict", []Finding{doubt}, true, Unknown},
		{"note, strict", []Finding{note}, true, Accepted},
	} {
		if got := Decide(c.findings, c.strict); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if !open.Open() || certain.Open() || doubt.Open() {
		t.Error("open is an error that is only assumed")
	}
}

func TestWorst(t *testing.T) {
	for _, c := range [][3]Verdict{
		{Accepted, Accepted, Accepted}, {Accepted, Unknown, Unknown}, {Unknown, Rejected, Rejected}, {Rejected, Accepted, Rejected},
	} {
		if got := Worst(c[0], c[1]); got != c[2] {
			t.Errorf("worst of %s and %s is %s", c[0], c[1], got)
		}
	}
}
