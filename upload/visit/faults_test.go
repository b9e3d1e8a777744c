package visit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	simdialect "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/visit"
)

// faulty sets faults.
func faulty(text string) func(*simulate.Config, *device.State) {
	return func(c *simulate.Config, _ *device.State) {
		var err error
		if c.Faults, err = simulate.ParseFaults(text); err != nil {
			panic(err)
		}
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		fault   string
		outcome upload.Outcome
		cause   string
	}{
		{"drop-after-write", upload.Uploaded, ""},
		{"busy", upload.Failed, "upload.login-busy"},
		{"success-without-storing", upload.Failed, "upload.not-in-list"},
		{"huge", upload.Failed, "upload.page-too-large"},
		{"http500=1", upload.Failed, "upload.status"},
	} {
		for _, name := range []simdialect.Name{simdialect.Plain, simdialect.Session, simdialect.Listener, simdialect.API} {
			t.Run(c.fault+"/"+string(name), func(t *testing.T) {
				t.Parallel()
				w := start(t, name, handset.Trusted, faulty(c.fault))
				w.want(w.visit(root(t, "Example Root")), c.outcome, c.cause)
			})
		}
	}
}

// TestSessionEnds: the session ends in the middle. Whatever had been posted is
// never called done without proof.
func TestSessionEnds(t *testing.T) {
	for _, name := range []simdialect.Name{simdialect.Plain, simdialect.Session, simdialect.Listener, simdialect.API} {
		for after := range 12 {
			w := start(t, name, handset.Trusted, faulty(fmt.Sprintf("expire-session=%d", after+1)))
			r := w.visit(root(t, "Example Root"))
			stored := len(w.phone.State().Trusted) == 1
			switch {
			case r.Result == upload.Uploaded && !stored, r.Result == upload.AlreadyPresent:
				t.Errorf("%s, session of %d requests: %s, stored %t", name, after+1, r.Result, stored)
			case r.Result == upload.Failed && stored:
				t.Errorf("%s, session of %d requests: failed with %s, but it is stored", name, after+1, r.Cause)
			}
		}
	}
}

// TestOneLogin: a wrong password is tried once, and never again.
func TestOneLogin(t *testing.T) {
	for _, name := range simdialect.All() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			w := start(t, name, handset.Trusted, func(_ *simulate.Config, s *device.State) { s.Password = "another one" })
			r := w.visit(root(t, "Example Root"))
			w.want(r, upload.Failed, "upload.login-refused")
			if wrong := w.phone.State().Wrong; wrong != 1 || !r.LoginRefused {
				t.Errorf("%d wrong passwords reached the phone; told as refused: %t", wrong, r.LoginRefused)
			}
			w = start(t, name, handset.Trusted, func(_ *simulate.Config, s *device.State) {
				s.LockedUntil = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
			})
			r = w.visit(root(t, "Example Root"))
			if name == simdialect.Basic {
				w.want(r, upload.Failed, "upload.login-refused")
			} else {
				w.want(r, upload.Failed, "upload.login-locked")
			}
		})
	}
}

// TestAlwaysLogsOut: after a visit somebody else can log in, however it ended.
func TestAlwaysLogsOut(t *testing.T) {
	for _, name := range []simdialect.Name{simdialect.Plain, simdialect.Session, simdialect.Listener, simdialect.ListenerRSA, simdialect.API} {
		t.Run(string(name), func(t *testing.T) {
			w := start(t, name, handset.Trusted, nil)
			bad := root(t, "Example Root")
			bad.Raw = []byte("no certificate at all")
			w.order.SkipCheck = true
			w.want(w.visit(bad), upload.Failed, "upload.phone-refused")
			w.want(w.visit(root(t, "Example Root")), upload.Uploaded, "")
			ctx, cancel := context.WithCancel(t.Context())
			w.order.Files = []*visit.Item{root(t, "Second Root")}
			target := w.target()
			target.Note = func(upload.Event) error { cancel(); return nil }
			if r := w.order.Visit(ctx, target); r.Result != upload.Failed && r.Result != upload.Unconfirmed {
				t.Errorf("an interrupted visit: %s", r.Result)
			}
			if r := w.visit(root(t, "Third Root")); r.Result != upload.Uploaded {
				t.Errorf("after an interruption: %s, %s", r.Result, r.Cause)
			}
		})
	}
}

// TestDryRun changes nothing, and shows no secret.
func TestDryRun(t *testing.T) {
	for _, name := range simdialect.All() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			w := start(t, name, handset.Trusted, nil)
			w.order.DryRun = true
			r := w.visit(root(t, "Example Root"))
			w.want(r, upload.Planned, "")
			if len(w.phone.State().Trusted) != 0 || len(r.Files) != 1 || !strings.Contains(r.Files[0].Plan, "POST") {
				t.Errorf("%d certificates, plan %v", len(w.phone.State().Trusted), r.Files)
			}
		})
	}
}

// TestJournalFull: where the journal cannot be written nothing is posted.
func TestJournalFull(t *testing.T) {
	w := start(t, simdialect.Session, handset.Trusted, nil)
	w.order.Files = []*visit.Item{root(t, "Example Root")}
	target := w.target()
	target.Note = func(upload.Event) error { return errors.New("no space left on device") }
	w.want(w.order.Visit(t.Context(), target), upload.Failed, "upload.no-journal")
	if len(w.phone.State().Trusted) != 0 {
		t.Error("something was posted without a journal")
	}
}

// TestAfterKill: what an interrupted run had posted counts as uploaded, and is
// not posted again; a restart that it had noted is not repeated.
func TestAfterKill(t *testing.T) {
	w := start(t, simdialect.Session, handset.Trusted, nil)
	ca := root(t, "Example Root")
	w.want(w.visit(ca), upload.Uploaded, "")
	target := w.target()
	target.Before = []upload.Event{upload.Posting, upload.Rebooting}
	var noted []upload.Event
	target.Note = func(e upload.Event) error { noted = append(noted, e); return nil }
	w.order.Reboot = visit.RebootAlways
	r := w.order.Visit(t.Context(), target)
	w.want(r, upload.Uploaded, "")
	if len(noted) != 0 || !r.Rebooted || w.phone.Away() {
		t.Errorf("noted %v, restarted %t", noted, r.Rebooted)
	}
	target.Before = nil
	r = w.order.Visit(t.Context(), target)
	w.want(r, upload.AlreadyPresent, "")
	if !slices.Equal(noted, []upload.Event{upload.Rebooting}) || !r.Rebooted {
		t.Errorf("noted %v", noted)
	}
}

func TestInCall(t *testing.T) {
	w := start(t, simdialect.API, handset.Trusted, faulty("in-call"))
	w.order.Reboot = visit.RebootAlways
	r := w.visit(root(t, "Example Root"))
	w.want(r, upload.Failed, "upload.in-call")
	if r.Rebooted || len(w.phone.State().Trusted) != 1 {
		t.Errorf("restarted %t, %d certificates", r.Rebooted, len(w.phone.State().Trusted))
	}
}

// TestAnotherPhone: what stands at the address is not what the inventory says.
func TestAnotherPhone(t *testing.T) {
	w := start(t, simdialect.Listener, handset.Trusted, nil)
	w.order.Files = []*visit.Item{root(t, "Example Root")}
	target := w.target()
	target.MAC = "00:00:5e:00:53:99"
	w.want(w.order.Visit(t.Context(), target), upload.Failed, "upload.another-phone")
	target = w.target()
	target.Handset = "yealink-t28p"
	w.want(w.order.Visit(t.Context(), target), upload.Failed, "upload.another-model")
	if len(w.phone.State().Trusted) != 0 {
		t.Error("something was changed")
	}
}

// TestRefusedByCheck: what the model does not take is not posted.
func TestRefusedByCheck(t *testing.T) {
	w := start(t, simdialect.Session, handset.Trusted, nil)
	item := root(t, "Example Root")
	item.File.Name = "root.p7b"
	w.want(w.visit(item), upload.Failed, "upload.check-refuses")
	if len(w.phone.State().Trusted) != 0 {
		t.Error("something was posted")
	}
}

// TestTrust: the phone's certificate is remembered, and a changed one stops the
// visit before the password goes.
func TestTrust(t *testing.T) {
	w := start(t, simdialect.ListenerRSA, handset.Trusted, nil)
	w.want(w.visit(root(t, "Example Root")), upload.Uploaded, "")
	if got := codes(w.visit(root(t, "Example Root"))); strings.Contains(got, "upload.first-use") {
		t.Errorf("a phone that is known is warned of: %s", got)
	}
	var logins atomic.Int32
	stranger := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { logins.Add(1) }))
	t.Cleanup(stranger.Close)
	store := w.order.Judge.Store
	if err := store.Add(strings.TrimPrefix(stranger.URL, "https://"), [32]byte{1}); err != nil {
		t.Fatal(err)
	}
	w.url = stranger.URL
	w.want(w.visit(root(t, "Example Root")), upload.Failed, "upload.certificate-changed")
	if logins.Load() != 0 {
		t.Error("something was sent to a stranger")
	}
	plain := start(t, simdialect.Plain, handset.Trusted, nil)
	plain.order.RequireTLS = true
	plain.want(plain.visit(root(t, "Example Root")), upload.Failed, "upload.tls-required")
	elsewhere := httptest.NewServer(http.RedirectHandler("http://192.0.2.1/", http.StatusFound))
	t.Cleanup(elsewhere.Close)
	plain.url = elsewhere.URL
	plain.want(plain.visit(root(t, "Example Root")), upload.Failed, "upload.sent-elsewhere")
	plain.url = "http://127.0.0.1:1"
	plain.want(plain.visit(root(t, "Example Root")), upload.Failed, "upload.connection-refused")
	hello := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<title>Hello</title>") }))
	t.Cleanup(hello.Close)
	plain.url = hello.URL
	plain.want(plain.visit(root(t, "Example Root")), upload.Failed, "upload.not-a-phone")
}

func codes(r upload.Result) string {
	list := ""
	for _, f := range r.Findings {
		list += f.Code
	}
	return list
}

// TestUnknownModel: a model of which no profile speaks takes the one that the
// user names, and goes unchecked without one.
func TestUnknownModel(t *testing.T) {
	w := start(t, simdialect.Session, handset.Trusted, func(_ *simulate.Config, s *device.State) { s.Model = "SIP-T99X" })
	item := root(t, "Example Root")
	item.File.Name = "root.p7b"
	w.order.Handset = "yealink-t28p"
	w.want(w.visit(item), upload.Failed, "upload.check-refuses")
	w.order.Handset = ""
	r := w.visit(item)
	w.want(r, upload.Uploaded, "")
	if !strings.Contains(codes(r), "upload.model-not-known") {
		t.Errorf("nothing is said of it: %s", codes(r))
	}
}
