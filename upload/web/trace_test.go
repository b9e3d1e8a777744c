package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/web"
)

var update = flag.Bool("update", false, "write testdata/trace.txt anew")

// stage is a conversation with a phone at a name that never changes; the clock
// goes on by a second whenever it is looked at.
func stage(t testing.TB, w io.Writer, h http.HandlerFunc) *web.Client {
	t.Helper()
	base, _ := phone(t, h)
	at := strings.TrimPrefix(base, "http://")
	now := testca.Clock()
	trace := web.NewTrace(w, func(err error) { t.Error(err) })
	return converse(t, "http://192.0.2.55", func(c *web.Config) {
		c.Trace = trace
		c.Now = func() time.Time { now = now.Add(time.Second); return now }
		dial := c.Dial
		c.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			if dial == nil {
				dial = new(net.Dialer).DialContext
			}
			return dial(ctx, network, at)
		}
	})
}

func TestTrace(t *testing.T) {
	var out bytes.Buffer
	key := testca.Self(t, "phone.example.com")
	c := stage(t, &out, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		switch r.URL.Query().Get("q") {
		case "getsessionid":
			io.WriteString(w, "c0ffee,10001,S1234567890")
		case "login":
			w.Header().Set("Set-Cookie", "JSESSIONID=abcdefgh; path=/; HttpOnly")
			w.Header().Set("Location", "/servlet?p=status&token=4711")
			w.WriteHeader(302)
		case "load":
			io.WriteString(w, "<script>var g_strToken = \"4711\"; lang='en'</script>\n<input type=hidden name=token value=4711><a href=\"/x?q=1&amp;token=4711\">x</a> abcdefgh h&#252;nt&lt;er2")
		case "long":
			io.WriteString(w, strings.Repeat("0123456789abcde\n", 2000))
		case "binary":
			w.Write([]byte{0, 1, 2})
		case "drop":
			panic(http.ErrAbortHandler)
		}
	})
	send := func(r web.Request) *web.Answer { a, _ := c.Send(t.Context(), r); return a }
	post := func(ref string, fields ...web.Pair) web.Request {
		r := web.Request{Method: "POST", Ref: ref, Changes: true}
		r.Body, r.Kind = web.Form(fields...)
		return r
	}
	c.Secret("password", "hünt<er2")
	c.Secret("user", "x y")
	a := send(web.Request{Ref: "/servlet?p=login&q=getsessionid&random=0.123"})
	_, session, _ := strings.Cut(string(a.Body), "10001,")
	c.Secret("session", session)
	c.SetCookie("JSESSIONID", session)
	c.SetHeader("Authorization", "Basic bWU6aHVudGVyMg==")
	c.SetHeader("X-CSRFToken", "9876")
	send(post("/servlet?p=login&q=login", web.Pair{Name: "username", Value: "x y"}, web.Pair{Name: "pwd", Value: "hünt<er2"}, web.Pair{Name: "rsakey", Value: "00ff"}, web.Pair{Name: "acc", Value: ""}))
	c.SetHeader("Authorization", "")
	c.SetHeader("X-CSRFToken", "")
	send(web.Request{Ref: "/servlet?q=load"})
	upload := web.Request{Method: "POST", Ref: "/servlet?m=mod_res&p=upload&type=x&maxlength=00ff&token=4711", Changes: true}
	upload.Body, upload.Kind = web.Multipart([]web.Pair{{Name: "token", Value: "4711"}, {Name: "page", Value: "trusted-cert"}}, "UploadName", "server.pem", append([]byte("before\n"), append(key.KeyPEM(t), "after\n"...)...))
	send(upload)
	upload.Body, upload.Kind = web.Multipart(nil, "UploadName", "server.p12", []byte{0x30, 0x82, 0, 0})
	send(upload)
	send(web.Request{Method: "POST", Ref: "/api/x?p=Login", Kind: "application/json", Body: []byte(`{"wui.common.token":"4711","data":"change","say":"h\u00fcnt\u003cer2"}`)})
	send(web.Request{Ref: "/?q=long"})
	send(web.Request{Ref: "/?q=binary"})
	send(post("/?q=drop"))
	c.Close()

	if *update {
		if err := os.WriteFile("testdata/trace.txt", out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/trace.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("%s", out.String())
	}
	for _, secret := range []string{"ünt", "er2", "S123", "abcdefgh", "4711", "00ff", "9876", "bWU6", "MII", "0.123"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s is in the trace", secret)
		}
	}
}

// TestTraceInPieces: passages of many conversations do not mix.
func TestTraceInPieces(t *testing.T) {
	base, _ := phone(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) })
	var out pieces
	trace := web.NewTrace(&out, nil)
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			c := converse(t, base, func(c *web.Config) { c.Trace = trace })
			for range 5 {
				c.Get(t.Context(), fmt.Sprintf("/%d", i))
			}
			c.Close()
		})
	}
	group.Wait()
	if len(out) != 20 {
		t.Errorf("%d pieces", len(out))
	}
	for _, p := range out {
		_, after, _ := strings.Cut(p, "GET /")
		if i := after[:1]; !strings.HasPrefix(p, "==== ") || !strings.HasSuffix(p, "\n\n/"+i+"\n\n") || strings.Count(p, "====") != 1 {
			t.Errorf("%q", p)
		}
	}
}

type pieces []string

func (p *pieces) Write(b []byte) (int, error) { *p = append(*p, string(b)); return len(b), nil }

func TestTraceThatFails(t *testing.T) {
	base, _ := phone(t, func(http.ResponseWriter, *http.Request) {})
	r, w := io.Pipe()
	r.CloseWithError(errors.New("disk full"))
	var told []error
	trace := web.NewTrace(w, func(err error) { told = append(told, err) })
	c := converse(t, base, func(c *web.Config) { c.Trace = trace })
	for range 3 {
		if _, err := c.Get(t.Context(), "/"); err != nil {
			t.Error(err)
		}
	}
	if len(told) != 1 || told[0].Error() != "disk full" {
		t.Errorf("%v", told)
	}
}

// encodings are those in which a secret may stand in a page or a request.
func encodings() map[string]func(string) string {
	each := func(format string) func(string) string {
		return func(s string) string {
			var b strings.Builder
			for _, r := range s {
				fmt.Fprintf(&b, format, r)
			}
			return b.String()
		}
	}
	units := func(format string) func(string) string {
		return func(s string) string {
			var b strings.Builder
			for _, u := range utf16.Encode([]rune(s)) {
				fmt.Fprintf(&b, format, u)
			}
			return b.String()
		}
	}
	quoted := func(html bool) func(string) string {
		return func(s string) string {
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(html)
			e.Encode(s)
			text := strings.TrimSuffix(b.String(), "\n")
			return text[1 : len(text)-1]
		}
	}
	bytewise := func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, "%%%02x", c)
		}
		return b.String()
	}
	return map[string]func(string) string{
		"raw": func(s string) string { return s }, "query": url.QueryEscape, "path": url.PathEscape, "percent": bytewise,
		"html": html.EscapeString, "decimal": each("&#%d;"), "hexadecimal": each("&#x%04X;"),
		"json": quoted(false), "json html": quoted(true), "script": units(`\u%04X`), "escape": units("%%u%04x"),
		"hex": func(s string) string { return hex.EncodeToString([]byte(s)) }, "HEX": func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
		"base64": func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }, "base64url": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
		"base64 in a URL": func(s string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(s))) },
	}
}

// TestSecretsNeverAppear: random secrets in random encodings, in every place.
func TestSecretsNeverAppear(t *testing.T) {
	const seed = 1
	random := rand.New(rand.NewPCG(seed, seed))
	// No character that the frame of the trace needs.
	alphabet := []rune("QXZ§ßéЖ漢😀 %+&\\\"'<>/;~^`$")
	encoded := encodings()
	for range 25 {
		var secret string
		for range 3 + random.IntN(12) {
			secret += string(alphabet[random.IntN(len(alphabet))])
		}
		if secret = strings.TrimSpace(secret); len(secret) < 3 {
			continue
		}
		var answer string
		var out bytes.Buffer
		c := stage(t, &out, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, answer) })
		c.Secret("secret", secret)
		for how, encode := range encoded {
			text := encode(secret)
			answer = "(" + text + ")"
			r := web.Request{Method: "POST", Ref: "/", Body: []byte("x=" + text), Kind: "text/plain"}
			if how == "query" || how == "percent" {
				r.Ref = "/?x=" + text
			}
			if _, err := c.Send(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		c.Close()
		for how, encode := range encoded {
			if text := encode(secret); strings.Contains(out.String(), text) {
				t.Fatalf("%q as %s, %q, is in the trace", secret, how, text)
			}
		}
	}
}

// TestSecretAcrossTheCut: a secret of which the cut would leave the beginning.
func TestSecretAcrossTheCut(t *testing.T) {
	var out bytes.Buffer
	c := stage(t, &out, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, strings.Repeat(".", 16<<10-10)+strings.Repeat("QZ", 1000)+strings.Repeat(".", 1<<10))
	})
	c.Secret("long", strings.Repeat("QZ", 1000))
	c.Get(t.Context(), "/")
	c.Close()
	if strings.Contains(out.String(), "QZ") || !strings.Contains(out.String(), "***long*") {
		t.Errorf("%s", out.String())
	}
}
