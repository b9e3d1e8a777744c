package dialect

import (
	"embed"
	"html/template"
	"net/http"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/device"
)

//go:embed pages
var pages embed.FS

// templates are parsed once and never changed.
var templates = template.Must(template.ParseFS(pages, "pages/*.html"))

// view is what the templates show.
type view struct {
	State          device.State
	Invented       Invented
	Place          place
	Rows           []device.Row
	Settings       []setting
	Token          string
	Result         string
	Modulus        string
	Exponent       string
	Trusted        bool
	RebootQuestion string
	RSAOnly        bool
	Registration   device.Registration
	// Login is mod_listener where the login page is that module's.
	Login string
	// Action, DeleteAction, SetAction and RebootAction are the forms' targets.
	Action, DeleteAction, SetAction, RebootAction string
}

// setting is a drop-down.
type setting struct {
	Field, Label string
	Value        int
	Words        []string
}

func (p *phone) view(at place, token string) view {
	s := p.Settings()
	return view{
		State: p.State(), Invented: p.invented, Place: at, Rows: p.List(at.Role), Token: token,
		Trusted: at.Role == handset.Trusted, RebootQuestion: device.RebootQuestion,
		Registration: p.Registration(),
		Settings: []setting{
			{onlyTrusted, "Only Accept Trusted Certificates", s.OnlyTrusted, []string{"Disabled", "Enabled"}},
			{p.invented.CNValidation, "Common Name Validation", s.CNValidation, []string{"Disabled", "Enabled"}},
			{p.invented.CA, "CA Certificates", s.CA, []string{"Default Certificates", "Custom Certificates", "All Certificates"}},
			{p.invented.DeviceCert, "Device Certificates", s.DeviceCert, []string{"Default Certificates", "Custom Certificates"}},
		},
	}
}

func show(w http.ResponseWriter, name string, v view) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	// An error here means that the visitor has gone away.
	_ = templates.ExecuteTemplate(w, name, v)
}

// script serves the cryptography of the login pages.
func script(w http.ResponseWriter) {
	text, err := pages.ReadFile("pages/crypto.js")
	if err != nil {
		http.Error(w, "no such script", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/javascript")
	_, _ = w.Write(text)
}
