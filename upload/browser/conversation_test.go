package browser_test

import (
	"crypto/rand"
	"errors"
	"net/http"
	"testing"

	"github.com/phonecert/phonecert/handset"
	simulated "github.com/phonecert/phonecert/handset/simulate/dialect"
	"github.com/phonecert/phonecert/internal/testca"
	"github.com/phonecert/phonecert/upload/browser"
	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/detect"
	"github.com/phonecert/phonecert/upload/web"
)

// TestConversation: the browser goes on in the session of a real conversation;
// where the page wants a login of its own it gets one after the logout.
func TestConversation(t *testing.T) {
	for _, name := range simulated.All() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			r := start(t, name, nil)
			client := web.New(r.config.Base, web.Config{Random: rand.Reader, Accept: func(string, [][]byte) error { return nil }})
			t.Cleanup(client.Close)
			pages, err := detect.New(dialect.Name(name), client, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			if err := pages.Login(t.Context(), "admin", "admin"); err != nil {
				t.Fatal(err)
			}
			r.config.Transport = client
			if id := client.Cookie("JSESSIONID"); id != "" {
				r.config.Cookies = []*http.Cookie{{Name: "JSESSIONID", Value: id}}
			}
			root := testca.ECRoot(t, "Example Root").PEM()
			got, err := r.upload(t, handset.Trusted, "root.pem", root)
			if errors.Is(err, browser.ErrNeedsLogin) && name == simulated.API {
				if err := pages.Logout(t.Context()); err != nil {
					t.Fatal(err)
				}
				forget(client)
				r.config.Cookies = nil
				r.in("admin")
				got, err = r.upload(t, handset.Trusted, "root.pem", root)
				client.SetHeader("X-CSRFToken", client.Cookie("csrfToken"))
			}
			if err != nil || got.Class != dialect.Success || len(r.phone.State().Trusted) != 1 {
				t.Errorf("got %+v, %v", got, err)
			}
			list, err := pages.Certificates(t.Context(), handset.Trusted)
			if err != nil || len(list.Certificates) != 1 {
				t.Errorf("the list afterwards: %+v, %v", list, err)
			}
		})
	}
}

// forget takes away what the session that has ended would add to the requests of
// the page's own.
func forget(c *web.Client) {
	c.SetHeader("X-CSRFToken", "")
	c.SetCookie("csrfToken", "")
	c.SetCookie("JSESSIONID", "")
}
