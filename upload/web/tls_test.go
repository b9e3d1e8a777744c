package web_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/known"
	"github.com/phonecert/phonecert/upload/web"
)

// oldKey is as short as those of the phones of 2010.
var oldKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err)
	}
	return k
})

func oldCertificate(t testing.TB) *testca.Certificate {
	return testca.Root(t, "Example CA").IssueKey(t, "00005e005301", oldKey())
}

// serve is an HTTPS phone; it tells the version and the name it was called by.
func serve(t testing.TB, c *testca.Certificate, change func(*tls.Config)) (base string) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %d", tls.VersionName(r.TLS.Version), r.TLS.ServerName, len(body))
	}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{c.Raw}, PrivateKey: c.Key}}, MinVersion: tls.VersionTLS10}
	change(s.TLS)
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

func accepting(chains *[][][]byte) func(*web.Config) {
	return func(c *web.Config) {
		c.Accept = func(_ string, chain [][]byte) error {
			*chains = append(*chains, chain)
			return nil
		}
	}
}

func TestHTTPS(t *testing.T) {
	certificate := oldCertificate(t)
	only := func(version uint16, suites ...uint16) func(*tls.Config) {
		return func(c *tls.Config) { c.MinVersion, c.MaxVersion, c.CipherSuites = version, version, suites }
	}
	for name, test := range map[string]struct {
		change func(*tls.Config)
		want   string
	}{
		"TLS 1.0":     {only(tls.VersionTLS10, tls.TLS_RSA_WITH_AES_128_CBC_SHA), "TLS 1.0"},
		"TLS 1.0 RC4": {only(tls.VersionTLS10, tls.TLS_RSA_WITH_RC4_128_SHA), "TLS 1.0"},
		"3DES":        {only(tls.VersionTLS10, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA), "TLS 1.0"},
		"TLS 1.1":     {only(tls.VersionTLS11), "TLS 1.1"},
		"TLS 1.2":     {only(tls.VersionTLS12), "TLS 1.2"},
		"TLS 1.3":     {only(tls.VersionTLS13), "TLS 1.3"},
		"any":         {func(*tls.Config) {}, "TLS 1.3"},
	} {
		t.Run(name, func(t *testing.T) {
			base := serve(t, certificate, test.change)
			var chains [][][]byte
			c := converse(t, base, accepting(&chains))
			for range 3 {
				a, err := c.Send(t.Context(), web.Request{Method: "POST", Ref: "/", Body: make([]byte, 100_000)})
				if err != nil || string(a.Body) != test.want+"  100000" {
					t.Fatalf("%+v, %v", a, err)
				}
			}
			// The connection is kept, unless it took too long to hear that a
			// request was out.
			kept := len(chains)
			if kept > 2 || !bytes.Equal(chains[0][0], certificate.Raw) {
				t.Errorf("%d handshakes", kept)
			}
			if _, err := c.Send(t.Context(), web.Request{Method: "POST", Ref: "/", Changes: true}); err != nil || len(chains) != kept+1 {
				t.Errorf("%d handshakes, %v", len(chains), err)
			}
		})
	}
}

func TestServerName(t *testing.T) {
	base := serve(t, oldCertificate(t), func(*tls.Config) {})
	var chains [][][]byte
	c := converse(t, strings.Replace(base, "127.0.0.1", "localhost", 1), accepting(&chains))
	if a, err := c.Get(t.Context(), "/"); err != nil || string(a.Body) != "TLS 1.3 localhost 0" {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestIntolerant: a server that hangs up on what it does not know gets the hello
// of its own time, once.
func TestIntolerant(t *testing.T) {
	certificate := oldCertificate(t)
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{certificate.Raw}, PrivateKey: certificate.Key}}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}}
	for name, refusal := range map[string]string{"closes": "", "alert": "\x15\x03\x01\x00\x02\x02\x46"} {
		t.Run(name, func(t *testing.T) {
			var connections atomic.Int32
			base := raw(t, func(_ int, conn net.Conn) {
				connections.Add(1)
				hello := request(conn)
				if hello[10] != 1 { // client_version
					io.WriteString(conn, refusal)
					return
				}
				secure := tls.Server(&replayed{conn, strings.NewReader(hello)}, config)
				request(secure)
				io.WriteString(secure, "HTTP/1.0 200 OK\r\n\r\nabc")
				// And it ends without close_notify.
			})
			var chains [][][]byte
			c := converse(t, strings.Replace(base, "http:", "https:", 1), accepting(&chains))
			a, err := c.Get(t.Context(), "/")
			if err != nil || string(a.Body) != "abc" || len(chains) != 1 || connections.Load() != 2 {
				t.Errorf("%+v, %v, %d connections", a, err, connections.Load())
			}
		})
	}
}

// replayed is a connection of which the beginning has been read.
type replayed struct {
	net.Conn
	before *strings.Reader
}

func (r *replayed) Read(p []byte) (int, error) {
	if r.before.Len() > 0 {
		return r.before.Read(p)
	}
	return r.Conn.Read(p)
}

func TestNoHandshake(t *testing.T) {
	for name, test := range map[string]struct {
		talk func(net.Conn)
		kind web.Kind
	}{
		"closes":    {func(c net.Conn) { request(c) }, web.TLSFailed},
		"HTTP":      {func(c net.Conn) { request(c); io.WriteString(c, "HTTP/1.1 400 Bad\r\n\r\n") }, web.TLSFailed},
		"malformed": {func(c net.Conn) { request(c); io.WriteString(c, "\x16\x03\x01\x00\x04\x02\x00\x00\x00") }, web.TLSFailed},
		"hangs":     {func(c net.Conn) { request(c); request(c) }, web.Timeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := raw(t, func(_ int, conn net.Conn) { test.talk(conn) })
			c := converse(t, strings.Replace(base, "http:", "https:", 1), func(c *web.Config) {
				if test.kind == web.Timeout {
					c.Timeout = 200 * time.Millisecond
				}
			})
			_, err := c.Send(t.Context(), web.Request{Ref: "/"})
			var e *web.Error
			if !errors.As(err, &e) || e.Kind != test.kind || e.Sent {
				t.Errorf("%+v", err)
			}
		})
	}
}

// TestDistrusted: not a byte of HTTP goes to a phone that is not accepted.
func TestDistrusted(t *testing.T) {
	var asked atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	defer s.Close()
	refusal := errors.New("another phone")
	for _, accept := range []func(string, [][]byte) error{
		nil, func(address string, chain [][]byte) error {
			if address != strings.TrimPrefix(s.URL, "https://") || !bytes.Equal(chain[0], s.Certificate().Raw) {
				t.Errorf("%s, %x", address, chain)
			}
			return refusal
		},
	} {
		c := converse(t, s.URL, func(c *web.Config) { c.Accept = accept })
		_, err := c.Send(t.Context(), web.Request{Ref: "/"})
		var e *web.Error
		if !errors.As(err, &e) || e.Kind != web.Distrusted || e.Sent || accept != nil && !errors.Is(err, refusal) {
			t.Errorf("%+v", err)
		}
	}
	if asked.Load() != 0 {
		t.Error("it was asked")
	}
}

// TestNewCertificate: another certificate in the middle of a conversation ends it
// before anything is sent.
func TestNewCertificate(t *testing.T) {
	var handshakes atomic.Int32
	var shown []tls.Certificate
	for _, c := range []*testca.Certificate{testca.Self(t, "one"), testca.Self(t, "other")} {
		shown = append(shown, tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: c.Key})
	}
	base := serve(t, oldCertificate(t), func(c *tls.Config) {
		c.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
			own := c.Clone()
			own.Certificates = shown[min(handshakes.Add(1)-1, 1):]
			return own, nil
		}
	})
	judge := known.Judge{Store: known.Open(filepath.Join(t.TempDir(), "known_phones")), Remember: true}
	c := converse(t, base, func(c *web.Config) {
		c.Accept = func(address string, chain [][]byte) error {
			_, err := judge.Accept(address, chain)
			return err
		}
	})
	if _, err := c.Send(t.Context(), web.Request{Ref: "/"}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Send(t.Context(), web.Request{Method: "POST", Ref: "/", Body: []byte("pwd=x"), Changes: true})
	var e *web.Error
	var changed *known.ChangedError
	if !errors.As(err, &e) || e.Kind != web.Distrusted || e.Sent || !errors.As(err, &changed) {
		t.Errorf("%+v", err)
	}
}

// TestMovesToHTTPS: the base moves with a redirect, and never back.
func TestMovesToHTTPS(t *testing.T) {
	var plain string
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/back" {
			http.Redirect(w, r, plain+"/", http.StatusFound)
		}
		io.WriteString(w, r.Host+r.URL.Path+r.Header.Get("Cookie"))
	}))
	defer s.Close()
	plain, _ = phone(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		http.Redirect(w, r, s.URL+r.URL.Path, http.StatusMovedPermanently)
	})
	var chains [][][]byte
	c := converse(t, plain, accepting(&chains))
	host := strings.TrimPrefix(s.URL, "https://")
	for _, get := range []func(context.Context, string) (*web.Answer, error){c.Get, func(ctx context.Context, ref string) (*web.Answer, error) { return c.Send(ctx, web.Request{Ref: ref}) }} {
		a, err := get(t.Context(), "/x")
		if err != nil || string(a.Body) != host+"/xa=b" || c.Base().String() != s.URL+"/" {
			t.Errorf("%+v, %v, %s", a, err, c.Base())
		}
	}
	if _, err := c.Get(t.Context(), "/back"); kindOf(err) != web.Elsewhere {
		t.Error(err)
	}
}

// TestOpenSSL: the real thing, as old as it can still be made.
func TestOpenSSL(t *testing.T) {
	certificate := oldCertificate(t)
	for _, arguments := range []string{"-tls1 -cipher AES128-SHA:@SECLEVEL=0", "-tls1 -cipher DHE-RSA-AES256-SHA:@SECLEVEL=0", "-tls1_2 -cipher ALL:@SECLEVEL=0", "-tls1_3 -cipher ALL:@SECLEVEL=0"} {
		t.Run(arguments, func(t *testing.T) {
			args := append(strings.Fields(arguments), "-www", "-cert", realparts.WriteFile(t, "certificate.pem", certificate.PEM()), "-key", realparts.WriteFile(t, "key.pem", certificate.KeyPEM(t)))
			s := realparts.SServer(t, args...)
			var chains [][][]byte
			a, err := converse(t, (&url.URL{Scheme: "https", Host: s.Addr}).String(), accepting(&chains)).Get(t.Context(), "/")
			if err != nil || a.Status != 200 || !strings.Contains(string(a.Body), "s_server") {
				t.Errorf("%+v, %v\n%s", a, err, s.Log())
			}
		})
	}
}
