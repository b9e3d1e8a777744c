package desk

import (
	"fmt"
	"strings"
	"time"

	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/dialect"
)

// Shown is what is on a phone.
type Shown struct {
	Phone
	// Trusted and Server are null where the page shows no list.
	Trusted  []Line    `json:"trusted"`
	Server   []Line    `json:"server"`
	Settings *Settings `json:"settings"`
	now      time.Time
}

// Settings are the four trust settings; "" is one that the page does not show.
type Settings struct {
	OnlyTrusted  string `json:"only_trusted"`
	CA           string `json:"ca"`
	CNValidation string `json:"cn_validation"`
	DeviceCert   string `json:"device_cert"`
}

// NewShown puts together what was read.
func NewShown(p Phone, shelf upload.Shelf, now time.Time) Shown {
	s := Shown{Phone: p, now: now}
	if shelf.TrustedListed {
		s.Trusted = lines(shelf.Trusted, now)
	}
	if shelf.ServerListed {
		s.Server = lines(shelf.Server, now)
	}
	if shelf.Settings != (dialect.Settings{}) {
		settings := Settings(shelf.Settings)
		s.Settings = &settings
	}
	return s
}

// Show writes the answer.
func Show(s *terminal.Streams, asJSON, quiet bool, shown Shown) error {
	return print(s, asJSON, quiet, shown, shown.pipeRows(), shown.screen)
}

func (s Shown) screen(sheet paper.Sheet) {
	s.head(sheet)
	s.list(sheet, "trusted certificates", s.Trusted)
	s.list(sheet, "server certificate", s.Server)
	if s.Settings != nil {
		sheet.Line("  ", sheet.Strong.Render("trust settings"), sheet.Faint.Render("  as the page shows them; a change is in force after a restart"))
		for _, row := range s.Settings.named() {
			sheet.Line("    ", paper.Left(row[0], 15), row[1])
		}
		sheet.Line()
	}
	s.foot(sheet)
}

func (s Shown) list(sheet paper.Sheet, title string, list []Line) {
	sheet.Line("  ", sheet.Strong.Render(title), sheet.Faint.Render("  "+number(list)))
	for _, l := range list {
		state := sheet.Good.Render(l.state(s.now))
		if l.Expired == nil || *l.Expired {
			state = sheet.Bad.Render(l.state(s.now))
		}
		sheet.Line("    ", paper.Clean(l.IssuedTo), "  ", state)
		sheet.Line("      ", sheet.Faint.Render("issued by "+paper.Clean(l.IssuedBy)+", expires "+paper.Clean(l.Expiration)))
	}
	sheet.Line()
}

func number(list []Line) string {
	switch {
	case list == nil:
		return "the page shows no list"
	case len(list) == 0:
		return "none"
	}
	return fmt.Sprint(len(list))
}

// named are the settings by the names of their flags.
func (s *Settings) named() [][2]string {
	rows := [][2]string{{"only-trusted", s.OnlyTrusted}, {"ca", s.CA}, {"cn-validation", s.CNValidation}, {"device-cert", s.DeviceCert}}
	for i := range rows {
		if rows[i][1] == "" {
			rows[i][1] = "not shown"
		}
	}
	return rows
}

// pipeRows has one row a certificate and one a setting.
func (s Shown) pipeRows() [][]string {
	var rows [][]string
	for _, of := range []struct {
		kind string
		list []Line
	}{{"trusted", s.Trusted}, {"server", s.Server}} {
		for _, l := range of.list {
			expires := ""
			if l.Expires != nil {
				expires = l.Expires.UTC().Format(time.RFC3339)
			}
			rows = append(rows, []string{of.kind, l.IssuedTo, l.IssuedBy, l.Expiration, expires, strings.ReplaceAll(l.state(s.now), " ", "-")})
		}
	}
	if s.Settings != nil {
		for _, row := range s.Settings.named() {
			rows = append(rows, []string{"setting", row[0], row[1]})
		}
	}
	return rows
}
