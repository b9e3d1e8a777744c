package paper

import (
	"cmp"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
)

// Findings writes findings for people, the weightiest first: what decides,
// what is not known, warnings, notes. A fix that mends several stands once.
func (p Sheet) Findings(list []finding.Finding) {
	list = Sorted(list)
	for i, f := range list {
		word, mood := Severity(f)
		p.Line("  ", p.Mood(mood).Render(word), "  ", p.Faint.Render(f.Code))
		if f.Message != "" {
			p.Wrapped("    ", Prose(f.Message))
		}
		if f.Severity != finding.Note {
			p.Wrapped("    ", p.Faint.Render("because  "+string(f.Basis)+": "+Prose(f.Source)))
		}
		if f.Fix != "" && (i+1 == len(list) || list[i+1].Fix != f.Fix) {
			p.fix(Spelled(f.Fix))
		}
		p.Line()
	}
}

// Severity is the word that leads a finding, and its mood.
func Severity(f finding.Finding) (word string, mood Mood) {
	switch {
	case f.Open():
		return "not known", Doubtfully
	case f.Severity == finding.Error:
		return "error", Badly
	case f.Severity == finding.Warning:
		return "warning", Doubtfully
	}
	return "note", Faintly
}

// fix writes what mends it. A command stays on one line, to be copied.
func (p Sheet) fix(fix string) {
	words, command, found := strings.Cut(fix, "phonecert ")
	if words = strings.TrimSpace(words); words != "" {
		p.Wrapped("    ", p.Good.Render("fix")+"  "+words)
	}
	switch {
	case found && words == "":
		p.Line("    ", p.Good.Render("fix"), "  ", p.Strong.Render("phonecert "+command))
	case found:
		p.Line("         ", p.Strong.Render("phonecert "+command))
	}
}

// Sorted puts the weightiest first.
func Sorted(list []finding.Finding) []finding.Finding {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b finding.Finding) int { return cmp.Compare(weight(a), weight(b)) })
	return list
}

func weight(f finding.Finding) int {
	switch {
	case f.Open():
		return 1
	case f.Severity == finding.Error:
		return 0
	case f.Severity == finding.Warning:
		return 2
	}
	return 3
}

// Deciding is the finding on which a verdict hangs: the first that refuses,
// else the first that leaves the answer open; false when there is neither.
func Deciding(list []finding.Finding) (finding.Finding, bool) {
	at := slices.IndexFunc(list, func(f finding.Finding) bool { return f.Severity == finding.Error && !f.Open() })
	if at < 0 {
		at = slices.IndexFunc(list, finding.Finding.Open)
	}
	if at < 0 {
		return finding.Finding{}, false
	}
	return list[at], true
}

// Decisive leaves out the notes, but for the settings that an answer supposes:
// where many answers stand together they would hide what decides.
func Decisive(list []finding.Finding) []finding.Finding {
	return slices.DeleteFunc(slices.Clone(list), func(f finding.Finding) bool {
		return f.Severity == finding.Note && f.Code != "pbx.settings"
	})
}
