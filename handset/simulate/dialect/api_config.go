package dialect

import (
	"fmt"
	"net/http"

	"github.com/phonecert/phonecert/handset/simulate/device"
)

// certificateList is the name under which a page's list is read (invented).
const certificateList = "certList"

// at finds the place of the page that p= names.
func (a *api) at(r *http.Request) (place, bool) {
	page := map[string]string{"SecurityTrustedCert": "trusted-cert", "SecurityServerCert": "server-cert"}[r.URL.Query().Get("p")]
	return a.find(func(each place) bool { return each.Page == page })
}

// listed is a line of the list; the keys are the column heads.
type listed struct {
	Place      int    `json:"Index"`
	IssuedTo   string `json:"Issued To"`
	IssuedBy   string `json:"Issued By"`
	Expiration string `json:"Expiration"`
}

func (a *api) readConfig(w http.ResponseWriter, r *http.Request) {
	var question struct {
		FormData []string `json:"formData"`
	}
	read(r, &question)
	at, known := a.at(r)
	s := a.Settings()
	fields := a.fields(&s)
	data := map[string]any{}
	for _, name := range question.FormData {
		if value, ok := fields[name]; ok {
			data[name] = fmt.Sprint(*value)
		}
		if name == certificateList && known {
			rows := []listed{}
			for _, row := range a.List(at.Role) {
				rows = append(rows, listed(row))
			}
			data[name] = rows
		}
	}
	reply(w, data)
}

func (a *api) writeConfig(w http.ResponseWriter, r *http.Request) {
	var form struct {
		FormData map[string]any `json:"formData"`
	}
	read(r, &form)
	valid, changed := a.Set(a.settings(func(name string) string {
		if value, ok := form.FormData[name]; ok {
			return fmt.Sprint(value)
		}
		return ""
	}))
	switch {
	case !valid:
		refuse(w, map[string]any{"msg": "error_invalid_value"})
	case changed:
		reply(w, "change")
	default:
		reply(w, "nochange")
	}
}

// upload tells the two kinds apart by type= and by the name of the file's field.
func (a *api) upload(w http.ResponseWriter, r *http.Request) {
	tooLarge := parse(r)
	at, known := a.find(func(each place) bool { return each.Type == r.URL.Query().Get("type") })
	if !known {
		http.NotFound(w, r)
		return
	}
	words := device.TooLarge
	if !tooLarge {
		name, content := file(r, at.File)
		words = a.Upload(at.Role, name, content)
	}
	if words != device.Success {
		refuse(w, map[string]any{"msg": string(words)})
		return
	}
	reply(w, string(words))
}

func (a *api) delete(w http.ResponseWriter, r *http.Request) {
	at, known := a.at(r)
	var form struct {
		FormData map[string]any `json:"formData"`
	}
	read(r, &form)
	if !known || !a.remove(at.Role, fmt.Sprint(form.FormData[a.invented.Place])) {
		refuse(w, map[string]any{"msg": "error_invalid_value"})
		return
	}
	reply(w, "change")
}
