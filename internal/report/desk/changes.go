package desk

import (
	"time"

	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/upload"
)

// Deleted is what became of certificates that were to go.
type Deleted struct {
	Phone
	DryRun       bool      `json:"dry_run,omitempty"`
	Certificates []Removal `json:"certificates"`
}

// Removal is one of them: deleted, still-there, or planned.
type Removal struct {
	Role string `json:"role"`
	Line
	Result string `json:"result"`
	Text   string `json:"text,omitempty"`
}

// Add adds one that was deleted, or was not.
func (d *Deleted) Add(role string, c upload.Discarded, now time.Time) {
	r := Removal{Role: role, Line: newLine(c.Certificate, now), Text: c.Text, Result: "still-there"}
	switch {
	case d.DryRun:
		r.Result = "planned"
	case c.Gone:
		r.Result = "deleted"
	}
	d.Certificates = append(d.Certificates, r)
}

// Delete writes the answer.
func Delete(s *terminal.Streams, asJSON, quiet bool, d Deleted) error {
	d.Certificates = paper.Listed(d.Certificates)
	var rows [][]string
	for _, r := range d.Certificates {
		rows = append(rows, []string{r.Result, r.Role, r.IssuedTo, r.IssuedBy, r.Expiration, r.Text})
	}
	return print(s, asJSON, quiet, d, rows, func(sheet paper.Sheet) {
		d.head(sheet)
		if len(d.Certificates) == 0 {
			sheet.Line("  nothing on the phone is meant; nothing was changed")
		}
		for _, r := range d.Certificates {
			style := sheet.Good
			if r.Result == "still-there" {
				style = sheet.Bad
			}
			sheet.Line("  ", style.Render(r.Result), "  ", paper.Clean(r.IssuedTo), sheet.Faint.Render(", expires "+paper.Clean(r.Expiration)))
			if r.Text != "" {
				sheet.Line("    ", sheet.Faint.Render("the phone: "+paper.Prose(r.Text)))
			}
		}
		d.foot(sheet)
	})
}

// Adjusted is what became of settings.
type Adjusted struct {
	Phone
	Changes []Setting `json:"changes"`
	// RebootNeeded says that the page asks for a restart, or that settings were
	// written, which take effect after one.
	RebootNeeded bool `json:"reboot_needed"`
	Rebooted     bool `json:"rebooted"`
}

// Setting is one of them: unchanged, set, or not-set.
type Setting struct {
	Setting string `json:"setting"`
	Before  string `json:"before"`
	Want    string `json:"want"`
	After   string `json:"after"`
	Result  string `json:"result"`
}

// NewSetting describes a change.
func NewSetting(c upload.Change) Setting {
	s := Setting{c.Setting, c.Before, c.Want, c.After, "not-set"}
	switch {
	case c.Done() && c.Before == c.Want:
		s.Result = "unchanged"
	case c.Done():
		s.Result = "set"
	}
	return s
}

// Adjust writes the answer.
func Adjust(s *terminal.Streams, asJSON, quiet bool, a Adjusted) error {
	a.Changes = paper.Listed(a.Changes)
	var rows [][]string
	for _, c := range a.Changes {
		rows = append(rows, []string{c.Result, c.Setting, c.Before, c.Want, c.After})
	}
	return print(s, asJSON, quiet, a, rows, func(sheet paper.Sheet) {
		a.head(sheet)
		for _, c := range a.Changes {
			style := sheet.Good
			if c.Result == "not-set" {
				style = sheet.Bad
			}
			before := c.Before
			if before == "" {
				before = "not shown"
			}
			sheet.Line("  ", style.Render(c.Result), "  ", c.Setting, sheet.Faint.Render("  "+before+" → "), c.Want)
		}
		sheet.Line()
		switch {
		case a.Rebooted:
			sheet.Line("  the phone restarts; the settings are in force when it is back")
		case a.RebootNeeded:
			sheet.Line("  the settings take effect after a restart: phonecert phone reboot ", paper.Path(a.Phone.Phone))
		}
		a.foot(sheet)
	})
}

// Restarted is a phone that was told to restart.
type Restarted struct {
	Phone
	Result     string `json:"result"`
	DurationMS int64  `json:"duration_ms"`
}

// Restart writes the answer.
func Restart(s *terminal.Streams, asJSON, quiet bool, r Restarted) error {
	return print(s, asJSON, quiet, r, [][]string{{r.Result}}, func(sheet paper.Sheet) {
		r.head(sheet)
		sheet.Line("  ", sheet.Good.Render(r.Result))
		r.foot(sheet)
	})
}
