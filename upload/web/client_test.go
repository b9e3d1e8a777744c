package web_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/web"
)

func converse(t testing.TB, base string, change ...func(*web.Config)) *web.Client {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	config := web.Config{Timeout: time.Minute, Now: testca.Clock}
	for _, c := range change {
		c(&config)
	}
	client := web.New(u, config)
	t.Cleanup(client.Close)
	return client
}

// phone is a server; the connections that it has seen are counted.
func phone(t testing.TB, h http.HandlerFunc) (base string, connections *atomic.Int32) {
	t.Helper()
	connections = new(atomic.Int32)
	s := httptest.NewUnstartedServer(h)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	return s.URL, connections
}

// raw is a server that gets each connection, the first with 0.
func raw(t testing.TB, talk func(n int, conn net.Conn)) (base string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for n := 0; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				talk(n, conn)
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// request reads one from a connection, "" at its end.
func request(conn net.Conn) string {
	r := make([]byte, 64<<10)
	n, _ := conn.Read(r)
	return string(r[:n])
}

func kindOf(err error) web.Kind {
	var e *web.Error
	if !errors.As(err, &e) {
		return web.Kind(fmt.Sprintf("no *Error: %v", err))
	}
	return e.Kind
}

func TestSend(t *testing.T) {
	base, connections := phone(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s|%s|%s|%s", r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), r.Header.Get("X-Test"), body)
	})
	c := converse(t, base)
	if c.Local() != nil {
		t.Error("an address before a connection")
	}
	c.SetHeader("X-TEST", "every")
	form, kind := web.Form(web.Pair{Name: "b", Value: "1 &"}, web.Pair{Name: "a", Value: "é"})
	for _, test := range []struct {
		request web.Request
		want    string
	}{
		{web.Request{Ref: "/servlet?p=login&q=x"}, "GET /servlet?p=login&q=x||every|"},
		{web.Request{Ref: base + "/a"}, "GET /a||every|"},
		{web.Request{Ref: "/a b?c d%20e#f"}, "GET /a%20b?c%20d%20e||every|"},
		{web.Request{Method: "POST", Ref: "?x", Body: form, Kind: kind}, "POST /?x|application/x-www-form-urlencoded|every|b=1+%26&a=%C3%A9"},
		{web.Request{Method: "POST", Ref: "/", Header: http.Header{"Content-Type": {"text/x"}}}, "POST /|text/x|every|"},
	} {
		a, err := c.Send(t.Context(), test.request)
		if err != nil || string(a.Body) != test.want || a.Status != 200 || !strings.HasPrefix(a.URL.String(), base) {
			t.Errorf("%+v: %v, want %s", a, err, test.want)
			if a != nil {
				t.Errorf("%s", a.Body)
			}
		}
	}
	// One is kept, unless it took too long to hear that a request was out.
	if n := connections.Load(); n >= 5 {
		t.Errorf("%d connections", n)
	}
	if c.Local() == nil {
		t.Error("no address")
	}
}

func TestMultipart(t *testing.T) {
	file := []byte("a\r\n------phonecert-0\r\n\x00\xff")
	body, kind := web.Multipart([]web.Pair{{Name: "token", Value: "1"}}, "UploadName", `a"b.pem`, file)
	again, _ := web.Multipart([]web.Pair{{Name: "token", Value: "1"}}, "UploadName", `a"b.pem`, file)
	if !bytes.Equal(body, again) {
		t.Error("two bodies differ")
	}
	r := httptest.NewRequest("POST", "/", bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		t.Fatal(err)
	}
	head := r.MultipartForm.File["UploadName"][0]
	f, err := head.Open()
	if err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(f)
	if !bytes.Equal(got, file) || head.Filename != `a"b.pem` || r.FormValue("token") != "1" {
		t.Errorf("%q %q %q", got, head.Filename, r.FormValue("token"))
	}
}

func TestCookies(t *testing.T) {
	sets := []string{"JSESSIONID=abc; path=/servlet; HttpOnly", "b=x=y z", "bad", "gone=1; Max-Age=0", "old=1; Expires=Thu, 01-Jan-1970 00:00:00 GMT", "young=1; expires=Wed, 01 Jan 2031 00:00:00 GMT"}
	base, _ := phone(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/set" {
			w.Header()["Set-Cookie"] = sets
		}
		if r.URL.Path == "/end" {
			w.Header()["Set-Cookie"] = []string{"JSESSIONID=; Max-Age=-1"}
		}
		w.Header().Set("Connection", "close")
		io.WriteString(w, strings.Join(r.Header["Cookie"], "|"))
	})
	c := converse(t, base)
	get := func(path string) string {
		a, err := c.Get(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		return string(a.Body)
	}
	c.SetCookie("gone", "0")
	c.SetCookie("mine", "1;\r\n2")
	if got := get("/set"); got != "gone=0; mine=12" {
		t.Error(got)
	}
	if got := get("/"); got != "mine=12; JSESSIONID=abc; b=x=y z; young=1" || c.Cookie("JSESSIONID") != "abc" || c.Cookie("old") != "" {
		t.Error(got)
	}
	c.SetCookie("mine", "")
	get("/end")
	if got := get("/"); got != "b=x=y z; young=1" {
		t.Error(got)
	}
}

func TestGetFollows(t *testing.T) {
	const hop = `<html><script>window.location ="/servlet?p=login&q=loginForm&jumpto=status"</script></html>`
	var target string
	base, _ := phone(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			io.WriteString(w, hop)
		case "/moved":
			w.Header().Set("Location", target)
			w.WriteHeader(302)
		case "/round":
			w.Header().Set("Location", "round")
			w.WriteHeader(302)
		default:
			io.WriteString(w, r.URL.RequestURI())
		}
	})
	c := converse(t, base)
	a, err := c.Get(t.Context(), "/")
	if err != nil || string(a.Body) != "/servlet?p=login&q=loginForm&jumpto=status" || a.URL.Path != "/servlet" {
		t.Fatalf("%+v, %v", a, err)
	}
	for to, kind := range map[string]web.Kind{
		"/servlet?q=1#x": "", base + "/x": "", "http://192.0.2.1/": web.Elsewhere, "//example.com/x": web.Elsewhere, "ftp://127.0.0.1/": web.Elsewhere, "http://[": web.NotHTTP, "https://user:secret@192.0.2.1/": web.Elsewhere,
	} {
		target = to
		a, err := c.Get(t.Context(), "/moved")
		if kind == "" && (err != nil || a.Status != 200) || kind != "" && kindOf(err) != kind || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", to, err)
		}
	}
	if a, err := c.Send(t.Context(), web.Request{Ref: "/moved"}); err != nil || a.Status != 302 {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := c.Get(t.Context(), "/round"); kindOf(err) != web.Elsewhere {
		t.Error(err)
	}
	if _, err := c.Send(t.Context(), web.Request{Ref: "http://192.0.2.1/"}); kindOf(err) != web.Elsewhere {
		t.Error(err)
	}
}

// quiet is a log that nobody reads.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
