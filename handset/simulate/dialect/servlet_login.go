package dialect

import (
	"fmt"
	"net/http"

	"github.com/phonecert/phonecert/handset/simulate/device"
)

// plainLogin sends the password as it is.
type plainLogin struct{}

func (plainLogin) page() string                                          { return "plain.html" }
func (plainLogin) visit(*phone, http.ResponseWriter, *http.Request) bool { return false }

func (plainLogin) enter(p *phone, r *http.Request) (string, device.Outcome) {
	id := p.Visit()
	return id, p.Login(id, r.PostFormValue("username"), r.PostFormValue("pwd"))
}

// sessionLogin asks for a session id and a key first and seals the form.
type sessionLogin struct{}

func (sessionLogin) page() string { return "session.html" }

func (sessionLogin) visit(p *phone, w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Query().Get("q") != "getsessionid" {
		return false
	}
	key := p.Key()
	w.Header().Set("Content-Type", "text/plain")
	_, _ = fmt.Fprintf(w, "%X,%X,%s", key.N, key.E, p.Visit())
	return true
}

// enter returns no id when the cookie is missing, which the phone answers with
// 404. A cookie that is not the sealed session's is refused without looking at
// the password.
func (sessionLogin) enter(p *phone, r *http.Request) (string, device.Outcome) {
	id := cookie(r)
	text, opened := openAES(p.Key(), r.PostFormValue("key"), r.PostFormValue("iv"), r.PostFormValue("data"))
	sealed, user, password, ok := openLogin(text)
	if id == "" || !opened || !ok || sealed != id || !p.Visitor(id) {
		return id, device.Refused
	}
	return id, p.Login(id, user, password)
}
