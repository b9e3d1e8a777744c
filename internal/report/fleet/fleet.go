// Package fleet is the answer for the phones of an inventory: one for each, and
// what they have in common.
package fleet

import (
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/trust"
	"github.com/phonecert/phonecert/internal/report"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// Phone is the answer for one phone of an inventory.
type Phone struct {
	paper.Header
	// Phone is its address, or the line where it stands.
	Phone   string          `json:"phone"`
	MAC     string          `json:"mac,omitempty"`
	Handset string          `json:"handset"`
	Verdict finding.Verdict `json:"verdict"`
	// Findings are the codes of what decides and of what is worth a warning.
	Findings []string `json:"findings"`

	kind *Case
}

// Case is what phones of one model with the same settings have in common:
// one answer.
type Case struct {
	Handset string `json:"handset"`
	// Settings are those that the answer supposes, in words.
	Settings string            `json:"settings"`
	Verdict  finding.Verdict   `json:"verdict"`
	Phones   int               `json:"phones"`
	Findings []finding.Finding `json:"findings"`
	// Trust is the verdict on the server; nil where the phone is not known.
	Trust *trust.Verdict `json:"trust,omitempty"`

	file  report.CheckFile
	codes []string
}

// NewCase takes over the answer for a model and its settings.
func NewCase(settings string, c *report.Check) *Case {
	k := &Case{Handset: c.Handset, Settings: settings, Verdict: c.Verdict, file: c.Files[0]}
	k.Findings, k.Trust = k.file.Findings, k.file.Trust
	k.codes = codesOf(k.Findings)
	return k
}

// UnknownCase stands for phones about which nothing can be said, and why.
func UnknownCase(handset string, why ...finding.Finding) *Case {
	return &Case{Handset: handset, Verdict: finding.Unknown, Findings: why, codes: codesOf(why)}
}

func codesOf(list []finding.Finding) []string {
	codes := []string{}
	for _, f := range list {
		if f.Severity != finding.Note {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

// NewPhone is the answer for a phone, which counts in its case.
func NewPhone(address, mac string, k *Case) Phone {
	k.Phones++
	return Phone{Header: paper.NewHeader("check"), Phone: address, MAC: mac, Handset: k.Handset, Verdict: k.Verdict, Findings: k.codes, kind: k}
}

// why is the first thing that decides, in one sentence.
func (k *Case) why() string {
	if k.Verdict == finding.Accepted {
		return ""
	}
	if why, found := paper.Deciding(k.Findings); found && why.Message != "" {
		return why.Message
	}
	return strings.Join(k.codes, ", ")
}

// Summary is the last JSON object of an answer for many phones.
type Summary struct {
	paper.Header
	Summary Totals `json:"summary"`
}

// Totals are the answer for all phones together.
type Totals struct {
	File    string          `json:"file"`
	Verdict finding.Verdict `json:"verdict"`
	Phones  int             `json:"phones"`
	Keep    int             `json:"keep"`
	Drop    int             `json:"drop"`
	Unknown int             `json:"unknown"`
	// Cases are the distinct answers, with all their findings.
	Cases []*Case `json:"cases"`
	// Inventory is what is wrong with the list itself.
	Inventory []finding.Finding `json:"inventory"`
}

// count adds up the cases.
func (t *Totals) count() {
	t.Verdict = finding.Accepted
	for _, k := range t.Cases {
		t.Phones += k.Phones
		t.Verdict = finding.Worst(t.Verdict, k.Verdict)
		switch k.Verdict {
		case finding.Accepted:
			t.Keep += k.Phones
		case finding.Rejected:
			t.Drop += k.Phones
		default:
			t.Unknown += k.Phones
		}
	}
}
