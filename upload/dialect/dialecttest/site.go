package dialecttest

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/phonecert/phonecert/upload/dialect"
	"github.com/phonecert/phonecert/upload/dialect/detect"
	"github.com/phonecert/phonecert/upload/web"
)

// Site is a phone made of pages by their address; others answer 404. It writes
// down what it is asked.
type Site struct {
	mu    sync.Mutex
	Pages map[string]string
	Asked []string
}

// ServeHTTP answers with a page.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Asked = append(s.Asked, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
	http.SetCookie(w, &http.Cookie{Name: "JSESSIONID", Value: "1"})
	page, ok := s.Pages[r.URL.RequestURI()]
	switch to, redirect := strings.CutPrefix(page, "302 "); {
	case !ok:
		http.NotFound(w, r)
	case redirect:
		http.Redirect(w, r, to, http.StatusFound)
	default:
		fmt.Fprint(w, page)
	}
}

// Last is what it was asked last.
func (s *Site) Last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Asked[len(s.Asked)-1]
}

// Dialect speaks a dialect to it.
func (s *Site) Dialect(t *testing.T, name dialect.Name) dialect.Dialect {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := web.New(base, web.Config{Random: rand.Reader})
	t.Cleanup(c.Close)
	d, err := detect.New(name, c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
