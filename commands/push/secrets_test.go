package push_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"flag"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/testca"
)

var updateTraces = flag.Bool("update", false, "write testdata/trace anew")

// normal takes out of a trace what differs from run to run: the server's date,
// and the certificate, whose key is new each time.
func normal(trace string) string {
	for pattern, by := range map[string]string{
		`(?m)^Date: .*$`: "Date: …", `(?m)^(Content-Length: )\d+$`: "${1}…",
		`(?s)(-----BEGIN CERTIFICATE-----).*?(-----END CERTIFICATE-----)`: "$1 … $2",
	} {
		trace = regexp.MustCompile(pattern).ReplaceAllString(trace, by)
	}
	return trace
}

// TestTraceHTTP: the whole conversation of an upload, every secret replaced, as
// it is in testdata/trace.
func TestTraceHTTP(t *testing.T) {
	t.Parallel()
	for _, d := range []dialect.Name{dialect.Session, dialect.API} {
		o, s := newOffice(t), newSite(t, serve.Config{Password: "S3cr3t pa&ss"}, d)
		o.Env["PHONECERT_PASSWORD"] = "S3cr3t pa&ss"
		o.Random = rand.NewChaCha8([32]byte{1})
		address := s.one().URL
		o.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			_, host, _ := strings.Cut(address, "://")
			return (&net.Dialer{}).DialContext(ctx, network, host)
		}
		var mu sync.Mutex
		now := testca.Clock()
		o.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(time.Second)
			return now
		}
		scheme, _, _ := strings.Cut(address, "://")
		own := o.own("phone.example.com")
		path := filepath.Join(o.Dir, "trace.txt")
		r := o.upload(0, own, "--as", "server", "--phone", scheme+"://192.0.2.55", "--trace-http", path)
		r.is(t, "uploaded", "")
		trace := normal(o.text("trace.txt"))
		golden := filepath.Join("testdata", "trace", string(d)+".txt")
		if *updateTraces {
			if err := os.WriteFile(golden, []byte(trace), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if trace != string(want) {
			t.Errorf("%s is no longer the conversation; go test ./commands/push -run TestTraceHTTP -update writes it anew:\n%s", golden, difference(string(want), trace))
		}
		if said := o.Run(1, "phone", "show", scheme+"://192.0.2.55", "--trace-http", path); !strings.Contains(said.Err, "already exists") || s.one().Phone.State().Wrong != 0 {
			t.Error(said.Err)
		}
	}
}

// difference is the first line in which two texts differ.
func difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d was  %s\nline %d is   %s", i+1, a[i], i+1, b[i])
		}
	}
	return fmt.Sprintf("%d lines were, %d are", len(a), len(b))
}

// forms are the spellings in which a secret might slip out.
func forms(secret string) []string {
	list := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
		strings.Trim(fmt.Sprintf("%q", secret), `"`), html.EscapeString(secret),
	}
	for shift := range 3 { // inside of a longer text, as in Authorization
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + secret))
		list = append(list, text[4*min(shift, 1):len(text)-4])
	}
	return list
}

// keyForms are pieces of a private key.
func keyForms(key []byte) (list []string) {
	block, _ := pem.Decode(key)
	body := strings.ReplaceAll(strings.Join(strings.Split(string(key), "\n")[1:], ""), "-----END PRIVATE KEY-----", "")
	for at := 64; at+24 < len(body); at += 48 { // what comes before is the same in all keys
		list = append(list, body[at:at+24], url.QueryEscape(body[at:at+24]))
	}
	text := hex.EncodeToString(block.Bytes[64:])
	for at := 0; at+32 < len(text); at += 64 {
		list = append(list, text[at:at+32], strings.ToUpper(text[at:at+32]))
	}
	return list
}

// vault knows all secrets of a test, those of the phones too.
type vault struct {
	mu   sync.Mutex
	list map[string]string
}

// keep adds a secret in all its spellings.
func (v *vault) keep(name string, spellings ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range spellings {
		if len(s) >= 8 {
			v.list[s] = name
		}
	}
}

// watch learns sessions and tokens from the requests.
func (v *vault) watch(_ *serve.Served, r *http.Request) {
	for _, c := range r.Cookies() {
		v.keep("the cookie "+c.Name, c.Value, base64.StdEncoding.EncodeToString([]byte(c.Value)))
	}
	v.keep("the token", r.Header.Get("X-CSRFToken"), r.URL.Query().Get("token"))
}

// search looks for secrets in a text.
func (v *vault) search(t *testing.T, where, text string) {
	t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	for s, name := range v.list {
		if at := strings.Index(text, s); at >= 0 {
			t.Errorf("%s is in %s as %q: …%s…", name, where, s, text[max(0, at-60):min(len(text), at+len(s)+20)])
		}
	}
}

// TestSecretsOfPush: passwords, private keys, sessions and tokens stand in no
// output, error, trace, journal, report or file of known phones, however a visit
// ends.
func TestSecretsOfPush(t *testing.T) {
	t.Parallel()
	const right, wrong = "R1ght+hünter&2 %/=", "Wr0ng+pa$$wörd <&>"
	own := testca.Root(t, "Example CA").Issue(t, "phone.example.com", testca.TLS)
	for _, faults := range []string{"", "drop-after-write", "expire-session=2", "http500=0.3", "wrong password"} {
		t.Run(faults, func(t *testing.T) {
			t.Parallel()
			o, v := newOffice(t), &vault{list: map[string]string{}}
			v.keep("the password", forms(right)...)
			v.keep("the wrong password", forms(wrong)...)
			v.keep("the private key", keyForms(own.KeyPEM(t))...)
			f, err := simulate.ParseFaults(strings.TrimSuffix(faults, "wrong password"))
			if err != nil {
				t.Fatal(err)
			}
			s := newSite(t, serve.Config{Password: right, Faults: f, Observe: v.watch}, dialect.All()...)
			password := map[bool]string{false: right, true: wrong}[faults == "wrong password"]
			o.Env["PHONECERT_PASSWORD"] = password
			file := o.File("phone.pem", own.PEM(), own.KeyPEM(t))
			list := "address,user,password\n"
			for _, p := range s.Phones() {
				list += p.URL + ",admin," + `"` + password + "\"\n"
			}
			inventory := o.File("phones.csv", []byte(list))
			for n, args := range [][]string{
				{"upload", file, "--as", "server", "--inventory", inventory, "--report", filepath.Join(o.Dir, "report.csv"), "--failed", filepath.Join(o.Dir, "failed.csv"), "--retries", "0", "--yes"},
				{"upload", file, "--as", "trusted", "--inventory", inventory, "--dry-run", "--json"},
			} {
				said := o.Run(commandstest.AnyCode, append(args, "--trace-http", filepath.Join(o.Dir, fmt.Sprintf("trace-%d.txt", n)))...)
				v.search(t, "standard output", said.Out)
				v.search(t, "standard error", said.Err)
			}
			for n, p := range s.Phones() {
				for command, args := range map[string][]string{"show": nil, "set": {"--ca", "all"}, "delete": {"--subject", "phone.example.com", "--as", "server", "--yes", "--json"}} {
					trace := filepath.Join(o.Dir, fmt.Sprintf("trace-%s-%d.txt", command, n))
					said := o.Run(commandstest.AnyCode, append([]string{"phone", command, p.URL, "--trace-http", trace, "--retries", "0"}, args...)...)
					v.search(t, command, said.Out+said.Err)
				}
			}
			searchFiles(t, v, o.Dir, "phones.csv", "failed.csv", "phone.pem")
			searchFiles(t, v, o.Home)
		})
	}
}

// searchFiles looks at all files of a folder but those whose secrets are the
// user's own.
func searchFiles(t *testing.T, v *vault, folder string, but ...string) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || slices.Contains(but, filepath.Base(path)) {
			return err
		}
		text, err := os.ReadFile(path)
		v.search(t, filepath.Base(path), string(text))
		seen++
		return err
	})
	if err != nil || seen == 0 {
		t.Errorf("%d files of %s, %v", seen, folder, err)
	}
}

// TestPhoneThatTellsOn: a phone that repeats in its answers what it was sent
// gets nothing of that into ours.
func TestPhoneThatTellsOn(t *testing.T) {
	t.Parallel()
	const password = "R1ght+hunter2"
	own := testca.Root(t, "Example CA").Issue(t, "phone.example.com", testca.TLS)
	for name, sign := range map[string]string{"login": "pwd=", "upload": "PRIVATE KEY"} {
		for _, d := range []dialect.Name{dialect.Basic, dialect.Plain, dialect.Listener, dialect.API} {
			t.Run(name+" "+string(d), func(t *testing.T) {
				t.Parallel()
				o, v := newOffice(t), &vault{list: map[string]string{}}
				o.Env["PHONECERT_PASSWORD"] = password
				v.keep("the password", forms(password)...)
				v.keep("the private key", keyForms(own.KeyPEM(t))...)
				_, address := tampered(t, d, func(w http.ResponseWriter, r *http.Request, phone http.Handler) {
					body, _ := io.ReadAll(r.Body)
					if !bytes.Contains(body, []byte(sign)) {
						r.Body = io.NopCloser(bytes.NewReader(body))
						phone.ServeHTTP(w, r)
						return
					}
					auth, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.Header.Get("Authorization"), "Basic "))
					text := fmt.Sprintf("Error: %s %s %s %s", password, auth, url.QueryEscape(password), body)
					if d == dialect.API {
						text = fmt.Sprintf(`{"ret":"failed","error":{"msg":%q}}`, text)
					}
					fmt.Fprintf(w, `<title>%s</title><div class="result">%s</div><div id="_RES_INFO_">%s</div>`, text, text, text)
				})
				file, trace := o.File("phone.pem", own.PEM(), own.KeyPEM(t)), filepath.Join(o.Dir, "trace.txt")
				for _, args := range [][]string{{"--json", "--trace-http", trace}, {}} {
					said := o.Run(commandstest.AnyCode, append([]string{"upload", file, "--as", "server", "--phone", address, "--retries", "0"}, args...)...)
					v.search(t, "standard output", said.Out)
					v.search(t, "standard error", said.Err)
				}
				searchFiles(t, v, o.Dir, "phone.pem")
			})
		}
	}
}
