package dialect

import (
	"net/http"

	"github.com/phonecert/phonecert/handset/simulate/device"
)

// servlet is the web interface of V71 to V80: the dialects plain and session,
// which differ in the login alone. Pages are /servlet?p=PAGE&q=load.
type servlet struct {
	phone
	login interface {
		// page is the name of the login page's template.
		page() string
		// visit answers what comes before the login; false when nothing does.
		visit(p *phone, w http.ResponseWriter, r *http.Request) bool
		// enter judges a filled-in form and returns the id of the session.
		enter(p *phone, r *http.Request) (id string, outcome device.Outcome)
	}
}

func (s *servlet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page, call := r.URL.Query().Get("p"), r.URL.Query().Get("q")
	switch {
	case r.URL.Path == "/":
		show(w, "redirect.html", view{})
	case r.URL.Path == "/rsa.js" && s.login.page() == "session.html":
		script(w)
	case r.URL.Path != "/servlet":
		http.NotFound(w, r)
	case page == "login":
		s.door(w, r, call)
	default:
		s.inside(w, r, page, call)
	}
}

// door is what can be had without a session.
func (s *servlet) door(w http.ResponseWriter, r *http.Request, call string) {
	switch {
	case call == "loginForm":
		s.form(w, "")
	case call == "login" && r.Method == http.MethodPost:
		parse(r)
		id, outcome := s.login.enter(&s.phone, r)
		switch {
		case id == "":
			http.NotFound(w, r)
		case outcome == device.Accepted:
			setCookie(w, id)
			http.Redirect(w, r, "/servlet?p=status&q=load", http.StatusFound)
		default:
			s.form(w, string(outcome))
		}
	case call == "logout":
		s.Logout(cookie(r))
		s.form(w, "")
	case !s.login.visit(&s.phone, w, r):
		http.NotFound(w, r)
	}
}

func (s *servlet) form(w http.ResponseWriter, result string) {
	show(w, s.login.page(), view{State: s.State(), Result: result})
}

// inside is what takes a session, and a token to write.
func (s *servlet) inside(w http.ResponseWriter, r *http.Request, page, call string) {
	tooLarge := parse(r)
	if cookie(r) == "" {
		http.NotFound(w, r)
		return
	}
	session := s.Session(cookie(r))
	if session == nil {
		s.form(w, "")
		return
	}
	if call != "load" && (r.Method != http.MethodPost || r.PostFormValue("token") != session.Token && !tooLarge) {
		http.Error(w, forbidden, http.StatusForbidden)
		return
	}
	at, isPlace := s.find(func(each place) bool { return each.Page == page })
	v := s.view(at, session.Token)
	switch {
	case page == "status" && call == "load":
		show(w, "status.html", v)
	case page == "settings-upgrade" && call == "load":
		v.RebootAction = "/servlet?p=settings-upgrade&q=reboot"
		show(w, "upgrade.html", v)
	case page == "settings-upgrade" && call == "reboot":
		s.Reboot()
		show(w, "rebooting.html", v)
	case isPlace:
		s.certificates(w, r, at, call, session.Token, tooLarge)
	default:
		http.NotFound(w, r)
	}
}

func (s *servlet) certificates(w http.ResponseWriter, r *http.Request, at place, call, token string, tooLarge bool) {
	var result string
	switch {
	case tooLarge:
		result = string(device.TooLarge)
	case call == s.invented.Upload:
		name, content := file(r, at.File)
		result = string(s.Upload(at.Role, name, content))
	case call == s.invented.Delete:
		if !s.remove(at.Role, r.PostFormValue(s.invented.Place)) {
			result = string(device.NoFile)
		}
	case call == "write":
		valid, changed := s.Set(s.settings(r.PostFormValue))
		if changed {
			result = device.RebootQuestion
		} else if !valid {
			http.Error(w, "invalid value", http.StatusBadRequest)
			return
		}
	case call != "load":
		http.NotFound(w, r)
		return
	}
	v := s.view(at, token)
	v.Result = result
	base := "/servlet?p=" + at.Page + "&q="
	v.Action, v.DeleteAction, v.SetAction = base+s.invented.Upload, base+s.invented.Delete, base+"write"
	show(w, "certificates.html", v)
}
