package visit_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	simdialect "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/inspect"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/known"
	"github.com/phonecert/phonecert/upload/visit"
)

// between puts something before the phone.
func (w *world) between(tls bool, f func(rw http.ResponseWriter, r *http.Request)) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(f))
	if tls {
		server.StartTLS()
	} else {
		server.Start()
	}
	w.t.Cleanup(server.Close)
	w.url = server.URL
}

// pass has the phone answer, with the page as change leaves it.
func (w *world) pass(rw http.ResponseWriter, r *http.Request, change func([]byte) []byte) {
	answer := httptest.NewRecorder()
	w.phone.ServeHTTP(answer, r)
	for name, values := range answer.Header() {
		rw.Header()[name] = values
	}
	rw.WriteHeader(answer.Code)
	rw.Write(change(answer.Body.Bytes()))
}

// unlisted takes out a column head without which a page has no list.
func unlisted(page []byte) []byte {
	return bytes.ReplaceAll(page, []byte("Issued By"), []byte("By"))
}

func isPost(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data")
}

// TestNoSecondPost: the phone has stored the file, says nothing of it, and its
// list is late. Nothing else is tried.
func TestNoSecondPost(t *testing.T) {
	for _, name := range []simdialect.Name{simdialect.Listener, simdialect.API} {
		for _, fault := range []string{"drop", "500"} {
			t.Run(string(name)+"/"+fault, func(t *testing.T) {
				t.Parallel()
				w := start(t, name, handset.Trusted, nil)
				var posts atomic.Int32
				w.between(false, func(rw http.ResponseWriter, r *http.Request) {
					if !isPost(r) {
						w.pass(rw, r, func(page []byte) []byte { return bytes.ReplaceAll(page, []byte("Example Root"), []byte("Other Root")) })
						return
					}
					posts.Add(1)
					w.phone.ServeHTTP(httptest.NewRecorder(), r)
					if fault == "drop" {
						panic(http.ErrAbortHandler)
					}
					rw.WriteHeader(http.StatusInternalServerError)
				})
				w.order.Via = ""
				w.want(w.visit(root(t, "Example Root")), upload.Unconfirmed, "upload.no-answer")
				if posts.Load() != 1 {
					t.Errorf("%d posts", posts.Load())
				}
			})
		}
	}
}

// TestFirstUseLasts: a phone that ends each connection is still one of which
// nobody knew anything, whatever the file says by the second one.
func TestFirstUseLasts(t *testing.T) {
	for _, name := range simdialect.All() {
		for _, told := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%t", name, told), func(t *testing.T) {
				t.Parallel()
				w := start(t, name, handset.Trusted, nil)
				posts := 0
				w.between(true, func(rw http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodPost && strings.Contains(r.URL.RawQuery, "login") || r.Header.Get("Authorization") != "" {
						posts++
					}
					rw.Header().Set("Connection", "close")
					w.phone.ServeHTTP(rw, r)
				})
				if told {
					w.order.Dialect = dialect.Name(name)
				}
				w.order.RequireTLS = true
				for range 2 {
					w.want(w.visit(root(t, "Example Root")), upload.Failed, "upload.tls-required")
				}
				if posts != 0 {
					t.Errorf("%d logins", posts)
				}
				w.order.RequireTLS = false
				r := w.visit(root(t, "Example Root"))
				w.want(r, upload.Uploaded, "")
				if !strings.Contains(codes(r), "upload.first-use") {
					t.Errorf("no warning of the first use: %s", codes(r))
				}
			})
		}
	}
}

// TestSwap: another certificate in the same visit, where no file remembers.
func TestSwap(t *testing.T) {
	w := start(t, simdialect.Plain, handset.Trusted, nil)
	w.order.Judge.Store = nil
	var logins atomic.Int32
	w.between(true, func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Connection", "close")
		w.phone.ServeHTTP(rw, r)
	})
	stranger := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { logins.Add(1) }))
	stranger.TLS = serverTLS(testca.Root(t, "Stranger"))
	stranger.StartTLS()
	t.Cleanup(stranger.Close)
	dials := 0
	w.order.Web.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials++; dials > 1 {
			address = stranger.Listener.Addr().String()
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	w.want(w.visit(root(t, "Example Root")), upload.Failed, "upload.certificate-changed")
	if logins.Load() != 0 {
		t.Error("a stranger was asked")
	}
}

// TestPinByHTTP: whoever gives a pin or a CA gets no conversation by HTTP, and a
// phone that is known by HTTPS gets none when HTTPS is gone.
func TestPinByHTTP(t *testing.T) {
	w := start(t, simdialect.Plain, handset.Trusted, nil)
	w.order.Judge.Pins = []known.Fingerprint{{1}}
	w.want(w.visit(root(t, "Example Root")), upload.Failed, "upload.pin-needs-tls")
	var asked []string
	refused := func(_ context.Context, _, address string) (net.Conn, error) {
		asked = append(asked, address)
		return nil, &net.OpError{Op: "dial", Err: context.DeadlineExceeded}
	}
	w.order.Web.Dial = refused
	w.url = "192.0.2.55"
	w.want(w.visit(root(t, "Example Root")), upload.Failed, "upload.https-gone")
	w.order.Judge.Pins = nil
	if err := w.order.Judge.Store.Add("192.0.2.55:443", known.Fingerprint{1}); err != nil {
		t.Fatal(err)
	}
	w.want(w.visit(root(t, "Example Root")), upload.Failed, "upload.https-gone")
	if strings.Contains(fmt.Sprint(asked), ":80") {
		t.Errorf("asked by HTTP: %v", asked)
	}
}

// TestServerWithoutList: what the page does not show is not overwritten either.
func TestServerWithoutList(t *testing.T) {
	w := start(t, simdialect.Session, handset.Server, nil)
	w.want(w.visit(own(t, "one.example.com")), upload.Uploaded, "")
	w.between(false, func(rw http.ResponseWriter, r *http.Request) { w.pass(rw, r, unlisted) })
	w.want(w.visit(own(t, "two.example.com")), upload.Failed, "upload.would-overwrite")
	if held := w.phone.State().Server; held == nil || held.File != "one.example.com.pem" {
		t.Error("the certificate was overwritten")
	}
	w.order.Replace = func(context.Context, string, string) bool { return true }
	w.want(w.visit(own(t, "two.example.com")), upload.Unconfirmed, "upload.no-list")
}

// TestResumeWithoutList: what an interrupted run posted is not posted again where
// nobody can tell.
func TestResumeWithoutList(t *testing.T) {
	w := start(t, simdialect.Session, handset.Trusted, nil)
	w.between(false, func(rw http.ResponseWriter, r *http.Request) { w.pass(rw, r, unlisted) })
	w.order.Files = []*visit.Item{root(t, "Example Root")}
	target := w.target()
	target.Before = []upload.Event{upload.Posting}
	w.want(w.order.Visit(t.Context(), target), upload.Unconfirmed, "upload.posted-before")
	if len(w.phone.State().Trusted) != 0 {
		t.Error("it was posted again")
	}
}

// TestSecondFile: when the list cannot be read back after the first file, the
// second that was there before is not posted.
func TestSecondFile(t *testing.T) {
	w := start(t, simdialect.Session, handset.Trusted, nil)
	second := root(t, "Second Root")
	w.want(w.visit(second), upload.Uploaded, "")
	var posts atomic.Int32
	w.between(false, func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case isPost(r):
			posts.Add(1)
		case posts.Load() == 1 && r.Method == http.MethodGet && strings.Contains(r.URL.RawQuery, "trusted-cert"):
			rw.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.phone.ServeHTTP(rw, r)
	})
	o := order(t, handset.Trusted)
	w.order = o
	r := w.visit(root(t, "First Root"), second)
	w.want(r, upload.Unconfirmed, "upload.not-read-back")
	if posts.Load() != 1 || len(r.Files) != 2 || r.Files[1].Result != upload.AlreadyPresent {
		t.Errorf("%d posts, %+v", posts.Load(), r.Files)
	}
}

// TestKeys: a CA's private key goes to no phone, also where nothing is known of
// its model, and no certificate goes with somebody else's key.
func TestKeys(t *testing.T) {
	unknown := func(_ *simulate.Config, s *device.State) { s.Model = "X-9000" }
	ca, other := testca.Root(t, "Example CA"), testca.ECRoot(t, "Other CA")
	file := func(role handset.Role, parts ...[]byte) *visit.Item {
		return visit.NewItem(inspect.Read("file.pem", bytes.Join(parts, nil), inspect.Options{}), "file.pem", role)
	}
	for _, name := range simdialect.All() {
		w := start(t, name, handset.Trusted, unknown)
		w.order.SkipCheck = true
		w.want(w.visit(file(handset.Trusted, ca.PEM(), ca.KeyPEM(t))), upload.Failed, "upload.ca-key")
		s := start(t, name, handset.Server, unknown)
		s.want(s.visit(file(handset.Server, ca.Issue(t, "one.example.com").PEM(), other.KeyPEM(t))), upload.Failed, "upload.wrong-key")
		if len(w.phone.State().Trusted) != 0 || s.phone.State().Server != nil {
			t.Errorf("%s: something was posted", name)
		}
	}
}

// TestPartlyThere: of a file with two certificates the phone keeps one. It does
// not get that one again.
func TestPartlyThere(t *testing.T) {
	w := start(t, simdialect.Session, handset.Trusted, nil)
	var posts atomic.Int32
	w.between(false, func(rw http.ResponseWriter, r *http.Request) {
		if isPost(r) {
			posts.Add(1)
		}
		w.phone.ServeHTTP(rw, r)
	})
	pem := bytes.Join([][]byte{testca.Root(t, "Example A").PEM(), testca.Root(t, "Example B").PEM()}, nil)
	item := visit.NewItem(inspect.Read("two.pem", pem, inspect.Options{}), "two.pem", handset.Trusted)
	for range 2 {
		w.want(w.visit(item), upload.Failed, "upload.partly-there")
	}
	if posts.Load() != 1 {
		t.Errorf("%d posts", posts.Load())
	}
}

// TestCutOff tells that the file was posted, and not only that time was up.
func TestCutOff(t *testing.T) {
	w := start(t, simdialect.Session, handset.Trusted, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var posted atomic.Bool
	w.between(false, func(rw http.ResponseWriter, r *http.Request) {
		if posted.Load() && strings.Contains(r.URL.RawQuery, "trusted-cert") {
			cancel()
			<-r.Context().Done()
			return
		}
		posted.Store(posted.Load() || isPost(r))
		w.phone.ServeHTTP(rw, r)
	})
	w.order.Files = []*visit.Item{root(t, "Example Root")}
	w.want(w.order.Visit(ctx, w.target()), upload.Unconfirmed, "upload.cut-off")
}

// TestCallUnclear: a phone that does not answer the question may be in a call.
func TestCallUnclear(t *testing.T) {
	w := start(t, simdialect.API, handset.Trusted, faulty("in-call"))
	w.between(false, func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/talking") {
			rw.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.phone.ServeHTTP(rw, r)
	})
	w.order.Reboot = visit.RebootAlways
	r := w.visit(root(t, "Example Root"))
	w.want(r, upload.Failed, "upload.call-unclear")
	if r.Rebooted || w.phone.Away() {
		t.Error("it was restarted")
	}
}

// TestPlansThatCannotBe: what a dry run plans can be done.
func TestPlansThatCannotBe(t *testing.T) {
	for _, via := range []upload.Route{upload.Import, upload.Browser} {
		w := start(t, simdialect.Plain, handset.Trusted, nil)
		w.order.DryRun, w.order.Via = true, via
		w.want(w.visit(root(t, "Example Root")), upload.Failed, "upload.no-route")
	}
	w := start(t, simdialect.Plain, handset.Trusted, nil)
	target := w.target()
	target.Via = "fax"
	target.Password = func(context.Context) (string, bool) { t.Error("the password was asked for"); return "", false }
	w.want(w.order.Visit(t.Context(), target), upload.Failed, "upload.via")
}

// TestNewAtOnce: a phone that shows its new certificate before it restarts is
// no stranger.
func TestNewAtOnce(t *testing.T) {
	w := start(t, simdialect.Session, handset.Server, nil)
	mine := testca.Root(t, "Example CA").Issue(t, "phone.example.com")
	pem := bytes.Join([][]byte{mine.PEM(), mine.KeyPEM(t)}, nil)
	item := visit.NewItem(inspect.Read("phone.pem", pem, inspect.Options{}), "phone.pem", handset.Server)
	before, after := serverTLS(testca.Root(t, "Vendor").Issue(t, "vendor")), serverTLS(mine)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Connection", "close")
		w.phone.ServeHTTP(rw, r)
	}))
	server.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		if w.phone.State().Server != nil {
			return after, nil
		}
		return before, nil
	}}
	server.StartTLS()
	t.Cleanup(server.Close)
	w.url = server.URL
	w.want(w.visit(item), upload.Uploaded, "")
	w.want(w.visit(item), upload.AlreadyPresent, "")
}

// serverTLS shows a certificate.
func serverTLS(c *testca.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{c.Raw}, PrivateKey: c.Key}}}
}

// TestAddressWithPassword: what should not stand in an address is not repeated.
func TestAddressWithPassword(t *testing.T) {
	w := start(t, simdialect.Plain, handset.Trusted, nil)
	for _, url := range []string{"http://admin:pass-word@192.0.2.55", "admin:pass-word@192.0.2.55", "http://admin:pass-word@[::1"} {
		w.url = url
		if r := w.visit(root(t, "Example Root")); r.Result != upload.Failed || strings.Contains(fmt.Sprint(r), "pass-word") {
			t.Errorf("%+v", r)
		}
	}
}

// TestRestartOpen: the phone's question whether to restart was lost with the
// process that heard it.
func TestRestartOpen(t *testing.T) {
	w := start(t, simdialect.Session, handset.Trusted, nil)
	w.want(w.visit(root(t, "Example Root")), upload.Uploaded, "")
	w.order.Reboot = visit.RebootNeeded
	target := w.target()
	target.Before = []upload.Event{upload.Posting}
	r := w.order.Visit(t.Context(), target)
	w.want(r, upload.Uploaded, "")
	if !strings.Contains(codes(r), "upload.restart-open") {
		t.Error(codes(r))
	}
}
