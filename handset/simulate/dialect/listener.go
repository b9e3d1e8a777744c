package dialect

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/phonecert/phonecert/handset/simulate/device"
)

// listener is the web interface of V81 to V86: /servlet?m=MODULE. With rsaOnly
// it is that of the T3x, which seals the password with RSA alone and speaks
// HTTPS alone.
type listener struct {
	phone
	rsaOnly bool
	// staged are settings that were written and wait for applycacheconfig.
	staged *device.Settings
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l.rsaOnly && r.TLS == nil {
		panic(http.ErrAbortHandler)
	}
	q := r.URL.Query()
	switch {
	case r.URL.Path == "/":
		show(w, "redirect.html", view{Login: "mod_listener"})
	case r.URL.Path == "/js/crypto.js":
		script(w)
	case r.URL.Path != "/servlet":
		http.NotFound(w, r)
	case q.Get("m") == "mod_listener" && q.Get("p") == "login":
		l.door(w, r, q.Get("q"))
	default:
		l.inside(w, r)
	}
}

func (l *listener) door(w http.ResponseWriter, r *http.Request, call string) {
	switch {
	case call == "loginForm":
		l.form(w)
	case call == "login" && r.Method == http.MethodPost:
		l.enter(w, r)
	case call == "logout":
		l.Logout(cookie(r))
		l.form(w)
	default:
		http.NotFound(w, r)
	}
}

func (l *listener) form(w http.ResponseWriter) {
	setCookie(w, l.Visit())
	key := l.Key()
	show(w, "listener.html", view{
		State: l.State(), RSAOnly: l.rsaOnly,
		Modulus: fmt.Sprintf("%X", key.N), Exponent: fmt.Sprintf("%X", key.E),
	})
}

func (l *listener) enter(w http.ResponseWriter, r *http.Request) {
	parse(r)
	id := cookie(r)
	if id == "" {
		http.NotFound(w, r)
		return
	}
	outcome := device.Refused
	if password, ok := l.password(r, id); ok && l.Visitor(id) {
		outcome = l.Login(id, r.PostFormValue("username"), password)
	}
	// What a phone answers while somebody else is logged in is invented.
	words := map[device.Outcome]string{device.Accepted: "done", device.Refused: "none", device.Locked: "lock", device.Busy: "busy"}
	answer(w, map[string]any{"authstatus": words[outcome]})
}

// answer writes what the page's script looks for. JSON escapes < and >, so the
// text cannot end the element.
func answer(w http.ResponseWriter, content any) {
	text := []byte{}
	if content != nil {
		text, _ = json.Marshal(content)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprintf(w, `<html><body><div id="_RES_INFO_">%s</div></body></html>`, text)
}

// inside is what takes a session, and a token to write.
func (l *listener) inside(w http.ResponseWriter, r *http.Request) {
	tooLarge := parse(r)
	if cookie(r) == "" {
		http.NotFound(w, r)
		return
	}
	session := l.Session(cookie(r))
	if session == nil {
		l.form(w)
		return
	}
	q := r.URL.Query()
	module, page, call := q.Get("m"), q.Get("p"), q.Get("q")
	if module == "mod_data" && call == "load" {
		l.load(w, r, page, session.Token)
		return
	}
	// The token of an upload may be left out, and may stand in the address.
	token, upload := r.Form.Get("token"), module == "mod_res"
	if r.Method != http.MethodPost || token != session.Token && !tooLarge && (!upload || token != "") {
		http.Error(w, forbidden, http.StatusForbidden)
		return
	}
	switch {
	case upload && page == "upload":
		l.upload(w, r, session.ID, tooLarge)
	case module == "mod_data" && call == "applycacheconfig":
		if l.staged != nil {
			l.Set(*l.staged)
			l.staged = nil
		}
		answer(w, map[string]string{"ret": "ok"})
	case module == "mod_data" && call == "write":
		l.write(w, r, page)
	case module == "mod_upgrade" && call == "reboot":
		l.staged = nil
		l.Reboot()
		answer(w, nil)
	default:
		http.NotFound(w, r)
	}
}

func (l *listener) load(w http.ResponseWriter, r *http.Request, page, token string) {
	at, isPlace := l.find(func(each place) bool { return each.Page == page })
	v := l.view(at, token)
	v.RSAOnly = l.rsaOnly
	v.Modulus, v.Exponent = fmt.Sprintf("%X", l.Key().N), fmt.Sprintf("%X", l.Key().E)
	switch {
	case isPlace:
		show(w, "listener-certificates.html", v)
	case page == "status" || page == "security":
		show(w, "listener-status.html", v)
	case page == "settings-upgrade" || page == "settings-config":
		show(w, "listener-upgrade.html", v)
	default:
		http.NotFound(w, r)
	}
}

// write deletes a certificate (invented: a field of the certificates' page) or
// stages settings.
func (l *listener) write(w http.ResponseWriter, r *http.Request, page string) {
	at, known := l.find(func(each place) bool { return each.Page == page })
	if !known {
		http.NotFound(w, r)
		return
	}
	if place := r.PostFormValue(l.invented.Place); place != "" {
		if !l.remove(at.Role, place) {
			answer(w, map[string]string{"result": "failed"})
			return
		}
		answer(w, nil)
		return
	}
	s := l.settings(r.PostFormValue)
	if !s.Valid() {
		answer(w, map[string]string{"result": "failed"})
		return
	}
	l.staged = &s
	answer(w, nil)
}
