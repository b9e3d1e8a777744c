package push_test

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/phonecert/phonecert/commands/commandstest"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/testca"
)

// office is where somebody pushes from.
type office struct {
	*commandstest.Office
	t *testing.T
}

// newOffice is one where the factory login of these phones is known.
func newOffice(t *testing.T) *office { return &office{commandstest.NewOffice(t), t} }

// text is what a file of the folder holds, "" when there is none.
func (o *office) text(name string) string {
	text, err := os.ReadFile(filepath.Join(o.Dir, name))
	if err != nil && !os.IsNotExist(err) {
		o.t.Fatal(err)
	}
	return string(text)
}

// root is the file of a CA, own that of a phone with its key.
func (o *office) root(name string) string {
	return o.File(strings.ReplaceAll(name, " ", "-")+".pem", testca.Root(o.t, name).PEM())
}

func (o *office) own(name string) string {
	c := testca.Root(o.t, "Example CA").Issue(o.t, name, testca.TLS)
	return o.File(name+".pem", c.PEM(), c.KeyPEM(o.t))
}

// upload runs an upload to one phone and reads its object.
func (o *office) upload(want int, args ...string) uploaded {
	o.t.Helper()
	s := o.Run(want, append([]string{"upload", "--json"}, args...)...)
	list := objects[uploaded](o.t, s.Out)
	if len(list) != 1 {
		o.t.Fatalf("%d objects: %s%s", len(list), s.Out, s.Err)
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

// newSite starts phones of some dialects, one of each unless c says otherwise.
func newSite(t *testing.T, c serve.Config, names ...dialect.Name) *site {
	t.Helper()
	s := &site{}
	observe := c.Observe
	c.Observe = func(p *serve.Served, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			s.posts.Add(1)
		}
		if observe != nil {
			observe(p, r)
		}
	}
	s.Fleet = commandstest.Phones(t, c, names...)
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
