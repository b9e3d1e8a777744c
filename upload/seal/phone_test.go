package seal_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/seal"
)

// ask asks a phone without a network; cookie is sent, and the phone's own comes
// back.
func ask(p http.Handler, method, address, cookie string, form url.Values) (w *httptest.ResponseRecorder, session string) {
	r := httptest.NewRequest(method, "https://192.0.2.1"+address, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "JSESSIONID", Value: cookie})
	w = httptest.NewRecorder()
	p.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		session = c.Value
	}
	return w, session
}

func start(t *testing.T, name dialect.Name) *simulate.Phone {
	t.Helper()
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	state := device.Factory(profile, "SIP-T28P", "2.73.0.50", "00:00:5e:00:53:01")
	state.Password = secret
	p, err := simulate.New(simulate.Config{Dialect: name, Device: device.Config{Profile: profile, Clock: testca.Clock, Seed: 7, Key: testKey()}}, state)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Phones let in whoever seals the right password, and nobody else.
func TestPhonesTakeWhatIsSealed(t *testing.T) {
	password := secret
	for _, name := range []dialect.Name{dialect.Session, dialect.Listener, dialect.ListenerRSA} {
		for given, want := range map[string]bool{password: true, "wrong": false} {
			if got := login(t, start(t, name), name, given); got != want {
				t.Errorf("%s: logged in %v with the password %v", name, got, want)
			}
		}
	}
}

func login(t *testing.T, p *simulate.Phone, name dialect.Name, password string) bool {
	t.Helper()
	r := random()
	if name == dialect.Session {
		number, _ := seal.Random(r)
		answer, _ := ask(p, "GET", "/servlet?p=login&q=getsessionid&random="+number, "", nil)
		parts := strings.Split(answer.Body.String(), ",")
		key, err := seal.Key(parts[0], parts[1])
		if err != nil {
			t.Fatal(err)
		}
		session := strings.TrimSpace(parts[2])
		s, err := seal.Session(r, key, number, session, "admin", password)
		if err != nil {
			t.Fatal(err)
		}
		answer, _ = ask(p, "POST", "/servlet?p=login&q=login", session, url.Values{"key": {s.Key}, "iv": {s.IV}, "data": {s.Data}, "jumpto": {"status"}, "acc": {""}})
		return answer.Code/100 == 3
	}
	page, session := ask(p, "GET", "/servlet?m=mod_listener&p=login&q=loginForm&jumpto=status", "", nil)
	found := regexp.MustCompile(`g_rsa_n = "(\w+)", g_rsa_e = "(\w+)"`).FindStringSubmatch(page.Body.String())
	if found == nil {
		t.Fatal("no key on the page")
	}
	key, err := seal.Key(found[1], found[2])
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"username": {"admin"}}
	if name == dialect.ListenerRSA {
		sealed, err := seal.RSA(r, key, password)
		if err != nil {
			t.Fatal(err)
		}
		form.Set("pwd", sealed)
	} else {
		s, err := seal.Listener(r, key, session, password)
		if err != nil {
			t.Fatal(err)
		}
		form.Set("pwd", s.Data)
		form.Set("rsakey", s.Key)
		form.Set("rsaiv", s.IV)
	}
	answer, _ := ask(p, "POST", "/servlet?m=mod_listener&p=login&q=login&Rajax=0.5", session, form)
	return strings.Contains(answer.Body.String(), `"done"`)
}
