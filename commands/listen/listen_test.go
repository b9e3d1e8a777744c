package listen_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands"
	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/listen/chain"
	"github.com/phonecert/phonecert/inspect/probe/sip"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/internal/testca"
)

// screen keeps what is written, and lets a test wait for something of it.
type screen struct {
	mutex   sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func newScreen() *screen { return &screen{changed: make(chan struct{}, 1)} }

func (s *screen) Write(b []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.text.Write(b)
	select {
	case s.changed <- struct{}{}:
	default:
	}
	return len(b), nil
}

func (s *screen) String() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.String()
}

// wait is for what matches; one test waits at a time.
func (s *screen) wait(t *testing.T, pattern string) []string {
	t.Helper()
	var found []string
	s.until(t, pattern, func(text string) bool {
		found = regexp.MustCompile(pattern).FindStringSubmatch(text)
		return found != nil
	})
	return found
}

// until waits for something that is called what.
func (s *screen) until(t *testing.T, what string, there func(text string) bool) {
	t.Helper()
	late := time.After(5 * time.Minute)
	for !there(s.String()) {
		select {
		case <-s.changed:
		case <-late:
			t.Fatalf("no %q in %s", what, s)
		}
	}
}

// listenRun is a "phonecert listen" under way.
type listenRun struct {
	t        *testing.T
	out, err *screen
	cancel   context.CancelFunc
	code     chan int
}

// listens runs "phonecert listen" until it ends, or until the test does. It leaves
// hanging up to its callers, who may be slow.
func listens(t *testing.T, tty bool, args ...string) *listenRun {
	t.Helper()
	r := &listenRun{t: t, out: newScreen(), err: newScreen(), code: make(chan int, 1)}
	streams, _, _ := terminal.Test(strings.NewReader(""))
	streams.Out, streams.Err, streams.OutTTY = r.out, r.err, tty
	environment := map[string]string{"PHONECERT_SIP_PASSWORD": "correct horse"}
	f := &factory.Factory{
		Streams: streams, Now: time.Now, Getenv: func(name string) string { return environment[name] }, ConfigDir: func() string { return "" },
		Network: factory.Network{Dial: (&net.Dialer{}).DialContext, System: net.DefaultResolver, Random: rand.Reader},
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	r.cancel = cancel
	go func() { r.code <- commands.Run(ctx, f, append([]string{"listen", "--hang-up", "5m"}, args...)) }()
	t.Cleanup(func() { cancel(); r.code <- <-r.code })
	return r
}

// address is where it listens.
func (r *listenRun) address(scheme string) string {
	r.t.Helper()
	return r.err.wait(r.t, `listening at `+scheme+`:(\S+)\n`)[1]
}

// exits waits for the end.
func (r *listenRun) exits(want int) {
	r.t.Helper()
	code := <-r.code
	if r.code <- code; code != want {
		r.t.Errorf("exit code %d, want %d\n%s\n%s", code, want, r.out, r.err)
	}
}

// pool are the CAs in a file.
func pool(t *testing.T, path string) *x509.CertPool {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		t.Fatalf("%s holds no certificate", path)
	}
	return roots
}

// registers calls as a phone that holds the roots.
func registers(t *testing.T, address string, config *tls.Config, who sip.Credentials) {
	t.Helper()
	conn, err := tls.Dial("tcp", address, config)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	if answer := sip.Register(t.Context(), conn, sip.Request{User: "alice", Host: "127.0.0.1"}, who); !answer.Registered {
		t.Errorf("%+v", answer)
	}
}

// TestListenOnce: a phone with the root registers, the files are whole, and a
// second run has the same root.
func TestListenOnce(t *testing.T) {
	dir := t.TempDir()
	out, save, keys, profile := filepath.Join(dir, "ca"), filepath.Join(dir, "calls.pcapng"), filepath.Join(dir, "keys.txt"), filepath.Join(dir, "phone.yaml")
	r := listens(t, false, "127.0.0.1:0", "--once", "--out", out, "--save", save, "--keylog", keys, "--learn", profile, "--user", "alice")
	address := r.address("sips")
	root := filepath.Join(out, "root.pem")
	registers(t, address, &tls.Config{RootCAs: pool(t, root)}, sip.Credentials{Password: "correct horse"})
	r.exits(0)
	for _, want := range []string{"call\t1\tsips\t", "request\t1\tREGISTER\talice\t401\t", "request\t1\tREGISTER\talice\t200\t", "verdict\t1\tregisters\t", "trial\t1\tgood\taccepted", "total\t0\t1\t1\t0\t0\n"} {
		if !strings.Contains(r.out.String(), want) {
			t.Errorf("no %q in %s", want, r.out)
		}
	}
	for _, want := range []string{"phonecert upload ", "nobody but programs of this machine", "it ends after the first call", "calls as this phone does"} {
		if !strings.Contains(r.err.String(), want) {
			t.Errorf("no %q in %s", want, r.err)
		}
	}
	for _, path := range []string{save, keys, filepath.Join(out, "root.key")} {
		if stat, err := os.Stat(path); err != nil || stat.Size() == 0 || stat.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
			t.Errorf("%s: %v, %v", path, stat, err)
		}
	}
	streams, text, _ := terminal.Test(strings.NewReader(""))
	f := &factory.Factory{Streams: streams, Now: time.Now, Getenv: func(string) string { return "" }, ConfigDir: func() string { return "" }}
	commands.Run(t.Context(), f, []string{"trace", save, "--json"})
	if !strings.Contains(text.String(), `"start_line":"REGISTER sips:`) || strings.Contains(text.String(), "response=") {
		t.Errorf("the capture does not show the registration: %s", text)
	}
	text.Reset()
	if code := commands.Run(t.Context(), f, []string{"handset", "show", profile}); code != 0 || !strings.Contains(text.String(), "observed") {
		t.Errorf("the profile: %d, %s", code, text)
	}
	before, _ := os.ReadFile(root)
	r = listens(t, false, "127.0.0.1:0", "--out", out, "--quiet", "--timeout", "1ms")
	r.exits(1)
	if after, _ := os.ReadFile(root); !bytes.Equal(before, after) {
		t.Error("the root is another one")
	}
}

// call is a line of --json.
type call struct {
	SchemaVersion                     int `json:"schema_version"`
	Command, Handset, Verdict, Scheme string
	Number                            int
	ClientHello                       string `json:"client_hello"`
	Outcome                           struct{ Ending, Alert string }
	Trial                             struct{ Answer, Alert string }
	Requests                          []struct{ Method string }
	Started                           time.Time
	Survey                            []struct {
		Complete bool
		Trials   []struct{ Variant, Answer string }
	}
}

// TestListenRefused: a phone without the root says so, in every form of the
// answer, and nothing secret is told.
func TestListenRefused(t *testing.T) {
	r := listens(t, false, "127.0.0.1:0", "--count", "2", "--json", "--handset", "yealink-t28p")
	address := r.address("sips")
	if _, err := tls.Dial("tcp", address, &tls.Config{RootCAs: x509.NewCertPool()}); err == nil {
		t.Fatal("an unknown root was taken")
	}
	r.out.wait(t, `\n`)
	registers(t, address, &tls.Config{InsecureSkipVerify: true}, sip.Credentials{})
	r.exits(10)
	var connections []call
	for line := range strings.Lines(r.out.String()) {
		var one call
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		connections = append(connections, one)
	}
	if len(connections) != 2 {
		t.Fatalf("%d connections", len(connections))
	}
	first, second := connections[0], connections[1]
	if first.SchemaVersion != 1 || first.Command != "listen" || first.Handset != "yealink-t28p" || first.Number != 1 || first.Scheme != "sips" || !strings.HasPrefix(first.ClientHello, "1603") {
		t.Errorf("%+v", first)
	}
	if first.Verdict != "refused" || first.Outcome.Alert == "" || first.Trial.Answer != "refused" || first.Trial.Alert != first.Outcome.Alert || time.Since(first.Started) > time.Hour {
		t.Errorf("%+v", first)
	}
	if second.Verdict != "registers" || len(second.Requests) == 0 || second.Requests[0].Method != "REGISTER" {
		t.Errorf("%+v", second)
	}
}

// TestListenServesFiles to a phone that is provisioned, and nothing but those of
// the folder.
func TestListenServesFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "www"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"secret.txt": "hidden", "www/y000000000000.cfg": "#!version:1.0.0.1\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	phone := testca.Root(t, "Vendor CA").Issue(t, "00005e005301", testca.TLS)
	ca := realparts.WriteFile(t, "vendor.pem", testca.Root(t, "Vendor CA").PEM())
	r := listens(t, false, "--https=127.0.0.1:0", "--serve", filepath.Join(dir, "www"), "--once", "--out", filepath.Join(dir, "ca"), "--client-ca", ca)
	address := r.address("https")
	own := tls.Certificate{Certificate: [][]byte{phone.Raw}, PrivateKey: phone.Key}
	// One connection for all: http.Client opens another one when it was slow.
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool(t, filepath.Join(dir, "ca", "root.pem")), Certificates: []tls.Certificate{own}})
	if err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	for path, want := range map[string]int{"/y000000000000.cfg": 200, "/..%2fsecret.txt": 0, "/none.cfg": 404} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+path, http.NoBody)
		if err := errors.Join(err, request.Write(conn)); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(answers, request)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if want > 0 && answer.StatusCode != want || strings.Contains(string(body), "hidden") {
			t.Errorf("%s: %s, %q", path, answer.Status, body)
		}
	}
	conn.Close()
	if code := <-r.code; code != 0 && code != 10 { // 404 is no success
		t.Errorf("exit code %d\n%s\n%s", code, r.out, r.err)
	} else {
		r.code <- code
	}
	for _, want := range []string{"\nrequest\t1\tGET\t/y000000000000.cfg\t200\t", "\nrequest\t1\tGET\t/none.cfg\t404\t", "\nown\t1\t", "\ttrusted\tproved\t", "00005e005301"} {
		if !strings.Contains(r.out.String(), want) {
			t.Errorf("no %q in %s", want, r.out)
		}
	}
}

// TestListenOwnCertificate: one of the user's is shown as it is, and no chain is
// judged; --answer turns phones away.
func TestListenOwnCertificate(t *testing.T) {
	root := testca.Root(t, "Example Root")
	own := root.Issue(t, "pbx.example.com", testca.TLS, testca.DNS("pbx.example.com"))
	file := realparts.WriteFile(t, "pbx.pem", append(own.PEM(), own.KeyPEM(t)...))
	r := listens(t, false, "127.0.0.1:0", "--cert", file, "--answer", "403", "--once", "--json")
	roots := x509.NewCertPool()
	roots.AddCert(root.Certificate)
	conn, err := tls.Dial("tcp", r.address("sips"), &tls.Config{RootCAs: roots, ServerName: "pbx.example.com", Time: testca.Clock})
	if err != nil {
		t.Fatal(err)
	}
	if answer := sip.Register(t.Context(), conn, sip.Request{User: "alice", Host: "pbx.example.com"}, sip.Credentials{}); answer.Status != 403 {
		t.Errorf("%+v", answer)
	}
	conn.Close()
	r.exits(10)
	if text := r.out.String(); !strings.Contains(text, `"chain":"","trial":null`) || !strings.Contains(text, `"verdict":"refused"`) {
		t.Errorf("%s", text)
	}
	if text := r.err.String(); !strings.Contains(text, "from "+file) || strings.Contains(text, "phonecert upload") {
		t.Errorf("%s", text)
	}
}

// TestListenSurvey: a client that verifies as Go does goes through all chains.
func TestListenSurvey(t *testing.T) {
	dir := t.TempDir()
	r := listens(t, false, "127.0.0.1:0", "--survey", "--json", "--out", dir)
	address := r.address("sips")
	config := &tls.Config{RootCAs: pool(t, filepath.Join(dir, "root.pem"))}
	for i := range chain.Variants() {
		if conn, err := tls.Dial("tcp", address, config); err == nil {
			sip.Options(t.Context(), conn, sip.Request{Host: "127.0.0.1"})
			conn.Close()
		}
		r.out.until(t, "report of the call", func(text string) bool { return strings.Count(text, "\n") > i })
	}
	r.exits(0)
	text := strings.TrimSpace(r.out.String())
	var last call
	if err := json.Unmarshal([]byte(text[strings.LastIndex(text, "\n")+1:]), &last); err != nil {
		t.Fatal(err)
	}
	if len(last.Survey) != 1 || !last.Survey[0].Complete {
		t.Fatalf("%+v", last)
	}
	for _, trial := range last.Survey[0].Trials {
		want := "refused"
		switch chain.Variant(trial.Variant) {
		case chain.Good, chain.ECKey, chain.SHA512, chain.CrossSignedExpired:
			want = "accepted"
		}
		if trial.Answer != want {
			t.Errorf("%s: %s, want %s", trial.Variant, trial.Answer, want)
		}
	}
	if !strings.Contains(r.err.String(), "3 of 10, waiting for 127.0.0.1 to call again") {
		t.Errorf("%s", r.err)
	}
}

// TestListenInterrupted: Ctrl-C is a good end, unless something was awaited.
func TestListenInterrupted(t *testing.T) {
	for _, test := range []struct {
		args []string
		want int
	}{{nil, 0}, {[]string{"--once"}, 130}, {[]string{"--survey", "--json"}, 130}, {[]string{"--count", "2"}, 130}} {
		r := listens(t, false, append([]string{"127.0.0.1:0"}, test.args...)...)
		r.address("sips")
		r.cancel()
		r.exits(test.want)
	}
	r := listens(t, false, "127.0.0.1:0", "--timeout", "10ms")
	r.exits(1)
	if text := r.err.String(); !strings.Contains(text, "nobody called within 10ms") || !strings.Contains(text, "hint: ") {
		t.Error(text)
	}
}

// TestListenTellsNoSecrets, and lets no escape sequence of a client through.
func TestListenTellsNoSecrets(t *testing.T) {
	for _, form := range [][]string{nil, {"--json"}} {
		for _, tty := range []bool{false, true} {
			r := listens(t, tty, append([]string{"127.0.0.1:0", "--once", "--user", "alice"}, form...)...)
			conn, err := tls.Dial("tcp", r.address("sips"), &tls.Config{InsecureSkipVerify: true})
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(conn, "REGISTER sips:alice:hunter2@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sips:alice:hunter2@127.0.0.1>;tag=1\r\n"+
				"To: <sips:alice:hunter2@127.0.0.1>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nMax-Forwards: 70\r\nContact: <sips:alice@127.0.0.1>\r\nUser-Agent: \x1b[2Jphone\r\nCookie: hunter2\r\n"+
				"Authorization: Digest username=\"alice\", realm=\"x\", nonce=\"y\", uri=\"sips:x\", response=\"hunter2\"\r\nContent-Length: 0\r\n\r\n")
			conn.Read(make([]byte, 1))
			conn.Close()
			code := <-r.code
			r.code <- code
			all := r.out.String() + r.err.String()
			if strings.Contains(all, "hunter2") || strings.Contains(all, "correct horse") || strings.Contains(all, "\x1b[2J") || !strings.Contains(all, "REGISTER") {
				t.Errorf("%s, %v: %s", form, tty, all)
			}
		}
	}
}

// TestListenRefusesFiles: what cannot be written or read is told before anybody
// can call, and not by the first call.
func TestListenRefusesFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	own := realparts.WriteFile(t, "pbx.pem", []byte("kept"))
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--learn", at("none/phone.yaml")}, "mkdir -p"},
		{[]string{"--save", at("none/calls.pcapng")}, "mkdir -p"},
		{[]string{"--keylog", at("none/keys.txt")}, "mkdir -p"},
		{[]string{"--save", at("x"), "--keylog", at("x"), "--force"}, "--save and --keylog name the same file"},
		{[]string{"--save", at("x"), "--learn", dir + "/./x", "--force"}, "--save and --learn name the same file"},
		{[]string{"--cert", own, "--save", own, "--force"}, "would overwrite"},
		{[]string{"--out", dir, "--save", at("root.key"), "--force"}, "would overwrite"},
		{[]string{"--learn", own}, "add --force to overwrite it, or choose another name"},
		{[]string{"--learn", at("phone.yaml"), "--base", "nobody"}, "nobody"},
		{[]string{"--learn", at("phone.yaml"), "--id", "Not An Id"}, "look at --id"},
		{[]string{"--clock", "2020-01-01"}, "add --handset"},
		{[]string{"--custom", own}, "add --handset"},
	} {
		r := listens(t, false, append([]string{"127.0.0.1:0", "--timeout", "1ms"}, test.args...)...)
		r.exits(1)
		if text := r.err.String(); !strings.Contains(text, test.want) || strings.Contains(text, "listening at") || strings.Contains(text, " -o") {
			t.Errorf("%q: %s", test.args, text)
		}
	}
	if text, err := os.ReadFile(own); err != nil || string(text) != "kept" {
		t.Errorf("%q, %v", text, err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) > 0 {
		t.Errorf("%v is left, %v", list, err)
	}
}

// TestListenTellsASurveyAllTheSame: a file that cannot be written any more ends
// the run, and what was measured until then is told.
func TestListenTellsASurveyAllTheSame(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r := listens(t, false, "127.0.0.1:0", "--survey", "--learn", filepath.Join(dir, "phone.yaml"))
	address := r.address("sips")
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if conn, err := tls.Dial("tcp", address, &tls.Config{}); err == nil {
		t.Error("an unknown root is accepted")
		conn.Close()
	}
	r.exits(1)
	if text := r.out.String(); !strings.Contains(text, "\nsurvey\t1\t127.0.0.1\t1\t10\n") || !strings.Contains(r.err.String(), "phone.yaml") {
		t.Errorf("%s\n%s", text, r.err)
	}
}
