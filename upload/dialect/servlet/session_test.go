package servlet_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset/simulate/device"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/detect"
	"github.com/phonecert/phonecert/upload/dialect/dialecttest"
	"github.com/phonecert/phonecert/upload/web"
)

// TestSessionLogin looks at the requests of a login.
func TestSessionLogin(t *testing.T) {
	key := device.NewKey(7)
	good := fmt.Sprintf("%X,%X,0badcafe", key.N, key.E)
	tests := []struct {
		what, answer string
		want         dialect.Outcome
	}{
		{"as it should be", good + "\r\n", ""},
		{"nothing", "", dialect.Strange},
		{"an error page", "<html>busy, please wait, thank you</html>", dialect.Strange},
		{"a short key", "C0FFEE1,10001,0badcafe", dialect.Strange},
		{"no session id", good[:len(good)-8], dialect.Strange},
		{"a session id that is none", good + "; Path=/", dialect.Strange},
	}
	for _, test := range tests {
		var posted, cookie, asked string
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch q := r.URL.Query().Get("q"); {
			case q == "getsessionid":
				asked = r.URL.RawQuery
				fmt.Fprint(w, test.answer)
			case q == "login" && r.Method == http.MethodPost:
				_ = r.ParseForm()
				posted, cookie = r.PostForm.Encode(), r.Header.Get("Cookie")
				http.Redirect(w, r, "/servlet?p=status&q=load", http.StatusSeeOther)
			default:
				fmt.Fprint(w, loginForm)
			}
		}))
		t.Cleanup(s.Close)
		base, _ := url.Parse(s.URL)
		c := web.New(base, web.Config{Random: rand.Reader})
		t.Cleanup(c.Close)
		d, err := detect.New(dialect.Session, c, rand.Reader)
		dialecttest.Wants(t, "new", err, nil)
		err = d.Login(t.Context(), "admin", "secret")
		if test.want != "" {
			dialecttest.Equal(t, test.what, dialecttest.Outcome(t, err), test.want)
			if posted != "" || strings.Contains(err.Error(), "0badcafe") {
				t.Errorf("%s: posted %q, %v", test.what, posted, err)
			}
			continue
		}
		dialecttest.Wants(t, test.what, err, nil)
		dialecttest.Equal(t, "cookie", cookie, "JSESSIONID=0badcafe")
		if !regexp.MustCompile(`^p=login&q=getsessionid&random=0\.\d+$`).MatchString(asked) {
			t.Errorf("asked for %s", asked)
		}
		if !regexp.MustCompile(`^acc=&data=[^&]+&iv=[0-9a-f]{256}&jumpto=status&key=[0-9a-f]{256}$`).MatchString(posted) {
			t.Errorf("posted %s", posted)
		}
	}
}

// exhausted is a source of randomness that gives none.
type exhausted struct{}

func (exhausted) Read([]byte) (int, error) { return 0, errors.New("no randomness") }

func TestSessionWithoutRandomness(t *testing.T) {
	s := &dialecttest.Site{Pages: map[string]string{loginFormPage: loginForm}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	base, _ := url.Parse(server.URL)
	c := web.New(base, web.Config{Random: rand.Reader})
	t.Cleanup(c.Close)
	d, err := detect.New(dialect.Session, c, exhausted{})
	dialecttest.Wants(t, "new", err, nil)
	if err := d.Login(t.Context(), "admin", "admin"); err == nil {
		t.Error("logged in without randomness")
	}
	dialecttest.Equal(t, "asked last", s.Last(), "GET "+loginFormPage)
}
