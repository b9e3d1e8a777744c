package browser

import (
	"bytes"
	"net/http"
	"strings"
)

// post is a request of the page that may change the phone.
type post struct {
	// upload: the file is in it. Done: it was answered, or err says why not.
	upload, done bool
	status       int
	body         []byte
	err          error
}

// begin remembers a request that may change the phone; its place is -1 when it
// is none.
func (p *proxy) begin(r *http.Request, body []byte) int {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return -1
	}
	form := strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") && bytes.Contains(body, []byte("filename="))
	upload := form || len(p.file) > 0 && bytes.Contains(body, p.file)
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.posts); n >= maxPosts && !upload || n >= 2*maxPosts {
		return -1
	}
	p.posts = append(p.posts, post{upload: upload})
	return len(p.posts) - 1
}

// end remembers what became of a request.
func (p *proxy) end(sent int, document bool, a *http.Response, text []byte, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	status := 0
	if a != nil {
		status = a.StatusCode
	}
	if document {
		p.failed, p.status = err, status
	}
	if sent >= 0 {
		each := &p.posts[sent]
		each.done, each.status, each.err, each.body = true, status, err, text[:min(len(text), maxKept)]
	}
}

func (p *proxy) move(pending int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.moves++
	p.pending += pending
}

// movement is a number that changes with every request, and whether one is
// waiting for its answer.
func (p *proxy) movement() (moves int, busy bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.moves, p.pending > 0
}

// document is what became of the last page that was asked for.
func (p *proxy) document() (status int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status, p.failed
}

// since are the posts after the first n.
func (p *proxy) since(n int) []post {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]post(nil), p.posts[min(n, len(p.posts)):]...)
}

// upload is the last request that held the file; ok is false before it.
func (p *proxy) upload() (last post, ok bool) {
	for _, each := range p.since(0) {
		if each.upload {
			last, ok = each, true
		}
	}
	return last, ok
}
