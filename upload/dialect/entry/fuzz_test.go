package entry

import (
	"os"
	"testing"

	"github.com/phonecert/phonecert/upload/page"
	"github.com/phonecert/phonecert/upload/web"
)

// FuzzAnswer reads pages as answers to a login.
func FuzzAnswer(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		_ = Entered("", &web.Answer{Status: 200, Body: body}, "secret")
		Form(page.Parse(body))
	})
}

func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzAnswer"); err != nil || len(seeds) == 0 {
		t.Errorf("the committed seed corpus is empty (%v)", err)
	}
}
