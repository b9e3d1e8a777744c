package live

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

func TestSeeds(t *testing.T) {
	for _, target := range []string{"FuzzPage", "FuzzScripts"} {
		if seeds, err := os.ReadDir("testdata/fuzz/" + target); err != nil || len(seeds) == 0 {
			t.Errorf("%s: the committed seed corpus is empty (%v)", target, err)
		}
	}
}

// FuzzPage reads from a page all that is read of pages, and holds that what is
// to be sent comes from the page.
func FuzzPage(f *testing.F) {
	at, err := url.Parse("http://192.0.2.5/servlet?p=trusted-cert&q=load")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p := page.Parse(body)
		a := &web.Answer{Status: 200, Body: body, URL: at}
		l := Read(a)
		l.Identity()
		if ref := logoutLink(p, a); ref != "" && !strings.Contains(strings.ToLower(ref), "logout") {
			t.Errorf("logs out by %q", ref)
		}
		if answer := answerOf(p, l.shown); answer.Class != dialect.Silent {
			t.Errorf("the same page is an answer to itself: %+v", answer)
		}
		for _, form := range p.Forms {
			for _, pair := range Sent(form) {
				if pair.Name == "" {
					t.Error("a field without a name is sent")
				}
			}
		}
		list, err := l.Listing()
		for _, each := range list.Certificates {
			if row, err := rowOf(p, each); err != nil {
				t.Errorf("a certificate does not find itself: %v", err)
			} else if r, err := removalOf(row); err == nil && r.form == nil && r.Fields == nil && r.link == "" {
				t.Error("a removal is nothing")
			}
		}
		if err != nil && len(list.Certificates) > 0 {
			t.Error("a list and an error")
		}
		_, _ = l.Plan("trusted", "")
		_, _ = l.SettingsForm([]web.Pair{{Name: "HTTPSTrustCertificates", Value: "1"}})
		rebootForm(p)
	})
}
