package report

import (
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"github.com/phonecert/phonecert/inspect/finding"
	"github.com/phonecert/phonecert/internal/terminal"
)

// style holds the few colours in use. They are the terminal's own sixteen, so
// that they suit a dark and a light screen alike.
type style struct {
	good, bad, doubt, faint, strong, plain lipgloss.Style
}

// newStyle makes a renderer of its own for a stream; the library's global one
// would ask the terminal for its background and wait for the answer.
func newStyle(w io.Writer, color bool) style {
	r := lipgloss.NewRenderer(w)
	r.SetHasDarkBackground(true)
	r.SetColorProfile(termenv.Ascii)
	if color {
		r.SetColorProfile(termenv.ANSI)
	}
	return style{
		good:   r.NewStyle().Foreground(lipgloss.Color("2")).Bold(color),
		bad:    r.NewStyle().Foreground(lipgloss.Color("1")).Bold(color),
		doubt:  r.NewStyle().Foreground(lipgloss.Color("3")).Bold(color),
		faint:  r.NewStyle().Faint(color),
		strong: r.NewStyle().Bold(color),
		plain:  r.NewStyle(),
	}
}

// Error writes an error and its hints to standard error.
func Error(s *terminal.Streams, message string, hints []string) {
	st := newStyle(s.Err, s.ErrColor)
	line(s.Err, "phonecert: ", st.bad.Render("error:"), " ", message)
	for _, hint := range hints {
		line(s.Err, "phonecert: ", st.strong.Render("hint:"), " ", hint)
	}
}

// Note writes a remark to standard error.
func Note(s *terminal.Streams, message string) {
	st := newStyle(s.Err, s.ErrColor)
	line(s.Err, "phonecert: ", st.faint.Render("note:"), " ", message)
}

// shown is a file's name as it may go to a terminal: one with control
// characters in it is quoted.
func shown(path string) string {
	if strings.ContainsFunc(path, unicode.IsControl) {
		return strconv.Quote(path)
	}
	return path
}

func line(w io.Writer, parts ...string) {
	for _, part := range parts {
		io.WriteString(w, part)
	}
	io.WriteString(w, "\n")
}

// verdict renders a verdict in capitals and its colour.
func (st style) verdict(v finding.Verdict) string {
	switch v {
	case finding.Accepted:
		return st.good.Render("ACCEPTED")
	case finding.Rejected:
		return st.bad.Render("REFUSED")
	}
	return st.doubt.Render("NOT KNOWN")
}

// severity renders the word that leads a finding.
func (st style) severity(f finding.Finding) string {
	switch {
	case f.Open():
		return st.doubt.Render("not known")
	case f.Severity == finding.Error:
		return st.bad.Render("error")
	case f.Severity == finding.Warning:
		return st.doubt.Render("warning")
	}
	return st.faint.Render("note")
}
