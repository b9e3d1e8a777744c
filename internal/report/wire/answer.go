// Package wire is the answer about what went over the wire: a connection that
// was made as a handset or found in a capture, and what the handset makes of
// it. It is written as JSON, as rows for a pipe, for people, and as a page.
package wire

import (
	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/inspect/phone"
	"github.com/phonecert/phonecert/internal/report/paper"
)

// Answer is what is told for one target and one handset, or for one capture.
type Answer struct {
	paper.Header
	// Handset is empty when a capture is read without one.
	Handset string `json:"handset"`
	Target  string `json:"target"`
	// Verdict is that of the last connection: a phone that finds one server
	// down goes on to the next.
	Verdict     diagnosis.Verdict `json:"verdict"`
	Settings    []Setting         `json:"settings"`
	Gaps        []Gap             `json:"gaps"`
	Connections []Connection      `json:"connections"`

	title string // the handset with its firmware
}

// Setting is a trust setting in force.
type Setting struct {
	Name string `json:"name"`
	// Value is empty when it is not known.
	Value string `json:"value"`
	// Factory says that nobody chose the value.
	Factory bool `json:"factory"`
	// Supposed says that the rest of the command line implies the value.
	Supposed bool `json:"supposed"`
	// Measured says that a survey found it on the phone.
	Measured bool          `json:"measured,omitempty"`
	Basis    finding.Basis `json:"basis"`
	Source   string        `json:"source"`
}

// Gap is a fact that the profile does not know and what was sent instead.
type Gap struct {
	Fact    string `json:"fact"`
	Sent    string `json:"sent"`
	Because string `json:"because"`
	Decides bool   `json:"decides"`
}

// New begins the answer of a command, "probe" or "trace". The phone is nil when a capture is
// read without one.
func New(command string, p *phone.Phone, target string) *Answer {
	a := &Answer{
		Header: paper.NewHeader(command), Target: target, Verdict: diagnosis.Unknown,
		Settings: settings(p), Gaps: []Gap{}, Connections: []Connection{},
	}
	if p == nil {
		return a
	}
	a.Handset = p.Name
	if p.Profile == nil {
		return a
	}
	if a.Handset == "" {
		a.Handset = p.Profile.ID
	}
	if f := p.Profile.Firmware; f.Known() {
		a.title = f.Value
	}
	return a
}

// Add adds a connection and takes its verdict.
func (a *Answer) Add(c Connection) {
	a.Connections = append(a.Connections, c)
	a.Verdict = c.Verdict
	if len(a.Gaps) == 0 { // every connection begins with the same offer
		a.Gaps = append(a.Gaps, c.gaps...)
	}
}

// settings are the four trust settings by their names on the phone's web page.
func settings(p *phone.Phone) []Setting {
	list := []Setting{}
	if p == nil || p.Profile == nil {
		return list
	}
	add := func(name string, known bool, label string, c phone.Choice) {
		if known && label != "" {
			name = label
		}
		list = append(list, Setting{Name: name, Value: c.Value, Factory: c.Factory, Supposed: c.Supposed, Measured: c.Measured, Basis: c.Basis, Source: c.Source})
	}
	of := p.Profile.Settings
	add("Only Accept Trusted Certificates", of.OnlyTrusted.Label.Known(), of.OnlyTrusted.Label.Value, p.Settings.OnlyTrusted)
	add("CA Certificates", of.CA.Label.Known(), of.CA.Label.Value, p.Settings.CA)
	add("Common Name Validation", of.CNValidation.Label.Known(), of.CNValidation.Label.Value, p.Settings.CNValidation)
	add("Device Certificates", of.DeviceCert.Label.Known(), of.DeviceCert.Label.Value, p.Settings.DeviceCert)
	return list
}
