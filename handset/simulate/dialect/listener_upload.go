package dialect

import (
	"net/http"
	"strings"

	"github.com/phonecert/phonecert/handset/simulate/device"
)

// password unseals the password of a login.
func (l *listener) password(r *http.Request, id string) (string, bool) {
	if l.rsaOnly {
		return openRSA(l.Key(), r.PostFormValue("pwd"))
	}
	text, ok := openAES(l.Key(), r.PostFormValue("rsakey"), r.PostFormValue("rsaiv"), r.PostFormValue("pwd"))
	// R is anything without a semicolon; the password may hold one.
	_, rest, found := strings.Cut(text, ";"+id+";")
	return rest, ok && found
}

// result is the answer to an upload. Text, the phone's own words, is invented:
// no source tells how they reach the page.
type result struct {
	Type   string `json:"type"`
	Result any    `json:"result"`
	Text   string `json:"text,omitempty"`
}

// uploadTaken is what a phone answered to a configuration file.
const uploadTaken = 5

// upload is POST ?m=mod_res&p=upload&type=TYPE&maxlength=E.
func (l *listener) upload(w http.ResponseWriter, r *http.Request, id string, tooLarge bool) {
	kind := r.URL.Query().Get("type")
	name, content := file(r, "UploadName")
	most, ok := openRSA(l.Key(), r.URL.Query().Get("maxlength"))
	want := "5MB"
	if !l.rsaOnly {
		want = id + ";5MB"
	}
	if !ok || most != want {
		answer(w, result{Type: kind, Result: "noparam"})
		return
	}
	if tooLarge {
		answer(w, result{Type: kind, Result: "large", Text: string(device.TooLarge)})
		return
	}
	switch kind {
	case "localcfg", "config":
		l.configure(w, kind, content)
		return
	case "vpnfile":
		// Taken and forgotten: what a phone does with it is no part of this.
		answer(w, result{Type: kind, Result: verdict(len(content) > 0)})
		return
	}
	at, known := l.find(func(each place) bool { return each.Type == kind })
	if !known {
		answer(w, result{Type: kind, Result: "noparam"})
		return
	}
	l.certificate(w, kind, l.Upload(at.Role, name, content))
}

func verdict(taken bool) any {
	if taken {
		return uploadTaken
	}
	return "failed"
}

// configure imports a configuration file.
func (l *listener) configure(w http.ResponseWriter, kind string, content []byte) {
	if l.Import(string(content)) == 0 {
		answer(w, result{Type: kind, Result: "noparam"})
		return
	}
	answer(w, result{Type: kind, Result: uploadTaken})
}

// certificate says what became of one.
func (l *listener) certificate(w http.ResponseWriter, kind string, words device.Answer) {
	verdict := map[device.Answer]string{device.Success: "success", device.TooLarge: "large"}[words]
	if verdict == "" {
		verdict = "failed"
	}
	answer(w, result{Type: kind, Result: verdict, Text: string(words)})
}
