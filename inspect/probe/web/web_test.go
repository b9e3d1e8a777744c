package web_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/diagnosis"
	"github.com/phonecert/phonecert/inspect/probe/web"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// says is a connection to a server that says something, and what it was asked.
func says(t testing.TB, text string) (net.Conn, *bytes.Buffer) {
	t.Helper()
	client, server := net.Pipe()
	var asked bytes.Buffer
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buffer := make([]byte, 4096)
		n, _ := server.Read(buffer)
		asked.Write(buffer[:n])
		io.WriteString(server, text)
		server.Close()
	}()
	t.Cleanup(func() { client.Close(); <-ended })
	return client, &asked
}

// patience is for what comes at once, on a machine that is slow.
const patience = 2 * time.Minute

func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestRequest(t *testing.T) {
	for _, test := range []struct {
		request web.Request
		host    string
	}{
		{web.Request{Host: "prov.example.com", Port: 443, Path: "/a?b=c"}, "prov.example.com"},
		{web.Request{Host: "2001:db8::1", Port: 8443, Path: "/a?b=c"}, "[2001:db8::1]:8443"},
	} {
		conn, asked := says(t, "HTTP/1.1 204 None\r\n\r\n")
		if got := web.Get(within(t, patience), conn, test.request); got.Status != 204 || got.Error != "" || got.Looks != "empty" {
			t.Errorf("%+v", got)
		}
		if want := "GET /a?b=c HTTP/1.1\r\nHost: " + test.host + "\r\nUser-Agent: phonecert\r\nAccept: */*\r\nConnection: close\r\n\r\n"; asked.String() != want {
			t.Errorf("%q", asked)
		}
	}
}

func TestAnswers(t *testing.T) {
	const path = "/a.cfg"
	sized := func(body string) string {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	}
	for _, test := range []struct {
		name, answer string
		want         diagnosis.HTTP
	}{
		{"configuration", "HTTP/1.1 200 OK\r\nServer: nginx \u202ex\r\nContent-Type: text/plain\r\n\r\n#!version:1.0.0.1\na=b\n", diagnosis.HTTP{Status: 200, Reason: "OK", Length: 22, Type: "text/plain", Server: "nginx x", Looks: "phone configuration"}},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n#!ver\r\n8\r\nsion:1.0\r\n0\r\n\r\n", diagnosis.HTTP{Status: 200, Reason: "OK", Length: 13, Looks: "phone configuration"}},
		{"phone book", sized("\ufeff<?xml version=\"1.0\"?>\n<IPPhoneDirectory/>"), diagnosis.HTTP{Status: 200, Reason: "OK", Length: 44, Looks: "XML"}},
		{"bare phone book", sized("<YealinkIPPhoneDirectory>"), diagnosis.HTTP{Status: 200, Reason: "OK", Length: 25, Looks: "XML"}},
		{"page", "HTTP/1.1 404 Not Found\r\nContent-Length: 21\r\n\r\n <!DOCTYPE HTML><html", diagnosis.HTTP{Status: 404, Reason: "Not Found", Length: 21, Looks: "HTML"}},
		{"page as XML", sized("<?xml version=\"1.0\"?><html xmlns=\"x\">"), diagnosis.HTTP{Status: 200, Reason: "OK", Length: 37, Looks: "HTML"}},
		{"encrypted", sized(strings.Repeat("\x00\x81", 16)), diagnosis.HTTP{Status: 200, Reason: "OK", Length: 32, Looks: "encrypted"}},
		{"odd size", sized(strings.Repeat("\x00", 17)), diagnosis.HTTP{Status: 200, Reason: "OK", Length: 17, Looks: "unknown"}},
		{"text of 16", sized("0123456789abcdef"), diagnosis.HTTP{Status: 200, Reason: "OK", Length: 16, Looks: "unknown"}},
		{"empty", sized(""), diagnosis.HTTP{Status: 200, Reason: "OK", Looks: "empty"}},
		{"redirect", "HTTP/1.1 302 Found\r\nLocation: http://x/\r\nContent-Length: 0\r\n\r\n", diagnosis.HTTP{Status: 302, Reason: "Found", Looks: "empty", Location: "http://x/"}},
		{"continued", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\n\r\n" + sized("a"), diagnosis.HTTP{Status: 200, Reason: "OK", Length: 1, Looks: "unknown"}},
		{"large", sized(strings.Repeat("a", 33<<20)), diagnosis.HTTP{Status: 200, Reason: "OK", Length: 32 << 20, Truncated: true, Looks: "unknown"}},
		{"largest", sized(strings.Repeat("\x00", 32<<20)), diagnosis.HTTP{Status: 200, Reason: "OK", Length: 32 << 20, Looks: "encrypted"}},
		{"cut", "HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n" + strings.Repeat("\x00", 16), diagnosis.HTTP{Status: 200, Reason: "OK", Length: 16, Looks: "unknown", Error: "closed"}},
		{"cut late", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + strings.Repeat("a", 4000), diagnosis.HTTP{Status: 200, Reason: "OK", Length: 4000, Looks: "unknown", Error: "closed"}},
		{"closed", "", diagnosis.HTTP{Error: "closed"}},
		{"closed in the head", "HTTP/1.1 200 OK\r\nA", diagnosis.HTTP{Error: "closed"}},
		{"closed in the word", "HTT", diagnosis.HTTP{Error: "closed"}},
		{"SIP", "SIP/2.0 400 Bad\r\n\r\n", diagnosis.HTTP{Error: "not HTTP"}},
		{"noise", "\xff", diagnosis.HTTP{Error: "not HTTP"}},
		{"bad status", "HTTP/1.1 abc OK\r\n\r\n", diagnosis.HTTP{Error: "not HTTP"}},
		{"switching", "HTTP/1.1 101 Switching\r\n\r\n", diagnosis.HTTP{Error: "not HTTP"}},
		{"bad length", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", diagnosis.HTTP{Error: "not HTTP"}},
		{"bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", diagnosis.HTTP{Status: 200, Reason: "OK", Looks: "empty", Error: "not HTTP"}},
		{"long head", "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 20000), diagnosis.HTTP{Error: "too large"}},
		{"endless provisional", strings.Repeat("HTTP/1.1 100 C\r\n\r\n", 10000), diagnosis.HTTP{Error: "too large"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			conn, _ := says(t, test.answer)
			test.want.Path = path
			if got := web.Get(within(t, patience), conn, web.Request{Host: "x", Path: path}); got != test.want {
				t.Errorf("\n%+v, want\n%+v", got, test.want)
			}
		})
	}
}

// TestPrefixes: a head that is cut anywhere is no answer.
func TestPrefixes(t *testing.T) {
	const whole = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"
	for i := range whole {
		conn, _ := says(t, whole[:i])
		if got := web.Get(within(t, patience), conn, web.Request{Host: "x", Path: "/"}); got.Status != 0 || got.Error != "closed" {
			t.Errorf("%d: %+v", i, got)
		}
	}
}

func TestSilent(t *testing.T) {
	client, server := net.Pipe()
	defer server.Close()
	go io.Copy(io.Discard, server)
	if got := web.Get(within(t, 50*time.Millisecond), client, web.Request{Host: "x", Path: "/"}); got.Error != "timeout" {
		t.Errorf("%+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := web.Get(ctx, client, web.Request{Host: "x", Path: "/"}); got.Error != "cancelled" {
		t.Errorf("%+v", got)
	}
}

func TestNginx(t *testing.T) {
	server := testca.Self(t, "prov.example.com", testca.TLS)
	s := realparts.Nginx(t, realparts.NginxConfig{Certificate: server.PEM(), Key: server.KeyPEM(t), Directives: "location = /old { return 301 https://example.com/new; }",
		Files: map[string][]byte{"/001565123456.cfg": []byte("#!version:1.0.0.1\n")}})
	for path, want := range map[string]diagnosis.HTTP{
		"/001565123456.cfg": {Status: 200, Reason: "OK", Length: 18, Looks: "phone configuration"},
		"/missing":          {Status: 404, Reason: "Not Found", Looks: "HTML"},
		"/old":              {Status: 301, Reason: "Moved Permanently", Looks: "HTML", Location: "https://example.com/new"},
	} {
		conn, err := tls.Dial("tcp", s.Addr, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		got := web.Get(within(t, patience), conn, web.Request{Host: "prov.example.com", Path: path})
		conn.Close()
		if got.Status != want.Status || got.Reason != want.Reason || got.Looks != want.Looks || got.Location != want.Location || got.Error != "" || got.Type == "" || !strings.HasPrefix(got.Server, "nginx") || want.Length > 0 && got.Length != want.Length {
			t.Errorf("%+v\n%s", got, s.Log())
		}
	}
}

// FuzzAnswer: whatever a server says, the answer fits together.
func FuzzAnswer(f *testing.F) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzAnswer"); err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := web.Get(t.Context(), &talk{Reader: strings.NewReader(text)}, web.Request{Host: "x", Path: "/"})
		if got.Status == 0 && got.Error == "" || got.Length > int64(len(text)) || got.Status != 0 && (got.Status < 200 || got.Looks == "") {
			t.Errorf("%+v", got)
		}
	})
}

// talk is a connection that holds what a server says.
type talk struct {
	io.Reader
	net.Conn
}

func (c *talk) Read(p []byte) (int, error)  { return c.Reader.Read(p) }
func (c *talk) Write(p []byte) (int, error) { return len(p), nil }
