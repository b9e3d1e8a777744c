package dialect

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"

	"github.com/phonecert/phonecert/handset/simulate/device"
)

// api is the web interface of V85 to V87: one page and JSON.
type api struct{ phone }

// sealed leads a password that is sealed with RSA.
const sealed = "__WUI_ENC__:"

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/":
		v := a.view(a.places()[0], "")
		v.Action = "/api/security/" + a.invented.Upload + "?type="
		show(w, "api.html", v)
	case "/js/crypto.js":
		script(w)
	case "/api/common/info":
		a.ask(w, r)
	case "/api/auth/login":
		a.enter(w, r)
	default:
		if strings.HasPrefix(r.URL.Path, "/api/") {
			a.inside(w, r)
			return
		}
		http.NotFound(w, r)
	}
}

func reply(w http.ResponseWriter, data any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"ret": "ok", "data": data})
}

func refuse(w http.ResponseWriter, reason map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"ret": "failed", "data": nil, "error": reason})
}

// read decodes a JSON body of at most 1 MiB; what is no JSON leaves v alone.
func read(r *http.Request, v any) {
	text, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err == nil {
		_ = json.Unmarshal(text, v)
	}
}

// ask answers the idlist. Ids that are asked for in full come flat; the tree
// "wui" comes under its own name with flat keys below (invented: the sheet
// tells the ids and not how the answer nests).
func (a *api) ask(w http.ResponseWriter, r *http.Request) {
	var question struct {
		IDList []string `json:"idlist"`
	}
	read(r, &question)
	known := a.known(a.Session(cookie(r)))
	data := map[string]any{}
	for _, id := range question.IDList {
		for key, value := range known {
			if key == id || strings.HasPrefix(key, id+".") {
				data[key] = value
			}
		}
	}
	reply(w, data)
}

// known are the facts by id; a visitor without a session gets the first four.
func (a *api) known(s *device.Session) map[string]any {
	state := a.State()
	known := map[string]any{
		"wui.common.rsaN": fmt.Sprintf("%X", a.Key().N), "wui.common.rsaE": fmt.Sprintf("%X", a.Key().E),
		"wui.common.phonetype": state.Model, "wui.common.firmware": state.Firmware,
	}
	if s == nil {
		return known
	}
	trusted, server := a.Expired()
	known["wui.common.token"] = s.Token
	known["wui.common.mac"] = state.MAC
	known["wui.common.resSizeLimit"] = map[string]int{"servercert": 5 << 20, "trustedcert": 5 << 20}
	known["wui.common.certsAlertInfo"] = map[string]int{"warnTrustedCert": 0, "expiredTrustedCert": trusted, "warnServerCert": 0, "expiredServerCert": server}
	a.tellAccount(known)
	return known
}

func (a *api) enter(w http.ResponseWriter, r *http.Request) {
	parse(r)
	if r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	id := cookie(r)
	if !a.Visitor(id) {
		id = a.Visit()
	}
	text, isSealed := strings.CutPrefix(r.PostFormValue("pwd"), sealed)
	password, ok := openRSA(a.Key(), text)
	outcome := device.Refused
	if isSealed && ok {
		outcome = a.Login(id, r.PostFormValue("username"), password)
	}
	switch outcome {
	case device.Accepted:
		setCookie(w, id)
		http.SetCookie(w, &http.Cookie{Name: "csrfToken", Value: a.Session(id).Token, Path: "/"})
		reply(w, true)
	case device.Locked:
		refuse(w, map[string]any{"webStatus": "lock", "lockTime": int(math.Ceil(a.LockTime().Minutes()))})
	case device.Busy:
		refuse(w, map[string]any{"msg": "auth_err_user_busy"})
	default:
		refuse(w, map[string]any{"msg": "error_username_or_password_is_wrong"})
	}
}

// inside is what takes a session, and a token in the header to write.
func (a *api) inside(w http.ResponseWriter, r *http.Request) {
	if cookie(r) == "" {
		http.NotFound(w, r)
		return
	}
	s := a.Session(cookie(r))
	if s == nil {
		// What the api answers here is invented; the page then shows its login.
		refuse(w, map[string]any{"msg": "auth_err_not_login", "webStatus": "login"})
		return
	}
	if r.URL.Path == "/api/common/info/status/talking" {
		reply(w, a.Talking())
		return
	}
	if r.Method != http.MethodPost || subtle.ConstantTimeCompare([]byte(r.Header.Get("X-CSRFToken")), []byte(s.Token)) == 0 {
		http.Error(w, forbidden, http.StatusForbidden)
		return
	}
	switch r.URL.Path {
	case "/api/auth/logout":
		a.Logout(s.ID)
		reply(w, true)
	case "/api/system/reboot":
		a.Reboot()
		reply(w, true)
	case "/api/inner/readconfig":
		a.readConfig(w, r)
	case "/api/inner/writeconfig":
		a.writeConfig(w, r)
	case "/api/diagnosis/cfg/file":
		parse(r)
		_, content := file(r, "CFGConfigUpload")
		if a.Import(string(content)) == 0 {
			refuse(w, map[string]any{"msg": string(device.InvalidFile)})
			return
		}
		reply(w, true)
	case "/api/security/" + a.invented.Upload:
		a.upload(w, r)
	case "/api/security/" + a.invented.Delete:
		a.delete(w, r)
	default:
		http.NotFound(w, r)
	}
}
