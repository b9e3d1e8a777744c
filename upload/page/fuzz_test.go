package page_test

import (
	"os"
	"testing"

	"github.com/phonecert/phonecert/upload/page"
)

// FuzzParse: whatever the page, reading ends, stays within its caps, and what
// was read fits together.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		p := page.Parse(body)
		fields := p.Fields()
		if len(p.Forms) > 200 || len(fields) > 5000 || len(p.Tables) > 200 || len(p.Variables) > 5000 {
			t.Errorf("%d forms, %d fields, %d tables, %d variables", len(p.Forms), len(fields), len(p.Tables), len(p.Variables))
		}
		for _, field := range fields {
			form, in := p.FormOf(field)
			if in && len(form.Fields) == 0 {
				t.Errorf("a form without fields has %+v", field)
			}
			if len(field.Label) > 300 {
				t.Errorf("a label of %d bytes", len(field.Label))
			}
		}
		list, ok := p.Certificates()
		for i, c := range list {
			if !ok || c.Index != i || c.Expiration == "" {
				t.Errorf("certificate %d: %+v", i, c)
			}
		}
		if form, file, ok := p.Upload(); ok && (file.Kind != "file" || len(form.Fields) == 0) {
			t.Errorf("an upload without a file: %+v", form)
		}
		if text, ok := page.Result(body); !ok && text != "" {
			t.Errorf("no result, and yet %q", text)
		}
		_, _ = p.Redirect(), p.Labeled("Firmware Version")
	})
}

// FuzzDate: whatever the text, a date is one that a certificate can have.
func FuzzDate(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		at, dayOnly := page.Date(text)
		if at.IsZero() && dayOnly {
			t.Errorf("%q has a day and none", text)
		}
		if y := at.Year(); !at.IsZero() && (y < 1950 || y > 9999) {
			t.Errorf("%q is of the year %d", text, y)
		}
		if h, m, s := at.Clock(); dayOnly && (h != 0 || m != 0 || s != 0) {
			t.Errorf("%q is a day with a time: %v", text, at)
		}
	})
}

func TestSeedsExist(t *testing.T) {
	for _, target := range []string{"FuzzParse", "FuzzDate"} {
		if seeds, err := os.ReadDir("testdata/fuzz/" + target); err != nil || len(seeds) == 0 {
			t.Errorf("%s has no seeds: %v", target, err)
		}
	}
}
