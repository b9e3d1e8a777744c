package page_test

import (
	"crypto/rsa"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/seal"
)

var loginKey = sync.OnceValue(func() *rsa.PrivateKey { return device.NewKey(7) })

// phone is a simulated handset, asked without a network.
type phone struct {
	t      *testing.T
	phone  *simulate.Phone
	cookie string
}

func (p *phone) ask(method, address string, form url.Values) *httptest.ResponseRecorder {
	p.t.Helper()
	r := httptest.NewRequest(method, "https://192.0.2.1"+address, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("admin", "admin")
	r.AddCookie(&http.Cookie{Name: "JSESSIONID", Value: p.cookie})
	w := httptest.NewRecorder()
	p.phone.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		p.cookie = c.Value
	}
	return w
}

func (p *phone) load(address string) *page.Page {
	return page.Parse(p.ask("GET", address, nil).Body.Bytes())
}

// login reads the login page and logs in; it returns the address of the list.
func (p *phone) login(name dialect.Name) (list string) {
	if name == dialect.Basic {
		return "/cgi-bin/ConfigManApp.com?Id=77"
	}
	form := p.load(p.load("/").Redirect())
	if name == dialect.Plain {
		fields := url.Values{}
		for _, f := range form.Forms[0].Fields {
			fields.Set(f.Name, f.Value)
		}
		fields.Set("username", "admin")
		fields.Set("pwd", "admin")
		p.ask("POST", form.Forms[0].Action, fields)
		return "/servlet?p=trusted-cert&q=load"
	}
	key, err := seal.Key(form.Variables["g_rsa_n"], form.Variables["g_rsa_e"])
	if err != nil {
		p.t.Fatal(err)
	}
	fields := url.Values{"username": {"admin"}}
	if name == dialect.ListenerRSA {
		sealed, _ := seal.RSA(random(), key, "admin")
		fields.Set("pwd", sealed)
	} else {
		sealed, _ := seal.Listener(random(), key, p.cookie, "admin")
		fields.Set("pwd", sealed.Data)
		fields.Set("rsakey", sealed.Key)
		fields.Set("rsaiv", sealed.IV)
	}
	answer, ok := page.Result(p.ask("POST", "/servlet?m=mod_listener&p=login&q=login&Rajax=0.1", fields).Body.Bytes())
	if !ok || answer != `{"authstatus":"done"}` {
		p.t.Fatalf("%s: login answers %q", name, answer)
	}
	return "/servlet?m=mod_data&p=trusted-cert&q=load"
}

// The pages of phones with names that nobody knows.
func TestPagesOfPhones(t *testing.T) {
	profile, err := handset.Load("yealink-t28p")
	if err != nil {
		t.Fatal(err)
	}
	state := device.Factory(profile, "SIP-T28P", "2.73.0.50", "00:00:5e:00:53:01")
	for _, name := range []string{"First CA", "Second <CA> & Sons"} {
		state.Trusted = append(state.Trusted, device.Certificate{File: "ca.crt", DER: testca.ECRoot(t, name).Raw})
	}
	invented := dialect.Invented{
		TrustedFile: "trust_me", ServerFile: "own", TrustedType: "tc9", ServerType: "sc9", Upload: "take", Delete: "drop", Place: "slot",
		CA: "x1", CNValidation: "x2", DeviceCert: "x3", BasicTrusted: "77", BasicServer: "78", BasicUpgrade: "79",
	}
	for _, name := range []dialect.Name{dialect.Basic, dialect.Plain, dialect.Listener, dialect.ListenerRSA} {
		t.Run(string(name), func(t *testing.T) {
			made, err := simulate.New(simulate.Config{
				Dialect: name, Invented: invented,
				Device: device.Config{Profile: profile, Clock: testca.Clock, Seed: 7, Key: loginKey()},
			}, state)
			if err != nil {
				t.Fatal(err)
			}
			p := &phone{t: t, phone: made}
			read := p.load(p.login(name))
			checkList(t, read)
			checkForms(t, read, name)
			status := map[bool]string{true: "/servlet?p=status&q=load", false: "/servlet?m=mod_data&p=status&q=load"}[name == dialect.Plain]
			if name == dialect.Basic {
				status = "/cgi-bin/ConfigManApp.com?Id=1"
			}
			if got := p.load(status).Labeled("firmware version"); got != "2.73.0.50" {
				t.Errorf("the firmware is %q", got)
			}
		})
	}
}

func checkList(t *testing.T, p *page.Page) {
	list, ok := p.Certificates()
	if !ok || len(list) != 2 {
		t.Fatalf("the list is %+v, %v", list, ok)
	}
	c := list[1]
	if !strings.Contains(c.IssuedTo, "Second <CA> & Sons") || !strings.Contains(c.IssuedBy, "Second <CA> & Sons") || !c.Expires.After(testca.Clock().Add(time.Hour)) || c.DayOnly {
		t.Errorf("the certificate is %+v", c)
	}
	deletes := len(c.Row.Forms) == 1 && len(c.Row.Forms[0].Fields) > 1 || len(c.Row.Fields) == 1 && c.Row.Fields[0].Name == "slot" && c.Row.Fields[0].Value == "1"
	if !deletes {
		t.Errorf("its row is %+v", c.Row)
	}
}

func checkForms(t *testing.T, p *page.Page, name dialect.Name) {
	form, file, ok := p.Upload()
	scripted := name == dialect.Listener || name == dialect.ListenerRSA
	switch {
	case !ok:
		t.Error("no upload")
	case scripted && (file.ID != "_upload_trust_me" || form.Action != ""),
		!scripted && (file.Name != "trust_me" || form.Method != "POST" || form.Enctype != "multipart/form-data" || form.Action == ""):
		t.Errorf("the upload is %+v, %+v", form, file)
	}
	settings := map[string]page.Field{}
	for _, f := range p.Fields() {
		if f.Kind == "select" {
			settings[f.Label] = f
		}
	}
	if s := settings["CA Certificates"]; s.ID+s.Name == "" || len(s.Options) != 3 || s.Options[2].Text != "All Certificates" || s.Options[2].Value != "2" {
		t.Errorf("the settings are %+v", settings)
	}
	if scripted && settings["CA Certificates"].Attributes["yltype"] != "post" {
		t.Error("a setting has no yltype")
	}
	if name != dialect.Basic && p.Variables["g_strToken"] == "" {
		t.Errorf("the page has no token: %v", p.Variables)
	}
	if p.Redirect() != "" {
		t.Errorf("the page sends on to %q", p.Redirect())
	}
}

// random is the same for every run.
func random() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{1}) }
