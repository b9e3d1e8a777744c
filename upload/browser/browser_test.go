package browser_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	simulated "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/browser"
	"github.com/phonecert/phonecert/upload/dialect"
)

// other are names unlike the simulator's own: the browser reads the pages.
func other() simulated.Invented {
	return simulated.Invented{
		TrustedFile: "caFile", ServerFile: "ownFile", TrustedType: "cafile", ServerType: "ownfile",
		Upload: "put", Delete: "drop", Place: "which", CA: "caChoice", CNValidation: "nameCheck", DeviceCert: "devChoice",
		BasicTrusted: "23", BasicServer: "24", BasicUpgrade: "43",
	}
}

func says(class dialect.Class, text device.Answer) dialect.Answer {
	return dialect.Answer{Class: class, Text: string(text)}
}

// TestUpload: on each dialect's pages, whatever their fields are called, a file
// of either role gets on the phone and a refusal comes back in its own words.
func TestUpload(t *testing.T) {
	held := make([]*testca.Certificate, 9)
	for i := range held {
		held[i] = testca.ECRoot(t, fmt.Sprintf("Example Root %d", i))
	}
	tenth, eleventh := testca.ECRoot(t, "Example Root 9"), testca.ECRoot(t, "Example Root 10")
	own := testca.Root(t, "Example CA").Issue(t, "phone.example.com")
	for _, name := range simulated.All() {
		for which, names := range map[string]simulated.Invented{"default": simulated.DefaultInvented(), "other": other()} {
			if which == "default" && name != simulated.Listener && name != simulated.API {
				continue // the fact sheet knows the elements of these two
			}
			t.Run(fmt.Sprintf("%s/%s", name, which), func(t *testing.T) {
				t.Parallel()
				r := start(t, name, func(c *simulate.Config) { c.Invented = names }, held...)
				r.in("admin")
				r.expect(t, handset.Trusted, "root.pem", tenth.PEM(), says(dialect.Success, device.Success))
				r.stay(t)
				r.expect(t, handset.Server, "own.pem", append(own.PEM(), own.KeyPEM(t)...), says(dialect.Success, device.Success))
				if s := r.phone.State(); len(s.Trusted) != 10 || s.Trusted[9].File != "root.pem" || s.Server == nil || s.Server.File != "own.pem" {
					t.Errorf("the phone has %d trusted, server %v", len(s.Trusted), s.Server)
				}
				if which == "default" {
					return
				}
				r.stay(t)
				r.expect(t, handset.Trusted, "root.pem", eleventh.PEM(), says(dialect.Full, device.Full))
				if name == simulated.Basic {
					r.expect(t, handset.Server, "own.pem", []byte("hello"), says(dialect.InvalidFile, device.InvalidFile))
					r.expect(t, handset.Trusted, "root.txt", eleventh.PEM(), says(dialect.InvalidName, device.InvalidName))
				}
			})
		}
	}
}

// TestMenus: without an address the page is reached as a person reaches it, by
// login and menu.
func TestMenus(t *testing.T) {
	t.Parallel()
	r := start(t, simulated.Listener, nil)
	r.in("admin")
	file := dialect.File{Name: "root.pem", Content: testca.ECRoot(t, "Example Root").PEM()}
	got, err := browser.Upload(t.Context(), r.config, dialect.Listener, handset.Trusted, "", file)
	if err != nil || got.Class != dialect.Success || len(r.phone.State().Trusted) != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	r.config.Login = nil
	if _, err := browser.Upload(t.Context(), r.config, dialect.Listener, handset.Trusted, "", file); !errors.Is(err, browser.ErrNeedsLogin) {
		t.Errorf("got %v", err)
	}
}

// TestLogin: the page's login form is filled in when a login is given, and once.
func TestLogin(t *testing.T) {
	root := testca.ECRoot(t, "Example Root").PEM()
	for _, name := range []simulated.Name{simulated.Session, simulated.Listener, simulated.API} {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			r := start(t, name, nil)
			r.in("wr0ng-secret")
			if name == simulated.Session {
				r.config.Patience = brief // the form again is the refusal
			}
			var refused *dialect.LoginError
			if _, err := r.upload(t, handset.Trusted, "root.pem", root); !errors.As(err, &refused) || refused.Outcome != dialect.LoginRefused {
				t.Errorf("wrong password: got %v", err)
			}
			if tries := r.phone.State().Wrong; tries != 1 {
				t.Errorf("the password was tried %d times", tries)
			}
			if told := strings.Join(r.told, "\n"); strings.Contains(told, "wr0ng") {
				t.Errorf("the steps tell the password: %s", told)
			}
		})
	}
	t.Run("needed", func(t *testing.T) {
		t.Parallel()
		r := start(t, simulated.API, nil)
		if _, err := r.upload(t, handset.Trusted, "root.pem", root); !errors.Is(err, browser.ErrNeedsLogin) || r.phone.State().Wrong != 0 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("busy", func(t *testing.T) {
		t.Parallel()
		r := start(t, simulated.API, func(c *simulate.Config) { c.Faults.Busy = true })
		r.in("admin")
		var refused *dialect.LoginError
		if _, err := r.upload(t, handset.Trusted, "root.pem", root); !errors.As(err, &refused) || refused.Outcome != dialect.Busy {
			t.Errorf("got %v", err)
		}
	})
}

// asks counts the requests to the phone.
type asks struct {
	http.RoundTripper
	n atomic.Int32
}

func (a *asks) RoundTrip(r *http.Request) (*http.Response, error) {
	a.n.Add(1)
	return a.RoundTripper.RoundTrip(r)
}

// TestFaults: a phone that hangs up after the change, and one that says nothing.
func TestFaults(t *testing.T) {
	root := testca.ECRoot(t, "Example Root").PEM()
	t.Run("dropped", func(t *testing.T) {
		t.Parallel()
		for _, name := range []simulated.Name{simulated.Plain, simulated.API} {
			r := start(t, name, func(c *simulate.Config) { c.Faults.DropAfterWrite = true })
			r.in("admin")
			r.expect(t, handset.Trusted, "root.pem", root, dialect.Answer{Class: dialect.Dropped})
			if got := len(r.phone.State().Trusted); got != 1 {
				t.Errorf("%s: %d certificates", name, got)
			}
		}
	})
	t.Run("hangs", func(t *testing.T) {
		t.Parallel()
		r := start(t, simulated.Basic, func(c *simulate.Config) { c.Faults.Hang = true })
		asked := &asks{RoundTripper: r.config.Transport}
		r.config.Transport = asked
		// A browser that takes longer to start gets more time.
		for r.config.Timeout = 2 * time.Second; ; r.config.Timeout *= 4 {
			_, err := r.upload(t, handset.Trusted, "root.pem", root)
			if asked.n.Load() == 0 && r.config.Timeout < 2*time.Minute {
				continue
			}
			var step *browser.StepError
			if !errors.As(err, &step) || step.Sent || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %+v", err)
			}
			return
		}
	})
	t.Run("slow", func(t *testing.T) {
		t.Parallel()
		r := start(t, simulated.Basic, func(c *simulate.Config) { c.Faults.Slow = brief + 2*time.Second })
		r.config.Patience = brief
		r.expect(t, handset.Trusted, "root.pem", root, says(dialect.Success, device.Success))
	})
	t.Run("status", func(t *testing.T) {
		t.Parallel()
		r := start(t, simulated.Plain, nil)
		_, err := r.upload(t, handset.Trusted, "root.pem", root)
		if err == nil || err.Error() != "the phone answers its page with status 404" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no browser", func(t *testing.T) {
		t.Parallel()
		r := start(t, simulated.Plain, nil)
		r.config.Executable = "/nowhere/chromium"
		var step *browser.StepError
		if _, err := r.upload(t, handset.Trusted, "root.pem", root); !errors.As(err, &step) || step.Step != browser.Starting {
			t.Errorf("got %v", err)
		}
	})
}
