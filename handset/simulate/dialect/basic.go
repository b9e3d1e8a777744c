package dialect

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate/device"
)

// basic is the web interface up to V70: HTTP Basic, pages by number, no
// session and no token.
type basic struct{ phone }

const (
	basicPath = "/cgi-bin/ConfigManApp.com"
	// thorn leads every value of a write.
	thorn = "þ"
)

func (b *basic) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", "mini_httpd/1.19 19dec2003")
	user, password, given := r.BasicAuth()
	if !given || b.Check(user, password) != device.Accepted {
		w.Header().Set("WWW-Authenticate", `Basic realm="Enterprise IP phone `+b.State().Model+`"`)
		http.Error(w, "401 Unauthorized", http.StatusUnauthorized)
		return
	}
	switch {
	case r.URL.Path == "/":
		http.Redirect(w, r, basicPath+"?Id=1", http.StatusFound)
	case r.URL.Path != basicPath:
		http.NotFound(w, r)
	case r.URL.Query().Get("key") == "Reboot":
		b.Reboot()
		show(w, "rebooting.html", view{})
	case r.Method == http.MethodPost:
		b.write(w, r)
	default:
		b.read(w, r, r.URL.Query().Get("Id"))
	}
}

// role says which certificates a page number shows.
func (b *basic) role(page string) (place, bool) {
	return b.find(func(each place) bool {
		return each.Role == handset.Trusted && page == b.invented.BasicTrusted || each.Role == handset.Server && page == b.invented.BasicServer
	})
}

func (b *basic) read(w http.ResponseWriter, r *http.Request, page string) {
	at, isPlace := b.role(page)
	v := b.view(at, "")
	v.Action = basicPath
	switch {
	case page == "1":
		show(w, "basic-status.html", v)
	case page == b.invented.BasicUpgrade:
		show(w, "basic-upgrade.html", v)
	case isPlace:
		b.certificates(w, page, at, "")
	default:
		http.NotFound(w, r)
	}
}

func (b *basic) certificates(w http.ResponseWriter, page string, at place, result string) {
	v := b.view(at, "")
	v.Result, v.Place.Page, v.Action = result, page, basicPath
	show(w, "basic.html", v)
}

// write takes PAGEID=N&CONFIG_DATA=þ…; a file comes beside them (invented).
func (b *basic) write(w http.ResponseWriter, r *http.Request) {
	tooLarge := parse(r)
	page := r.PostFormValue("PAGEID")
	at, known := b.role(page)
	values := split(r.PostFormValue("CONFIG_DATA"))
	name, content := file(r, at.File)
	switch {
	case tooLarge:
		page, at = b.invented.BasicTrusted, b.places()[0]
		b.certificates(w, page, at, string(device.TooLarge))
	case !known:
		http.NotFound(w, r)
	case len(values) == 2 && values[0] == b.invented.Delete:
		result := ""
		if !b.remove(at.Role, values[1]) {
			result = string(device.NoFile)
		}
		b.certificates(w, page, at, result)
	case len(values) == 4:
		b.set(w, page, at, values)
	default:
		b.certificates(w, page, at, string(b.Upload(at.Role, name, content)))
	}
}

// set takes the values in the order of the page's drop-downs.
func (b *basic) set(w http.ResponseWriter, page string, at place, values []string) {
	byName := map[string]string{}
	for i, s := range b.view(at, "").Settings {
		byName[s.Field] = values[i]
	}
	valid, changed := b.Set(b.settings(func(name string) string { return byName[name] }))
	if !valid {
		http.Error(w, "invalid value", http.StatusBadRequest)
		return
	}
	result := ""
	if changed {
		result = device.RebootQuestion
	}
	b.certificates(w, page, at, result)
}

// split takes apart the values of a write. The thorn may be one byte of Latin-1
// or two of UTF-8, and a value may be percent-encoded once more.
func split(text string) []string {
	text = strings.ReplaceAll(text, "\xfe", thorn)
	values := strings.Split(text, thorn)[1:]
	for i, v := range values {
		if plain, err := url.PathUnescape(v); err == nil {
			values[i] = plain
		}
	}
	return values
}
