package visit_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/handset"
	"github.com/phonecert/phonecert/handset/simulate"
	"github.com/phonecert/phonecert/handset/simulate/device"
	simdialect "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/internal/realparts"
	"github.com/phonecert/phonecert/upload"
	"github.com/phonecert/phonecert/upload/visit"
)

func get(ctx context.Context, url string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", answer.StatusCode)
	}
	return io.ReadAll(io.LimitReader(answer.Body, 1<<20))
}

// other are names that no client could have guessed.
func other() simdialect.Invented {
	return simdialect.Invented{
		TrustedFile: "f1", ServerFile: "f2", TrustedType: "kind-a", ServerType: "kind-b", Upload: "take", Delete: "drop", Place: "which",
		CA: "aa", CNValidation: "bb", DeviceCert: "cc", BasicTrusted: "71", BasicServer: "72", BasicUpgrade: "73",
	}
}

// TestVisit puts both kinds of certificates on a phone of each dialect, by every
// route but the browser, whatever the names of its fields are.
func TestVisit(t *testing.T) {
	for _, name := range simdialect.All() {
		for _, names := range []simdialect.Invented{{}, other()} {
			t.Run(fmt.Sprintf("%s/%s", name, names.Upload), func(t *testing.T) {
				t.Parallel()
				rename := func(c *simulate.Config, _ *device.State) { c.Invented = names }
				w := start(t, name, handset.Trusted, rename)
				ca := root(t, "Example Root")
				w.want(w.visit(ca), upload.Uploaded, "")
				if r := w.visit(ca); r.Result != upload.AlreadyPresent || len(w.phone.State().Trusted) != 1 {
					t.Errorf("again: %s, %d certificates", r.Result, len(w.phone.State().Trusted))
				}
				s := start(t, name, handset.Server, rename)
				s.want(s.visit(own(t, "one.example.com")), upload.Uploaded, "")
				s.want(s.visit(own(t, "two.example.com")), upload.Failed, "upload.would-overwrite")
				s.order.Replace = func(context.Context, string, string) bool { return true }
				s.want(s.visit(own(t, "two.example.com")), upload.Replaced, "")
				if name == simdialect.Listener || name == simdialect.ListenerRSA || name == simdialect.API {
					i := start(t, name, handset.Trusted, rename)
					i.order.Via = upload.Import
					i.want(i.visit(ca), upload.Uploaded, "")
				}
			})
		}
	}
}

// TestEleventh has the phone itself refuse, and phonecert before it.
func TestEleventh(t *testing.T) {
	for _, name := range simdialect.All() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			w := start(t, name, handset.Trusted, nil)
			var ten []*visit.Item
			for n := range 10 {
				ten = append(ten, root(t, fmt.Sprintf("Example Root %d", n)))
			}
			w.want(w.visit(ten...), upload.Uploaded, "")
			eleventh := root(t, "Example Root 10")
			// Of the others the profile does not tell for certain how many fit.
			if name == simdialect.Plain || name == simdialect.Session {
				w.want(w.visit(eleventh), upload.Failed, "upload.no-place")
			}
			w.order.SkipCheck = true
			r := w.visit(eleventh)
			w.want(r, upload.Failed, "upload.full")
			if text := fmt.Sprint(r.Findings); !strings.Contains(text, string(device.Full)) {
				t.Errorf("the phone's text is missing: %s", text)
			}
		})
	}
}

// TestBrowser goes the route by a browser in every dialect, for one role or the
// other: the package browser tries both.
func TestBrowser(t *testing.T) {
	realparts.Need(t, "chromium")
	for i, name := range simdialect.All() {
		t.Run(string(name), func(t *testing.T) {
			role, file := handset.Trusted, root(t, "Example Root")
			if i%2 == 1 {
				role, file = handset.Server, own(t, "phone.example.com")
			}
			w := start(t, name, role, nil)
			w.order.Via = upload.Browser
			w.order.Chromium = &visit.Chromium{Executable: "chromium", Env: os.Getenv}
			r := w.visit(file)
			w.want(r, upload.Uploaded, "")
			if r.Route != upload.Browser {
				t.Errorf("went by %s", r.Route)
			}
			w.order.Via = upload.Form
			w.want(w.visit(file), upload.AlreadyPresent, "")
		})
	}
}
