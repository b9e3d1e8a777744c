package files

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// patience is for what comes at once, on a machine that is slow.
const patience = 2 * time.Minute

// folder has what a provisioning server has.
func folder() fstest.MapFS {
	made := testca.Clock()
	return fstest.MapFS{
		"y000000000000.cfg":     {Data: []byte("#!version:1.0.0.1\n"), ModTime: made},
		"00005e005301.cfg":      {Data: []byte("account.1.enable = 1\n"), ModTime: made},
		"certs/root.pem":        {Data: []byte("-----BEGIN"), ModTime: made},
		"certs/.key.pem":        {Data: []byte("secret"), ModTime: made},
		".hidden/a.cfg":         {Data: []byte("secret"), ModTime: made},
		"index.html":            {Data: []byte("<html>"), ModTime: made},
		"pipe.cfg":              {Mode: fs.ModeNamedPipe},
		"T28 firmware 2.73.rom": {Data: make([]byte, 100_000), ModTime: made},
	}
}

// caller is a client and what the server told and ended with.
type caller struct {
	net.Conn
	in    *bufio.Reader
	told  chan Exchange
	ended chan error
	stop  context.CancelFunc
}

func call(t testing.TB, c Config) *caller {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(patience))
	if c.Clock == nil {
		c.Clock = testca.Clock
	}
	ctx, stop := context.WithCancel(t.Context())
	x := &caller{conn, bufio.NewReader(conn), make(chan Exchange, 1000), make(chan error, 1), stop}
	done := make(chan struct{})
	go func() {
		defer close(done)
		x.ended <- Serve(ctx, far, c, func(e Exchange) { x.told <- e })
		far.Close()
	}()
	t.Cleanup(func() { stop(); conn.Close(); <-done })
	return x
}

// ask sends a text whose lines end in LF, and returns the answer and its body.
func (c *caller) ask(t *testing.T, text string) (*http.Response, string) {
	t.Helper()
	if _, err := io.WriteString(c, strings.ReplaceAll(text, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	r, err := http.ReadResponse(c.in, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return r, string(body)
}

func (c *caller) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-c.ended:
		return err
	case <-time.After(patience):
		t.Fatal("it goes on")
		return nil
	}
}

// TestAnswers: what is sent, what is not, and what is told of it, all over
// connections that live on.
func TestAnswers(t *testing.T) {
	c := call(t, Config{Folder: folder()})
	for _, test := range []struct {
		request string
		status  int
		body    string
		field   [2]string
		told    string
	}{
		{"GET /y000000000000.cfg HTTP/1.1\nHost: x\n\n", 200, "#!version:1.0.0.1\n", [2]string{"Content-Type", "text/plain"}, "GET /y000000000000.cfg: 200 OK, 18 bytes"},
		{"HEAD /y000000000000.cfg HTTP/1.1\nHost: x\n\n", 200, "", [2]string{"Content-Length", "18"}, "HEAD /y000000000000.cfg: 200 OK, 0 bytes"},
		{"GET /y000000000000.cfg HTTP/1.0\nConnection: Keep-Alive\n\n", 200, "#!version:1.0.0.1\n", [2]string{"Connection", "keep-alive"}, ""},
		{"GET //certs//root.pem?password=horse HTTP/1.1\nHost: x\n\n", 200, "-----BEGIN", [2]string{"Content-Type", "application/x-x509-ca-cert"}, "GET //certs//root.pem: 200 OK, 10 bytes"},
		{"GET https://user:horse@pbx.example.com/certs/root.pem HTTP/1.1\n\n", 200, "-----BEGIN", [2]string{}, "GET /certs/root.pem: 200"},
		{"GET /T28%20firmware%202.73.rom HTTP/1.1\nRange: bytes=99998-\n\n", 206, "\x00\x00", [2]string{"Content-Range", "bytes 99998-99999/100000"}, "GET /T28 firmware 2.73.rom: 206 Partial Content, 2 bytes"},
		{"GET /00005e005301.cfg HTTP/1.1\nRange: bytes=99998-\n\n", 416, "invalid range: failed to overlap\n", [2]string{"Content-Length", "33"}, ""},
		{"GET /00005e005301.cfg HTTP/1.1\nIf-Modified-Since: Sat, 01 Jun 2024 12:00:00 GMT\n\n", 304, "", [2]string{"Date", "Sat, 01 Jun 2024 12:00:00 GMT"}, "GET /00005e005301.cfg: 304 Not Modified"},
		{"GET /index.html HTTP/1.1\n\n", 200, "<html>", [2]string{"Content-Type", "text/html"}, ""},
		{"GET / HTTP/1.1\n\n", 404, "Not Found\n", [2]string{"Content-Type", "text/plain"}, "GET /: 404 Not Found, it is no file"},
		{"GET /certs HTTP/1.1\n\n", 404, "Not Found\n", [2]string{}, "GET /certs: 404 Not Found, it is no file"},
		{"GET /certs/root.pem/ HTTP/1.1\n\n", 404, "Not Found\n", [2]string{}, ""},
		{"GET /pipe.cfg HTTP/1.1\n\n", 404, "Not Found\n", [2]string{}, "GET /pipe.cfg: 404 Not Found, it is no file"},
		{"GET /00005e005302.cfg HTTP/1.1\n\n", 404, "Not Found\n", [2]string{}, "GET /00005e005302.cfg: 404 Not Found, there is no such file"},
		{"HEAD /00005e005302.cfg HTTP/1.1\n\n", 404, "", [2]string{"Content-Length", "10"}, ""},
		{"GET /certs/../index.html HTTP/1.1\n\n", 404, "Not Found\n", [2]string{}, "GET /certs/../index.html: 404 Not Found, hidden files are not sent"},
		{"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\n\n", 404, "Not Found\n", [2]string{}, ""},
		{"GET /..%5c..%5cetc HTTP/1.1\n\n", 404, "Not Found\n", [2]string{}, ""},
		{"GET /a%00b HTTP/1.1\n\n", 404, "Not Found\n", [2]string{}, ""},
		{"GET /%ff%fe HTTP/1.1\n\n", 404, "Not Found\n", [2]string{}, ""},
		{"GET /certs/.key.pem HTTP/1.1\n\n", 404, "Not Found\n", [2]string{}, ""},
		{"GET /.hidden/a.cfg HTTP/1.1\n\n", 404, "Not Found\n", [2]string{}, ""},
		{"PUT /00005e005301-boot.log HTTP/1.1\nContent-Length: 4\n\nbody", 405, "Method Not Allowed\n", [2]string{"Allow", "GET, HEAD"}, "PUT /00005e005301-boot.log: 405 Method Not Allowed"},
		{"POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n4\nbody\n0\n\n", 405, "Method Not Allowed\n", [2]string{}, ""},
		{"OPTIONS * HTTP/1.1\n\n", 405, "Method Not Allowed\n", [2]string{}, ""},
		{"\n\nGET /index.html HTTP/1.1\nX: a\n b\n\n", 200, "<html>", [2]string{}, ""},
	} {
		r, body := c.ask(t, test.request)
		if r.StatusCode != test.status || body != test.body || test.field[0] != "" && r.Header.Get(test.field[0]) != test.field[1] || r.Close {
			t.Errorf("%q: %s, %q, %v", test.request, r.Status, body, r.Header)
		}
		if x := <-c.told; !strings.HasPrefix(x.Text, test.told) || strings.Contains(x.Text, "horse") || x.Status != test.status || x.Bytes != int64(len(body)) {
			t.Errorf("%q: %+v", test.request, x)
		}
	}
}

// TestNoFolder: nothing is there, and that is told in few words.
func TestNoFolder(t *testing.T) {
	c := call(t, Config{})
	const agent = "Yealink SIP-T28P 2.73.0.50 00:00:5e:00:53:01"
	r, _ := c.ask(t, "GET /y.cfg HTTP/1.1\nUser-Agent: "+agent+"\nAuthorization: Basic YTpob3JzZQ==\n\n")
	if x := <-c.told; r.StatusCode != 404 || x != (Exchange{Method: "GET", Path: "/y.cfg", Status: 404, Bytes: 10, UserAgent: agent, Authorization: true, Text: "GET /y.cfg: 404 Not Found"}) {
		t.Errorf("%+v", x)
	}
}

// TestRoot: nothing escapes from a folder on the disk, and what may not be read
// is not there.
func TestRoot(t *testing.T) {
	dir := t.TempDir()
	inside := filepath.Join(dir, "inside")
	if err := errors.Join(os.Mkdir(inside, 0o755), os.WriteFile(filepath.Join(dir, "secret"), []byte("secret"), 0o600),
		os.WriteFile(filepath.Join(inside, "a.cfg"), []byte("a"), 0o600), os.Symlink("../secret", filepath.Join(inside, "b.cfg"))); err != nil {
		realparts.Missing(t, "symbolic links: "+err.Error())
	}
	root, err := os.OpenRoot(inside)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	c := call(t, Config{Folder: root.FS()})
	if r, body := c.ask(t, "GET /a.cfg HTTP/1.1\n\n"); r.StatusCode != 200 || body != "a" {
		t.Errorf("%s, %q", r.Status, body)
	}
	<-c.told
	if r, body := c.ask(t, "GET /b.cfg HTTP/1.1\n\n"); r.StatusCode != 404 || strings.Contains(body, "secret") {
		t.Errorf("%s, %q", r.Status, body)
	}
	if x := <-c.told; x.Text != "GET /b.cfg: 404 Not Found, the file cannot be opened" {
		t.Errorf("%+v", x)
	}
}

// TestEnds: why each connection ends, and what the client hears before.
func TestEnds(t *testing.T) {
	get := "GET /index.html HTTP/1.1\n"
	for _, test := range []struct {
		name, text, answer string
		want               error
		limit              string
	}{
		{"nothing", "", "", io.EOF, ""},
		{"between requests", get + "\n", "HTTP/1.1 200 OK", io.EOF, ""},
		{"HTTP/1.0", "GET /index.html HTTP/1.0\n\n", "HTTP/1.0 200 OK", ErrDone, ""},
		{"the last", get + "Connection: close\n\n", "HTTP/1.1 200 OK", ErrDone, ""},
		{"who asks first", "PUT / HTTP/1.1\nExpect: 100-continue\nContent-Length: 9\n\n", "HTTP/1.1 405 Method", ErrDone, ""},
		{"HTTP/2", "PRI * HTTP/2.0\n\nSM\n\n", "HTTP/1.1 505", ErrDone, ""},
		{"in a line", "GET /ind", "", io.ErrUnexpectedEOF, ""},
		{"in a head", get + "Host: x\n", "", io.ErrUnexpectedEOF, ""},
		{"in a body", "PUT / HTTP/1.1\nContent-Length: 9\n\nbody", "HTTP/1.1 405", io.ErrUnexpectedEOF, ""},
		{"SIP", "REGISTER sip:example.com SIP/2.0\n\n", "HTTP/1.1 400", ErrNotHTTP, ""},
		{"HTTP/0.9", "GET /index.html\n\n", "HTTP/1.1 400", ErrNotHTTP, ""},
		{"binary", "\x00\x01\x02\n\n", "HTTP/1.1 400", ErrNotHTTP, ""},
		{"no field", get + "what is this\n\n", "HTTP/1.1 400", ErrNotHTTP, ""},
		{"negative length", "PUT / HTTP/1.1\nContent-Length: -1\n\n", "HTTP/1.1 400", ErrNotHTTP, ""},
		{"two lengths", "PUT / HTTP/1.1\nContent-Length: 1\nContent-Length: 2\n\n", "HTTP/1.1 400", ErrNotHTTP, ""},
		{"no chunk", "PUT / HTTP/1.1\nTransfer-Encoding: chunked\n\nzz\n\n", "HTTP/1.1 405", ErrNotHTTP, ""},
		{"a line without end", "GET /" + strings.Repeat("a", MaxHead), "", ErrTooLarge, "request size"},
		{"a large head", get + strings.Repeat("A: "+strings.Repeat("b", 1000)+"\n", 40), "", ErrTooLarge, "request size"},
		{"many fields", get + strings.Repeat("A: b\n", 10_000), "", ErrTooLarge, "request size"},
		{"empty lines", strings.Repeat("\n", MaxHead), "", ErrTooLarge, "request size"},
		{"a large body", "PUT / HTTP/1.1\nContent-Length: 999999999\n\n" + strings.Repeat("b", 2*MaxBody), "", ErrTooLarge, "request size"},
	} {
		c := call(t, Config{Folder: folder()})
		// The server may hang up before all is written, and then its answer is lost.
		io.WriteString(c, strings.ReplaceAll(test.text, "\n", "\r\n"))
		c.Conn.(*net.TCPConn).CloseWrite()
		err := c.end(t)
		var limited *Limited
		if !errors.Is(err, test.want) || errors.As(err, &limited) != (test.limit != "") || limited != nil && limited.Limit != test.limit {
			t.Errorf("%s: %v", test.name, err)
		}
		if test.limit == "" {
			if answer, _ := io.ReadAll(c.in); !strings.HasPrefix(string(answer), test.answer) || test.answer == "" && len(answer) > 0 {
				t.Errorf("%s: %q", test.name, answer)
			}
		} else if x := <-c.told; x.Status != 431 && x.Status != 405 {
			t.Errorf("%s: %+v", test.name, x)
		}
	}
}

// TestTime: silence has an end, and so has the context.
func TestTime(t *testing.T) {
	c := call(t, Config{Idle: time.Millisecond})
	var limited *Limited
	if err := c.end(t); !errors.As(err, &limited) || limited.Limit != "idle time" {
		t.Errorf("%v", err)
	}
	c = call(t, Config{})
	c.ask(t, "GET / HTTP/1.1\n\n")
	c.stop()
	if err := c.end(t); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestSplit: where the packets end makes no difference, and many requests may
// come in one.
func TestSplit(t *testing.T) {
	text := strings.ReplaceAll("GET /index.html HTTP/1.1\nHost: a\n\nPUT / HTTP/1.1\nContent-Length: 4\n\nbodyHEAD /x HTTP/1.1\n\n", "\n", "\r\n")
	for at := range len(text) {
		near, far := net.Pipe() // each Write is one Read
		told := make(chan Exchange, 3)
		done := make(chan error, 1)
		go func() { done <- Serve(t.Context(), far, Config{Folder: folder()}, func(x Exchange) { told <- x }) }()
		go io.Copy(io.Discard, near)
		near.SetDeadline(time.Now().Add(patience))
		_, first := io.WriteString(near, text[:at])
		_, second := io.WriteString(near, text[at:])
		if err := errors.Join(first, second); err != nil {
			t.Fatal(err)
		}
		if a, b, c := <-told, <-told, <-told; a.Status != 200 || b.Status != 405 || c.Status != 404 {
			t.Fatalf("cut at %d: %+v, %+v, %+v", at, a, b, c)
		}
		near.Close()
		<-done
	}
}

// TestShorter: a file that shrinks while it is sent ends the connection, for the
// client waits for the rest.
func TestShorter(t *testing.T) {
	c := call(t, Config{Folder: shrinking{folder()}})
	io.WriteString(c, "GET /index.html HTTP/1.1\r\n\r\n")
	if err := c.end(t); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v", err)
	}
	if x := <-c.told; x.Status != 200 || x.Bytes != 2 {
		t.Errorf("%+v", x)
	}
}

// shrinking has files of which only two bytes are left when they are read.
type shrinking struct{ fs.FS }

func (s shrinking) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	return &shrunk{File: f, left: 2}, err
}

type shrunk struct {
	fs.File
	left int
}

func (f *shrunk) Read(b []byte) (int, error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	n, err := f.File.Read(b[:min(len(b), f.left)])
	f.left -= n
	return n, err
}

func (f *shrunk) Seek(offset int64, whence int) (int64, error) {
	return f.File.(io.Seeker).Seek(offset, whence)
}

// TestContentType: by the ending alone.
func TestContentType(t *testing.T) {
	for name, want := range map[string]string{"a.cfg": "text/plain", "a.CFG": "text/plain", "a.xml": "text/xml", "a.rom": "application/octet-stream", "a": "application/octet-stream", "a.cfg/b": "application/octet-stream"} {
		if got := contentType(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestSeeds: the fuzz target has something to begin with.
func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzServe"); err != nil || len(seeds) == 0 {
		t.Errorf("%d seeds, %v", len(seeds), err)
	}
}

// FuzzServe: whatever a client sends is answered with whole messages, and the
// end comes when the client's does.
func FuzzServe(f *testing.F) {
	f.Fuzz(func(t *testing.T, text []byte) {
		conn := &script{in: strings.NewReader(string(text))}
		answers := 0
		err := Serve(t.Context(), conn, Config{Folder: folder(), Clock: testca.Clock}, func(x Exchange) {
			answers++
			if x.Status < 200 || strings.ContainsAny(x.Text, "\r\n") {
				t.Fatalf("%+v", x)
			}
		})
		if err == nil {
			t.Fatal("no reason")
		}
		if got := strings.Count(conn.out.String(), "Server: phonecert\r\n"); got != answers {
			t.Fatalf("%d answers, %d told", got, answers)
		}
		if strings.Contains(conn.out.String(), "secret") {
			t.Fatalf("%q", conn.out.String())
		}
	})
}

// script is a connection whose client has said all from the beginning.
type script struct {
	net.Conn
	in  io.Reader
	out strings.Builder
}

func (s *script) Read(b []byte) (int, error)       { return s.in.Read(b) }
func (s *script) Write(b []byte) (int, error)      { return s.out.Write(b) }
func (s *script) SetDeadline(time.Time) error      { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }
