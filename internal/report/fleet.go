package report

import (
	"strings"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/trust"
)

// FleetPhone is the answer for one phone of an inventory.
type FleetPhone struct {
	Header
	// Phone is its address, or the line where it stands.
	Phone   string          `json:"phone"`
	MAC     string          `json:"mac,omitempty"`
	Handset string          `json:"handset"`
	Verdict finding.Verdict `json:"verdict"`
	// Findings are the codes of what decides and of what is worth a warning.
	Findings []string `json:"findings"`

	kind *FleetCase
}

// FleetCase is what phones of one model with the same settings have in common:
// one answer.
type FleetCase struct {
	Handset string `json:"handset"`
	// Settings are those that the answer supposes, in words.
	Settings string            `json:"settings"`
	Verdict  finding.Verdict   `json:"verdict"`
	Phones   int               `json:"phones"`
	Findings []finding.Finding `json:"findings"`
	// Trust is the verdict on the server; nil where the phone is not known.
	Trust *trust.Verdict `json:"trust,omitempty"`

	file  CheckFile
	codes []string
}

// NewFleetCase takes over the answer for a model and its settings.
func NewFleetCase(settings string, c *Check) *FleetCase {
	k := &FleetCase{Handset: c.Handset, Settings: settings, Verdict: c.Verdict, file: c.Files[0]}
	k.Findings, k.Trust = k.file.Findings, k.file.Trust
	k.codes = codesOf(k.Findings)
	return k
}

// UnknownFleetCase stands for phones about which nothing can be said, and why.
func UnknownFleetCase(handset string, why ...finding.Finding) *FleetCase {
	return &FleetCase{Handset: handset, Verdict: finding.Unknown, Findings: why, codes: codesOf(why)}
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

// NewFleetPhone is the answer for a phone, which counts in its case.
func NewFleetPhone(address, mac string, k *FleetCase) FleetPhone {
	k.Phones++
	return FleetPhone{Header: NewHeader("check"), Phone: address, MAC: mac, Handset: k.Handset, Verdict: k.Verdict, Findings: k.codes, kind: k}
}

// why is the first thing that decides, in one sentence.
func (k *FleetCase) why() string {
	if k.Verdict == finding.Accepted {
		return ""
	}
	if why := firstError(CheckFile{Findings: k.Findings}); why != "" {
		return why
	}
	return strings.Join(k.codes, ", ")
}

// FleetSummary is the last JSON object of an answer for many phones.
type FleetSummary struct {
	Header
	Summary FleetTotals `json:"summary"`
}

// FleetTotals are the answer for all phones together.
type FleetTotals struct {
	File    string          `json:"file"`
	Verdict finding.Verdict `json:"verdict"`
	Phones  int             `json:"phones"`
	Keep    int             `json:"keep"`
	Drop    int             `json:"drop"`
	Unknown int             `json:"unknown"`
	// Cases are the distinct answers, with all their findings.
	Cases []*FleetCase `json:"cases"`
	// Inventory is what is wrong with the list itself.
	Inventory []finding.Finding `json:"inventory"`
}

// count adds up the cases.
func (t *FleetTotals) count() {
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
