package paper

import "github.com/phonecert/phonecert/internal/terminal"

// Error writes an error and its hints to standard error.
func Error(s *terminal.Streams, message string, hints []string) {
	p := Blank(s.Err, s.Width(), s.ErrColor)
	p.Line("phonecert: ", p.Bad.Render("error:"), " ", message)
	for _, hint := range hints {
		p.Line("phonecert: ", p.Strong.Render("hint:"), " ", hint)
	}
}

// Note writes a remark to standard error.
func Note(s *terminal.Streams, message string) {
	p := Blank(s.Err, s.Width(), s.ErrColor)
	p.Line("phonecert: ", p.Faint.Render("note:"), " ", message)
}
