package basic

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/upload/dialect/live"
	"github.com/phonecert/phonecert/upload/web"
)

// FuzzPage writes settings on a page: what is sent comes from it.
func FuzzPage(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		p := live.Read(&web.Answer{Status: 200, Body: body, URL: &url.URL{Scheme: "http", Host: "192.0.2.5", Path: path}})
		r, err := joined(p, []web.Pair{{Name: "HTTPSTrustCertificates", Value: "1"}})
		if err == nil && (!r.Changes || !strings.HasPrefix(string(r.Body), pageID+"=")) {
			t.Errorf("sends %+v", r)
		}
	})
}

func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzPage"); err != nil || len(seeds) == 0 {
		t.Errorf("the committed seed corpus is empty (%v)", err)
	}
}
