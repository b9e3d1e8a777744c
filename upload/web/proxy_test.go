package web_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/upload/web"
)

// browse puts a reverse proxy before a phone, as for a browser.
func browse(t *testing.T, h http.HandlerFunc) (proxy string, c *web.Client, base string) {
	t.Helper()
	base, _ = phone(t, h)
	c = converse(t, base)
	target, _ := url.Parse(base)
	s := httptest.NewServer(&httputil.ReverseProxy{
		Transport: c, ErrorLog: quiet(), Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
	})
	t.Cleanup(s.Close)
	return s.URL, c, base
}

func TestRoundTrip(t *testing.T) {
	proxy, c, base := browse(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Set-Cookie", "set=by-phone; path=/")
		w.Header().Set("Connection", "X-Hop")
		w.Header().Set("X-Hop", "1")
		fmt.Fprintf(w, "%s %s|%s|%s|%s|%s|%s|%s", r.Method, r.RequestURI, r.Host, r.Header.Get("Cookie"), r.Header.Get("X-CSRFToken"), r.Referer(), r.Header.Get("Accept-Encoding"), body)
	})
	c.SetCookie("JSESSIONID", "ours")
	c.SetHeader("X-CSRFToken", "ours")
	r, _ := http.NewRequest("POST", proxy+"/a%2Fb?c=%20d", strings.NewReader("body"))
	r.Header.Set("Cookie", "JSESSIONID=browser; lang=en")
	r.Header.Set("X-CSRFToken", "browser")
	r.Header.Set("Referer", proxy+"/page?x")
	r.Header.Set("Connection", "X-Gone")
	answer, err := new(http.Transport).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	host := strings.TrimPrefix(base, "http://")
	if want := "POST /a%2Fb?c=%20d|" + host + "|JSESSIONID=ours; lang=en|ours|" + base + "/page?x||body"; string(body) != want {
		t.Errorf("%s, want\n%s", body, want)
	}
	if answer.Header.Get("Set-Cookie") != "set=by-phone; path=/" || answer.Header.Get("X-Hop") != "" || c.Cookie("set") != "by-phone" || c.Cookie("lang") != "" {
		t.Errorf("%v", answer.Header)
	}
}

func TestRoundTripRedirects(t *testing.T) {
	var target string
	proxy, _, base := browse(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", target)
		w.WriteHeader(302)
	})
	for to, want := range map[string]string{base + "/x?y": "/x?y", "z": "/a/z", "https://192.0.2.1/": ""} {
		target = to
		r, _ := http.NewRequest("GET", proxy+"/a/b", nil)
		answer, err := new(http.Transport).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.Header.Get("Location") != want || want == "" && answer.StatusCode != http.StatusBadGateway {
			t.Errorf("%s: %d %s", to, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
}

// TestRoundTripAtOnce: a browser asks for many things at once, a phone gets one
// after the other.
func TestRoundTripAtOnce(t *testing.T) {
	var now, most atomic.Int32
	base, connections := phone(t, func(w http.ResponseWriter, r *http.Request) {
		most.Store(max(most.Load(), now.Add(1)))
		time.Sleep(time.Millisecond)
		now.Add(-1)
		io.WriteString(w, r.URL.Path)
	})
	c := converse(t, base, func(c *web.Config) { c.Trace = web.NewTrace(io.Discard, nil) })
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			path := fmt.Sprintf("/%d", i)
			r := httptest.NewRequest("GET", "http://example.com"+path, nil)
			answer, err := c.RoundTrip(r)
			if err != nil {
				t.Error(err)
				return
			}
			if body, _ := io.ReadAll(answer.Body); string(body) != path {
				t.Errorf("%s for %s", body, path)
			}
			c.Secret("x", path)
			c.Cookie("x")
		})
	}
	group.Wait()
	// The connection is kept, unless it took too long to hear that a request
	// was out.
	if most.Load() != 1 || connections.Load() >= 20 {
		t.Errorf("%d at once, %d connections", most.Load(), connections.Load())
	}
}

func TestRoundTripCaps(t *testing.T) {
	base, _ := phone(t, func(w http.ResponseWriter, r *http.Request) {
		w.Write(make([]byte, 5<<20))
		if r.URL.Path == "/huge" {
			w.Write(make([]byte, 16<<20))
		}
	})
	c := converse(t, base)
	for path, kind := range map[string]web.Kind{"/": "", "/huge": web.TooLarge, "//example.com/x": ""} {
		r := httptest.NewRequest("GET", "http://example.com/", nil)
		r.URL.Path = path
		if _, err := c.RoundTrip(r); (err != nil || kind != "") && kindOf(err) != kind {
			t.Errorf("%s: %v", path, err)
		}
	}
	r := httptest.NewRequest("POST", "http://example.com/", io.LimitReader(zeros{}, 17<<20))
	if _, err := c.RoundTrip(r); kindOf(err) != web.TooLarge {
		t.Error(err)
	}
	r = httptest.NewRequest("POST", "http://example.com/", failing{})
	if _, err := c.RoundTrip(r); kindOf(err) != web.Canceled {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("gone") }
