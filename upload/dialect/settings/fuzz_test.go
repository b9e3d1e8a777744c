package settings

import (
	"os"
	"testing"

	"github.com/phonecert/phonecert/upload/page"
)

// FuzzPage holds that what is read of a page can be written on it.
func FuzzPage(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		c := Find(page.Parse(body))
		_, err := c.Write(c.Read())
		for _, field := range c.all() {
			// One without a name cannot be written.
			if Key(*field) == "" {
				err = nil
			}
		}
		if err != nil {
			t.Errorf("what is read cannot be written: %v", err)
		}
	})
}

func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzPage"); err != nil || len(seeds) == 0 {
		t.Errorf("the committed seed corpus is empty (%v)", err)
	}
}
