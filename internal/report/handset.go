package report

import (
	"fmt"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
)

// HandsetList is the list of profiles.
type HandsetList struct {
	paper.Header
	Handsets []HandsetLine `json:"handsets"`
}

// HandsetLine is one profile in the list.
type HandsetLine struct {
	ID       string   `json:"id"`
	Brand    string   `json:"brand"`
	Models   []string `json:"models"`
	Firmware string   `json:"firmware"`
	Summary  string   `json:"summary"`
	NotKnown int      `json:"facts_not_known"`
}

// NewHandsetLine describes a profile in one line.
func NewHandsetLine(p *handset.Profile) HandsetLine {
	l := HandsetLine{
		ID: p.ID, Brand: p.Brand.Value, Models: p.Models.Value, Firmware: p.Firmware.Value, Summary: p.Summary,
	}
	if !p.Firmware.Known() {
		l.Firmware = "not known"
	}
	for _, f := range handset.Facts(p) {
		if !f.Known {
			l.NotKnown++
		}
	}
	return l
}

// PrintHandsetList writes the list as a table, as rows or as JSON.
func PrintHandsetList(s *terminal.Streams, asJSON bool, list HandsetList) error {
	if asJSON {
		return paper.JSON(s.Out, list)
	}
	var rows [][]string
	for _, h := range list.Handsets {
		rows = append(rows, []string{h.ID, h.Brand, strings.Join(h.Models, ", "), h.Firmware, fmt.Sprint(h.NotKnown)})
	}
	return paper.Table(s, []string{"id", "brand", "models", "firmware", "facts not known"}, rows)
}

// Handset is a profile with all its facts.
type Handset struct {
	paper.Header
	ID      string             `json:"id"`
	Base    string             `json:"base,omitempty"`
	Summary string             `json:"summary"`
	Facts   []handset.FactLine `json:"facts"`
	// Simulated says what a simulated phone of this kind invents.
	Simulated string `json:"simulated"`
}

// NewHandset describes a profile.
func NewHandset(command string, p *handset.Profile) Handset {
	return Handset{Header: paper.NewHeader(command), ID: p.ID, Base: p.Base, Summary: p.Summary, Facts: handset.Facts(p), Simulated: simulated(p)}
}

// simulated says what nobody has published, and what stands in its place.
func simulated(p *handset.Profile) string {
	command := "phonecert simulate phone --handset " + p.ID
	if !p.Web.Dialects.Known() {
		command += " --dialect NAME"
	}
	return "the requests that upload and delete certificates are published for no dialect: " + command + " invents them and says so on its pages (docs/simulate.md), and upload reads them from the page of the phone"
}

// PrintHandset writes the facts of a profile.
func PrintHandset(s *terminal.Streams, asJSON bool, h Handset) error {
	if asJSON {
		return paper.JSON(s.Out, h)
	}
	if !s.OutTTY {
		var rows [][]string
		for _, f := range h.Facts {
			rows = append(rows, []string{f.Path, f.Label, f.Value, string(f.Basis), f.Source, f.Because})
		}
		rows = append(rows, []string{"simulated", "simulation", h.Simulated})
		return paper.Tabbed(s.Out, rows)
	}
	p := paper.NewSheet(s)
	p.Line("  ", p.Strong.Render(h.ID), "  ", p.Faint.Render(h.Summary))
	group := ""
	for _, f := range h.Facts {
		if g, _, nested := strings.Cut(f.Path, "."); nested && g != group {
			group = g
			p.Line()
		}
		fact(p, f)
	}
	p.Line()
	p.Wrapped("  ", p.Strong.Render("simulation")+": "+h.Simulated)
	return nil
}

// fact writes one fact and, below it, what it rests on.
func fact(p paper.Sheet, f handset.FactLine) {
	value := f.Value
	if !f.Known {
		value = p.Doubt.Render("not known")
	}
	p.Wrapped("  ", p.Strong.Render(f.Label)+": "+value)
	p.Wrapped("      ", p.Faint.Render(ground(f)))
}

// ground is what a fact rests on.
func ground(f handset.FactLine) string {
	text := string(f.Basis) + ": " + f.Source
	if f.Because != "" {
		text += " (" + f.Because + ")"
	}
	return text
}

// Roots are the trusted certificates inside a handset.
type Roots struct {
	paper.Header
	Handset      string               `json:"handset"`
	Known        bool                 `json:"known"`
	Basis        finding.Basis        `json:"basis"`
	Source       string               `json:"source"`
	Certificates []InspectCertificate `json:"certificates"`
}

// NewRoots describes the list.
func NewRoots(command string, p *handset.Profile, list phone.Builtin) Roots {
	r := Roots{
		Header: paper.NewHeader(command), Handset: p.ID, Known: list.Listed, Basis: list.Basis, Source: list.Source,
		Certificates: []InspectCertificate{},
	}
	for _, c := range list.Certificates {
		r.Certificates = append(r.Certificates, newInspectCertificate(c))
	}
	return r
}

// PrintRoots writes the list as a table, as PEM or as JSON, and to standard
// error how firmly it is known.
func PrintRoots(s *terminal.Streams, asJSON, asPEM bool, r Roots) error {
	if asJSON {
		return paper.JSON(s.Out, r)
	}
	if asPEM {
		return InspectPEM(s, InspectFile{Certificates: r.Certificates})
	}
	switch {
	case !r.Known:
		paper.Note(s, fmt.Sprintf("the built-in certificates of %s are not known: %s", r.Handset, r.Source))
		return nil
	case len(r.Certificates) == 0:
		paper.Note(s, fmt.Sprintf("%s has no built-in certificates (%s: %s)", r.Handset, r.Basis, r.Source))
		return nil
	}
	paper.Note(s, fmt.Sprintf("%d certificates, %s: %s", len(r.Certificates), r.Basis, r.Source))
	var rows [][]string
	for _, c := range r.Certificates {
		rows = append(rows, []string{
			c.Subject, c.SignatureAlgorithm, fmt.Sprintf("%s %d", c.KeyAlgorithm, c.KeyBits),
			c.NotAfter.Format("2006-01-02"), c.SHA256,
		})
	}
	return paper.Table(s, []string{"subject", "signature", "key", "valid until", "SHA-256"}, rows)
}
