package report

import (
	"github.com/phonecert/phonecert/internal/report/paper"
	"github.com/phonecert/phonecert/internal/terminal"
)

// Version is what a binary knows of its own making.
type Version struct {
	paper.Header
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// PrintVersion writes the version as one line or as JSON.
func PrintVersion(s *terminal.Streams, asJSON bool, v Version) error {
	if asJSON {
		return paper.JSON(s.Out, v)
	}
	text := "phonecert " + v.Version
	if v.Revision != "" {
		text += " (" + v.Revision[:min(12, len(v.Revision))]
		if v.Modified {
			text += ", modified"
		}
		text += ")"
	}
	paper.Line(s.Out, text, " ", v.Go, " ", v.Platform)
	return nil
}
