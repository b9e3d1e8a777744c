package browser

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/upload/web"
)

// phoneFunc is a conversation made of a function.
type phoneFunc func(r *http.Request) (*http.Response, error)

func (f phoneFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func says(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Add(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func opened(t *testing.T, phone phoneFunc) *proxy {
	t.Helper()
	base := &url.URL{Scheme: "https", Host: "192.0.2.1"}
	p, err := newProxy(t.Context(), base, phone, rand.Reader, []byte("-----BEGIN FILE-----"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	return p
}

// ask sends a request as the browser does, unless change makes another of it.
func ask(t *testing.T, p *proxy, method, path, body string, change func(*http.Request)) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.url(path), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(secretHeader, p.secret)
	if change != nil {
		change(r)
	}
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Body.Close() })
	return a
}

// TestAdmits: none but our browser gets through, and to nothing but the phone.
func TestAdmits(t *testing.T) {
	asked := 0
	p := opened(t, func(*http.Request) (*http.Response, error) { asked++; return says(200, "page"), nil })
	for name, test := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"our browser":  {nil, 200},
		"no secret":    {func(r *http.Request) { r.Header.Del(secretHeader) }, 403},
		"wrong secret": {func(r *http.Request) { r.Header.Set(secretHeader, strings.Repeat("0", 64)) }, 403},
		"other host":   {func(r *http.Request) { r.Host = "rebound.example.com" }, 403},
		"localhost":    {func(r *http.Request) { r.Host = strings.Replace(p.host, "127.0.0.1", "localhost", 1) }, 403},
		"connect":      {func(r *http.Request) { r.Method, r.URL.Path = http.MethodConnect, "" }, 403},
		"icon":         {func(r *http.Request) { r.URL.Path = "/favicon.ico" }, 404},
	} {
		if a := ask(t, p, "GET", "/", "", test.change); a.StatusCode != test.status {
			t.Errorf("%s: status %d", name, a.StatusCode)
		}
	}
	if asked != 1 {
		t.Errorf("the phone was asked %d times", asked)
	}
}

// TestRewrites: the phone sees its own page's requests, and the browser stays
// with the proxy.
func TestRewrites(t *testing.T) {
	var got *http.Request
	p := opened(t, func(r *http.Request) (*http.Response, error) {
		got = r
		return says(302, "moved", "Location", "https://192.0.2.1:443/servlet?p=x#y", "Refresh", "3; url=http://192.0.2.1/z", "Content-Length", "77",
			"Set-Cookie", "JSESSIONID=1; Path=/; Domain=192.0.2.1; Secure; SameSite=None", "Set-Cookie", "b=2; HttpOnly", "Strict-Transport-Security", "max-age=9", "Content-Security-Policy", "default-src 'self'"), nil
	})
	a := ask(t, p, "POST", "/a?b=c", "text", func(r *http.Request) {
		r.Header.Set("Origin", p.url(""))
		r.Header.Set("Referer", p.url("/from"))
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Proxy-Connection", "keep-alive")
		r.Header.Set("Cookie", "a=1")
		r.Header.Set("User-Agent", "browser")
	})
	if got.URL.String() != "https://192.0.2.1/a?b=c" || got.Host != "192.0.2.1" || got.ContentLength != 4 {
		t.Errorf("asked for %s at %s with %d bytes", got.URL, got.Host, got.ContentLength)
	}
	got.Header.Del("Content-Length")
	if want := (http.Header{"Origin": {"https://192.0.2.1"}, "Referer": {"https://192.0.2.1/from"}, "Cookie": {"a=1"}, "User-Agent": {"browser"}}); !reflect.DeepEqual(got.Header, want) {
		t.Errorf("the phone sees %v", got.Header)
	}
	a.Header.Del("Date")
	want := http.Header{
		"Location": {p.url("/servlet?p=x#y")}, "Refresh": {"3; url=" + p.url("/z")}, "Content-Length": {"5"}, "Content-Type": a.Header["Content-Type"],
		"Set-Cookie": {"JSESSIONID=1; Path=/", "b=2; HttpOnly"}, "Content-Security-Policy": {"default-src 'self'"},
	}
	if !reflect.DeepEqual(a.Header, want) {
		t.Errorf("the browser sees %v", a.Header)
	}
	for ref, want := range map[string]string{"/x": "/x", "https://example.com/": "https://example.com/", "//192.0.2.1/y": p.url("/y"), ":": ":"} {
		if got := p.local(ref); got != want {
			t.Errorf("%s became %s", ref, got)
		}
	}
}

// TestRemembers: uploads are told from other posts, and what became of them.
func TestRemembers(t *testing.T) {
	dropped := &web.Error{Kind: web.Dropped, Sent: true}
	p := opened(t, func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/gone" {
			return nil, dropped
		}
		return says(200, strings.Repeat("a", maxKept+1)), nil
	})
	ask(t, p, "POST", "/", "a=b", nil)
	if _, ok := p.upload(); ok {
		t.Error("a form without a file is no upload")
	}
	ask(t, p, "PUT", "/", "raw -----BEGIN FILE----- raw", nil)
	if sent, ok := p.upload(); !ok || !sent.done || sent.status != 200 || len(sent.body) != maxKept || !sent.reached() {
		t.Errorf("%t, %d bytes", ok, len(sent.body))
	}
	a := ask(t, p, "POST", "/gone", "-----BEGIN FILE-----", nil)
	if sent, _ := p.upload(); a.StatusCode != http.StatusBadGateway || !a.Close || !errors.Is(sent.err, dropped) || !sent.reached() {
		t.Errorf("status %d, %+v", a.StatusCode, sent)
	}
	for range 2 * maxPosts {
		ask(t, p, "POST", "/poll", "", nil)
	}
	if kept := len(p.since(0)); kept != maxPosts {
		t.Errorf("%d posts are remembered", kept)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if _, busy := p.movement(); !busy {
			return
		}
		time.Sleep(10 * time.Millisecond) // the last handler is still returning
	}
	t.Error("something is under way for ever")
}

// TestCaps: neither an endless answer nor an endless request gets through.
func TestCaps(t *testing.T) {
	p := opened(t, func(*http.Request) (*http.Response, error) {
		a := says(200, "")
		a.Body = io.NopCloser(io.LimitReader(endless{}, maxBody+2))
		return a, nil
	})
	if a := ask(t, p, "GET", "/", "", nil); a.StatusCode != http.StatusBadGateway {
		t.Errorf("status %d", a.StatusCode)
	}
	if a := ask(t, p, "POST", "/", string(bytes.Repeat([]byte("a"), maxBody+1)), nil); a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", a.StatusCode)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// TestClose: a request that is under way ends with the proxy, and none goes to
// the phone after that.
func TestClose(t *testing.T) {
	begun, ended := make(chan bool), make(chan bool, 1)
	p := opened(t, func(r *http.Request) (*http.Response, error) {
		close(begun)
		<-r.Context().Done()
		ended <- true
		return nil, r.Context().Err()
	})
	go func() {
		r, _ := http.NewRequest("GET", p.url("/"), nil)
		r.Header.Set(secretHeader, p.secret)
		if a, err := http.DefaultTransport.RoundTrip(r); err == nil {
			a.Body.Close()
		}
	}()
	<-begun
	p.close()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Error("the request goes on")
	}
	<-p.turn // for the close of the cleanup
}
