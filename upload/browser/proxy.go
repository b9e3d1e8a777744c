package browser

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	// secretHeader proves that a request is our browser's.
	secretHeader = "X-Phonecert-Browser"
	// maxBody is the longest request and the longest answer, in bytes: the
	// script of a whole web interface is one file.
	maxBody = 16 << 20
	// maxPosts is how many posts are remembered, and as many uploads; maxKept how much of the answer
	// to each, in bytes.
	maxPosts, maxKept = 64, 64 << 10
)

// proxy serves the phone's pages on the loopback interface.
type proxy struct {
	phone  *url.URL
	send   http.RoundTripper
	secret string
	// host is the proxy's own address.
	host   string
	file   []byte
	server *http.Server
	cancel context.CancelFunc
	// turn holds the browser, which asks for six things at once, to one at a
	// time.
	turn chan struct{}

	mu sync.Mutex
	// moves counts the requests begun and ended, pending those between.
	moves, pending int
	posts          []post
	// failed is what became of the last page that was asked for.
	failed error
	status int
}

// newProxy opens the proxy; file tells the upload from other posts.
func newProxy(ctx context.Context, phone *url.URL, send http.RoundTripper, random io.Reader, file []byte) (*proxy, error) {
	secret := make([]byte, 32)
	if _, err := io.ReadFull(random, secret); err != nil {
		return nil, fmt.Errorf("no randomness: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &proxy{
		phone: phone, send: send, secret: hex.EncodeToString(secret), host: listener.Addr().String(),
		file: file, cancel: cancel, turn: make(chan struct{}, 1),
	}
	p.server = &http.Server{
		Handler: p, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	go func() { _ = p.server.Serve(listener) }() // ends with close
	return p, nil
}

// close ends the proxy; the conversation is the caller's alone afterwards.
func (p *proxy) close() {
	p.cancel()
	_ = p.server.Close()
	p.turn <- struct{}{}
}

// url is the address of a page of the phone's in the browser.
func (p *proxy) url(path string) string { return "http://" + p.host + path }

// ServeHTTP passes a request on to the phone.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	given := []byte(r.Header.Get(secretHeader))
	if subtle.ConstantTimeCompare(given, []byte(p.secret)) == 0 || r.Host != p.host || r.Method == http.MethodConnect {
		http.Error(w, "not for you", http.StatusForbidden)
		return
	}
	if r.URL.Path == "/favicon.ico" {
		// Nobody sees it, and a phone may take seconds for it.
		http.NotFound(w, r)
		return
	}
	p.move(1)
	defer p.move(-1)
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	document := r.Header.Get("Sec-Fetch-Dest") == "document"
	sent := p.begin(r, body)
	a, text, err := p.ask(p.toPhone(r, body))
	p.end(sent, document, a, text, err)
	if err != nil {
		// Chromium repeats a request, a post too, when a connection that was
		// used before ends without an answer. So there always is an answer.
		w.Header().Set("Connection", "close")
		http.Error(w, "the phone does not answer", http.StatusBadGateway)
		return
	}
	p.toBrowser(w.Header(), a)
	w.WriteHeader(a.StatusCode)
	// An error here means that the browser has gone away.
	_, _ = w.Write(text)
}

// ask has the phone answer, one request at a time.
func (p *proxy) ask(r *http.Request) (*http.Response, []byte, error) {
	select {
	case p.turn <- struct{}{}:
	case <-r.Context().Done():
		return nil, nil, r.Context().Err()
	}
	defer func() { <-p.turn }()
	a, err := p.send.RoundTrip(r)
	if err != nil {
		return nil, nil, err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(io.LimitReader(a.Body, maxBody+1))
	if err == nil && len(text) > maxBody {
		err = errors.New("the answer is too long")
	}
	return a, text, err
}
