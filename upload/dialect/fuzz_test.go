package dialect

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

func TestSeeds(t *testing.T) {
	for _, target := range []string{"FuzzPage", "FuzzAnswer", "FuzzSessionKey"} {
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
		l := newLive(p, a)
		identify(p)
		if ref := logoutLink(p, a); ref != "" && !strings.Contains(strings.ToLower(ref), "logout") {
			t.Errorf("logs out by %q", ref)
		}
		if answer := answerOf(p, l.shown); answer.Class != Silent {
			t.Errorf("the same page is an answer to itself: %+v", answer)
		}
		for _, form := range p.Forms {
			for _, pair := range sent(form) {
				if pair.Name == "" {
					t.Error("a field without a name is sent")
				}
			}
		}
		c := findChoices(p)
		_, err := c.write(c.read())
		for _, field := range []*page.Field{c.onlyTrusted, c.ca, c.cnValidation, c.deviceCert} {
			// One without a name cannot be written.
			if field != nil && key(*field) == "" {
				err = nil
			}
		}
		if err != nil {
			t.Errorf("what is read cannot be written: %v", err)
		}
		list, err := listing(p)
		for _, each := range list.Certificates {
			if row, err := rowOf(p, each); err != nil {
				t.Errorf("a certificate does not find itself: %v", err)
			} else if r, err := removalOf(row); err == nil && r.form == nil && r.fields == nil && r.link == "" {
				t.Error("a removal is nothing")
			}
		}
		if err != nil && len(list.Certificates) > 0 {
			t.Error("a list and an error")
		}
		_, _ = planUpload(l, "trusted", "")
		_, _ = formOfSettings(l, []web.Pair{{Name: fieldOnlyTrusted, Value: "1"}})
		_, _ = joined(l, []web.Pair{{Name: fieldOnlyTrusted, Value: "1"}})
		rebootForm(p)
		_ = entered("", a)
	})
}

func FuzzAnswer(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		first := Classify(text)
		if first.Class == "" {
			t.Error("no class")
		}
		if again := Classify(first.Text); first.Text != "" && again.Class != first.Class && first.Class != Silent {
			t.Errorf("%q is %s, its sentence %q is %s", text, first.Class, first.Text, again.Class)
		}
	})
}

func FuzzSessionKey(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		key, session, err := sessionKey(text)
		if err == nil && (key == nil || session == "") {
			t.Error("half an answer")
		}
		if strings.ContainsAny(session, "; ,\r\n\"") {
			t.Errorf("the session id %q is none", session)
		}
	})
}
