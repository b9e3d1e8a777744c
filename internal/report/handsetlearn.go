package report

import (
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// Learned is a profile that was made of what was seen of a phone.
type Learned struct {
	paper.Header
	Handset string `json:"handset"`
	Base    string `json:"base,omitempty"`
	Summary string `json:"summary"`
	// Facts are all of the profile, those of the base among them.
	Facts []handset.FactLine `json:"facts"`
	// Notes say what was left out or did not show.
	Notes []string `json:"notes"`
	// Profile is the text of the profile's file.
	Profile string `json:"profile"`
}

// NewLearned describes a profile that was learned, and its text.
func NewLearned(command string, p *handset.Profile, text []byte, notes []string) Learned {
	return Learned{
		Header: paper.NewHeader(command), Handset: p.ID, Base: p.Base, Summary: p.Summary,
		Facts: handset.Facts(p), Notes: paper.Listed(notes), Profile: string(text),
	}
}
