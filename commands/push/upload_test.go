package push_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/handset/simulate/serve"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/internal/testca"
)

// each runs a test for every dialect, all at a time.
func each(t *testing.T, c serve.Config, test func(t *testing.T, o *office, s *site, d dialect.Name)) {
	for _, d := range dialect.All() {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			test(t, newOffice(t), newSite(t, c, d), d)
		})
	}
}

// routesOf are those of a dialect without a browser.
func routesOf(d dialect.Name) []string {
	switch d {
	case dialect.Basic, dialect.Plain, dialect.Session:
		return []string{"form"}
	}
	return []string{"form", "import"}
}

// TestUploadByEveryRoute: both kinds of certificates get on, are listed, and are
// not posted twice.
func TestUploadByEveryRoute(t *testing.T) {
	t.Parallel()
	each(t, serve.Config{}, func(t *testing.T, o *office, s *site, d dialect.Name) {
		url := s.one().URL
		for _, via := range routesOf(d) {
			root, own := o.root("Root by "+via), o.own(via+".example.com")
			plan := o.upload(0, root, "--as", "trusted", "--phone", url, "--via", via, "--dry-run")
			plan.is(t, "planned", "")
			if plan.Files[0].Plan == "" || s.posts.Load() != 0 {
				t.Errorf("the plan %+v, %d posts", plan.Files, s.posts.Load())
			}
			for _, args := range [][]string{{root, "--as", "trusted"}, {own, "--as", "server", "--yes"}} {
				args = append(args, "--phone", url, "--via", via)
				s.posts.Store(0)
				first := o.upload(0, args...)
				want := "uploaded"
				if args[2] == "server" && via == "import" {
					want = "replaced"
				}
				first.is(t, want, "")
				if first.Dialect != string(d) || first.Route != via || first.Phone != url || first.Stage != "verify" || s.posts.Load() != 1 {
					t.Errorf("%+v, %d posts", first, s.posts.Load())
				}
				again := o.upload(0, args...)
				again.is(t, "already-present", "")
				if s.posts.Load() != 1 || again.Stage != "read" {
					t.Errorf("what was there was posted again: %d, %+v", s.posts.Load(), again)
				}
			}
			s.posts.Store(0)
		}
		held := s.one().Phone.State()
		if len(held.Trusted) != len(routesOf(d)) || held.Server == nil || held.Server.Key == nil {
			t.Errorf("the phone holds %d and %v", len(held.Trusted), held.Server)
		}
		showsBoth(t, o, url)
	})
}

// showsBoth looks at what phone show says, in a pipe and as JSON.
func showsBoth(t *testing.T, o *office, url string) {
	t.Helper()
	last := o.Run(0, "phone", "show", url)
	for _, want := range []string{"trusted\tRoot by form\tRoot by form\t", "\nserver\t", "example.com\tExample CA\t", "setting\tonly-trusted\t", "setting\tdevice-cert\t"} {
		if !strings.Contains(last.Out, want) {
			t.Errorf("no %q in:\n%s", want, last.Out)
		}
	}
	type line struct {
		IssuedTo string `json:"issued_to"`
		Expires  time.Time
		Expired  *bool
	}
	var shown struct {
		SchemaVersion   int `json:"schema_version"`
		Command         string
		Trusted, Server []line
		Settings        map[string]string
	}
	text := o.Run(0, "phone", "show", url, "--json").Out
	if err := json.Unmarshal([]byte(text), &shown); err != nil || shown.SchemaVersion != 1 || shown.Command != "phone show" || len(shown.Settings) != 4 || len(shown.Server) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	for _, l := range shown.Trusted {
		if !strings.HasPrefix(l.IssuedTo, "Root by ") || !l.Expires.Equal(testca.Clock().AddDate(5, 0, 0)) || l.Expired == nil || *l.Expired {
			t.Errorf("%+v", l)
		}
	}
}

// full fills a phone's list.
func (o *office) full(url string) (next string) {
	o.t.Helper()
	args := []string{"--as", "trusted", "--phone", url}
	for n := range 10 {
		args = append(args, o.root(fmt.Sprintf("Root %d", n)))
	}
	r := o.upload(0, args...)
	if r.Result != "uploaded" || len(r.Files) != 10 {
		o.t.Fatalf("%+v", r)
	}
	return o.root("Root 10")
}

// TestEleventhCertificate is refused with the phone's own text: by what is known
// of the phone, and by the phone itself.
func TestEleventhCertificate(t *testing.T) {
	t.Parallel()
	const text = "Error: The maximum number of certificates is 10, please delete one before upload"
	each(t, serve.Config{}, func(t *testing.T, o *office, s *site, d dialect.Name) {
		url := s.one().URL
		args := []string{o.full(url), "--as", "trusted", "--phone", url}
		s.posts.Store(0)
		r := o.upload(10, append(args, "--handset", s.one().Handset)...)
		if r.Cause == "upload.no-place" {
			r.is(t, "failed", "upload.no-place")
			if !strings.Contains(r.message(r.Cause), text) || s.posts.Load() != 0 {
				t.Errorf("%d posts, %+v", s.posts.Load(), r.Findings)
			}
		}
		r = o.upload(10, append(args, "--skip-check")...)
		r.is(t, "failed", "upload.full")
		if !strings.Contains(r.message(r.Cause), text) || s.posts.Load() == 0 || len(s.one().Phone.State().Trusted) != 10 {
			t.Errorf("%d posts, %+v", s.posts.Load(), r.Findings)
		}
	})
}

// TestUploadByBrowser: the phone's own page does it in a real browser.
func TestUploadByBrowser(t *testing.T) {
	t.Parallel()
	realparts.Need(t, "chromium")
	s := newSite(t, serve.Config{}, dialect.All()...)
	o := newOffice(t)
	root, own := o.root("Example Root"), o.own("phone.example.com")
	for n, p := range s.Phones() {
		// One browser at a time: each takes the memory of ten tests.
		args := []string{root, "--as", "trusted"}
		if n%2 == 1 {
			args = []string{own, "--as", "server"}
		}
		r := o.upload(0, append(args, "--phone", p.URL, "--via", "browser", "--timeout", "10m")...)
		r.is(t, "uploaded", "")
		held := p.Phone.State()
		if r.Route != "browser" || (len(held.Trusted) == 1) != (n%2 == 0) || (held.Server != nil) != (n%2 == 1) {
			t.Errorf("%s holds %d and %v; %+v", p.Dialect, len(held.Trusted), held.Server, r)
		}
	}
}

// TestServerCertificateIsNotOverwritten without a yes, on any dialect.
func TestServerCertificateIsNotOverwritten(t *testing.T) {
	t.Parallel()
	each(t, serve.Config{}, func(t *testing.T, o *office, s *site, d dialect.Name) {
		args := []string{"--as", "server", "--phone", s.one().URL}
		o.upload(0, append(args, o.own("old.example.com"))...)
		args = append(args, o.own("new.example.com"))
		s.posts.Store(0)
		r := o.upload(3, args...)
		r.is(t, "failed", "upload.would-overwrite")
		plan := o.upload(0, append(args, "--dry-run")...)
		plan.is(t, "planned", "")
		if s.posts.Load() != 0 || !strings.Contains(plan.message("upload.would-replace"), "old.example.com") || !strings.Contains(r.message(r.Cause), "old.example.com") {
			t.Errorf("%d posts, %+v, %+v", s.posts.Load(), r.Findings, plan.Findings)
		}
		r = o.upload(0, append(args, "--yes")...)
		r.is(t, "replaced", "")
	})
}

// TestRefusedLogin: one try, exit code 4, and nobody is locked out by it.
func TestRefusedLogin(t *testing.T) {
	t.Parallel()
	each(t, serve.Config{}, func(t *testing.T, o *office, s *site, d dialect.Name) {
		p, root := s.one(), o.root("Example Root")
		o.Env["PHONECERT_PASSWORD"] = "wrong"
		r := o.upload(4, root, "--as", "trusted", "--phone", p.URL)
		r.is(t, "failed", "upload.login-refused")
		if wrong := p.Phone.State().Wrong; wrong != 1 || r.Stage != "login" {
			t.Errorf("%d wrong passwords, at %s", wrong, r.Stage)
		}
		for n, command := range [][]string{{"show"}, {"set", "--ca", "all"}, {"delete", "--expired"}, {"reboot"}} {
			said := o.Run(4, append([]string{"phone", command[0], p.URL}, command[1:]...)...)
			want := "the phone refused the user name or the password"
			if n >= 1 && d != dialect.Basic { // basic tells no lock, and answers as to a wrong password
				want = "the phone has locked the account"
			}
			if !strings.Contains(said.Err, "error: "+want) {
				t.Errorf("%v: %s", command, said.Err)
			}
		}
		// The lock is told with its time where the phone tells it.
		if d == dialect.API {
			o.Env["PHONECERT_PASSWORD"] = "admin"
			r = o.upload(4, root, "--as", "trusted", "--phone", p.URL)
			r.is(t, "failed", "upload.login-locked")
			if !strings.Contains(r.message(r.Cause), "locked the account for 3m") {
				t.Errorf("%+v", r.Findings)
			}
		}
	})
}

// TestNotReadBack: the certificate was posted, and the list cannot be read any
// more: nobody knows, and exit code 11 says so.
func TestNotReadBack(t *testing.T) {
	t.Parallel()
	posted := new(atomic.Bool)
	phone, url := tampered(t, dialect.Plain, func(w http.ResponseWriter, r *http.Request, phone http.Handler) {
		if posted.Load() && r.URL.Query().Get("p") == "trusted-cert" {
			http.Error(w, "out of memory", http.StatusInternalServerError)
			return
		}
		posted.Store(posted.Load() || strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/"))
		phone.ServeHTTP(w, r)
	})
	o := newOffice(t)
	r := o.upload(11, o.root("Example Root"), "--as", "trusted", "--phone", url, "--retries", "0")
	if r.Result != "unconfirmed" || len(phone.State().Trusted) != 1 {
		t.Errorf("%+v", r)
	}
}

// TestUploadFaults: whatever the phones do, the answer tells it, and on each is
// what is told. All six dialects at a time.
func TestUploadFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		faults, result, cause string
		exit, held            int
	}{
		{"drop-after-write", "uploaded", "", 0, 1},
		{"success-without-storing", "failed", "upload.not-in-list", 3, 0},
		{"busy", "failed", "upload.login-busy", 3, 0},
		{"http500=1", "failed", "upload.status", 3, 0},
		{"hang", "failed", "upload.out-of-time", 3, 0},
		{"huge", "failed", "upload.page-too-large", 3, 0},
		{"in-call", "uploaded", "", 0, 1},
		{"expire-session=2", "failed", "upload.logged-out", 3, 0},
	} {
		t.Run(c.faults, func(t *testing.T) {
			t.Parallel()
			faults, err := simulate.ParseFaults(c.faults)
			if err != nil {
				t.Fatal(err)
			}
			o, s := newOffice(t), newSite(t, serve.Config{Faults: faults}, dialect.All()...)
			timeout := "5m"
			if faults.Hang {
				timeout = "10s"
			}
			list := o.fleet(c.exit, s, o.root("Example Root"), "--timeout", timeout, "--retries", "0")
			for i, p := range s.Phones() {
				r, held := list[p.URL], len(p.Phone.State().Trusted)
				if p.Dialect == dialect.Basic && (faults.Busy || faults.ExpireSession > 0) {
					r.is(t, "uploaded", "") // it has no sessions
					continue
				}
				if r.Cause == "upload.timeout" { // one request may take as long as the whole visit
					r.Cause = "upload.out-of-time"
				}
				r.is(t, c.result, c.cause)
				if held != c.held {
					t.Errorf("phone %d, %s, holds %d", i, p.Dialect, held)
				}
			}
		})
	}
}
