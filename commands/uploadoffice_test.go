package commands_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/commands"
	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/terminal"
	"github.com/phonecert/phonecert/internal/testca"
)

// office is where somebody pushes from: a folder of files, a home, passwords.
type office struct {
	t         *testing.T
	dir, home string
	env       map[string]string
	stdin     string
	dial      func(ctx context.Context, network, address string) (net.Conn, error)
	random    io.Reader
	now       func() time.Time
}

// newOffice is one where the factory login of these phones is known.
func newOffice(t *testing.T) *office {
	return &office{
		t: t, dir: t.TempDir(), home: t.TempDir(), env: map[string]string{"PHONECERT_PASSWORD": "admin", "PATH": os.Getenv("PATH")},
		dial: (&net.Dialer{}).DialContext, random: rand.Reader, now: testca.Clock,
	}
}

// file puts a file into the folder.
func (o *office) file(name string, content ...[]byte) string {
	o.t.Helper()
	path := filepath.Join(o.dir, name)
	if err := os.WriteFile(path, bytes.Join(content, nil), 0o600); err != nil {
		o.t.Fatal(err)
	}
	return path
}

// text is what a file of the folder holds, "" when there is none.
func (o *office) text(name string) string {
	text, err := os.ReadFile(filepath.Join(o.dir, name))
	if err != nil && !os.IsNotExist(err) {
		o.t.Fatal(err)
	}
	return string(text)
}

// root is the file of a CA, own that of a phone with its key.
func (o *office) root(name string) string {
	return o.file(strings.ReplaceAll(name, " ", "-")+".pem", testca.Root(o.t, name).PEM())
}

func (o *office) own(name string) string {
	c := testca.Root(o.t, "Example CA").Issue(o.t, name, testca.TLS)
	return o.file(name+".pem", c.PEM(), c.KeyPEM(o.t))
}

// said is what a command said.
type said struct {
	code     int
	out, err string
}

// anyCode is any exit code.
const anyCode = -1

// run runs a command line at the time of the tests' certificates.
func (o *office) run(want int, args ...string) said {
	o.t.Helper()
	return o.within(o.t.Context(), want, args...)
}

func (o *office) within(ctx context.Context, want int, args ...string) said {
	o.t.Helper()
	streams, stdout, stderr := terminal.Test(strings.NewReader(o.stdin))
	f := &factory.Factory{
		Streams: streams, Now: o.now, Getenv: func(name string) string { return o.env[name] },
		ConfigDir: func() string { return o.home },
		Network:   factory.Network{Dial: o.dial, System: net.DefaultResolver, Random: o.random},
	}
	s := said{code: commands.Run(ctx, f, args), out: stdout.String(), err: stderr.String()}
	if s.code != want && want != anyCode {
		o.t.Fatalf("%v: exit code %d, want %d\n%s%s", args, s.code, want, s.out, s.err)
	}
	return s
}

// upload runs an upload to one phone and reads its object.
func (o *office) upload(want int, args ...string) uploaded {
	o.t.Helper()
	s := o.run(want, append([]string{"upload", "--json"}, args...)...)
	list := objects[uploaded](o.t, s.out)
	if len(list) != 1 {
		o.t.Fatalf("%d objects: %s%s", len(list), s.out, s.err)
	}
	return list[0]
}

// uploaded is the object of a phone, as the design has it, and the summary's.
type uploaded struct {
	SchemaVersion                     int `json:"schema_version"`
	Command                           string
	Phone, MAC, Model, Dialect, Route string
	Result, Stage, Cause              string
	Files                             []struct{ File, Result, Route, Plan string }
	Findings                          []struct{ Code, Severity, Message, Fix string }
	Rebooted, Earlier                 bool
	DurationMS                        *int64 `json:"duration_ms"`
	Summary                           *struct {
		Phones, Failed, Unconfirmed, Earlier int
		NotReached                           int `json:"not_reached"`
		LoginRefused                         int `json:"login_refused"`
		Results                              map[string]int
		Stopped                              *struct{ Code, Message string }
		Interrupted                          bool
	}
}

// objects reads JSON lines.
func objects[T any](t *testing.T, text string) (list []T) {
	t.Helper()
	for line := range strings.Lines(text) {
		var one T
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		list = append(list, one)
	}
	return list
}

// message is that of a finding, "" when it is not there.
func (u *uploaded) message(code string) string {
	for _, f := range u.Findings {
		if f.Code == code {
			return f.Message
		}
	}
	return ""
}

// is requires result and cause.
func (u *uploaded) is(t *testing.T, result, cause string) {
	t.Helper()
	if u.Result != result || u.Cause != cause {
		t.Errorf("%s: %s, cause %q at %s, want %s, cause %q; %+v", u.Dialect, u.Result, u.Cause, u.Stage, result, cause, u.Findings)
	}
}

// site is simulated phones, and who asked them what.
type site struct {
	*serve.Fleet
	// posts counts the requests that bring a file.
	posts atomic.Int64
}

// kindsOf are the phones that stand for dialects.
func kindsOf(t *testing.T, names ...dialect.Name) (kinds []serve.Kind) {
	t.Helper()
	for _, d := range names {
		p, err := handset.Load(serve.DefaultHandset(d))
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, serve.KindFor(d, p))
	}
	return kinds
}

// newSite starts phones of some dialects, one of each unless c says otherwise.
func newSite(t *testing.T, c serve.Config, names ...dialect.Name) *site {
	t.Helper()
	s := &site{}
	c.Kinds = kindsOf(t, names...)
	if c.Count == 0 {
		c.Count = len(names)
	}
	if c.Seed == 0 {
		c.Seed = 4
	}
	if c.Clock == nil {
		c.Clock = testca.Clock
	}
	observe := c.Observe
	c.Observe = func(p *serve.Served, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			s.posts.Add(1)
		}
		if observe != nil {
			observe(p, r)
		}
	}
	var err error
	if s.Fleet, err = serve.Start(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// one is the only phone.
func (s *site) one() *serve.Served { return s.Phones()[0] }

// tampered is one phone behind something that changes its answers.
func tampered(t *testing.T, d dialect.Name, between func(w http.ResponseWriter, r *http.Request, phone http.Handler)) (*simulate.Phone, string) {
	t.Helper()
	s := newSite(t, serve.Config{}, d)
	phone := s.one().Phone
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { between(w, r, phone) })}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return phone, "http://" + l.Addr().String()
}
