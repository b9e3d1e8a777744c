package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/phonecert/phonecert/inspect/probe/wire"
)

// Send sends one request. Whatever the network or the phone does is an *Error.
func (c *Client) Send(ctx context.Context, r Request) (*Answer, error) {
	target, failed := c.resolve(r.Ref)
	if failed != nil {
		return nil, failed
	}
	m := message{method: r.Method, url: target, header: r.Header.Clone(), body: r.Body, changes: r.Changes, most: MaxBody}
	if m.method == "" {
		m.method = http.MethodGet
	}
	if r.Kind != "" {
		if m.header == nil {
			m.header = http.Header{}
		}
		m.header.Set("Content-Type", r.Kind)
	}
	answer, failed := c.speak(ctx, m)
	if failed != nil {
		return nil, failed
	}
	return &Answer{Status: answer.StatusCode, Header: answer.Header, Body: answer.body, URL: target}, nil
}

// message is a request that is about to be sent.
type message struct {
	method  string
	url     *url.URL
	header  http.Header
	cookies cookies // that go beside the conversation's own
	body    []byte
	changes bool
	most    int64 // how much of the answer's body is read
}

// harmless says that the message may be sent twice.
func (m *message) harmless() bool {
	return !m.changes && (m.method == http.MethodGet || m.method == http.MethodHead)
}

// speak sends a message and reads the answer.
func (c *Client) speak(ctx context.Context, m message) (*reply, *Error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, timeIsUp(ctx, ctx.Err(), "no answer to what was asked before")
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	header := c.begin(&m)
	answer, failed := c.attempt(ctx, &m, header)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if failed != nil {
		c.log.failed(c.config.Now(), failed)
		return nil, failed
	}
	for _, set := range c.cookies.learn(answer.Header, c.config.Now()) {
		c.log.cookie(set)
	}
	c.log.answered(c.config.Now(), answer)
	return answer, nil
}

// begin adds to a message what goes with all, and writes it down.
func (c *Client) begin(m *message) http.Header {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	header := http.Header{}
	maps.Copy(header, m.header)
	for name, value := range c.headers {
		for other := range header {
			if strings.EqualFold(other, name) {
				delete(header, other)
			}
		}
		header[name] = []string{value}
	}
	if all := c.cookies.with(m.cookies); len(all) > 0 {
		header["Cookie"] = []string{all.field()}
	}
	c.log.asked(c.config.Now(), m, header)
	return header
}

// attempt sends a message, once more if that is harmless and a kept connection
// turned out to have ended.
func (c *Client) attempt(ctx context.Context, m *message, header http.Header) (*reply, *Error) {
	for {
		kept, failed := c.connect(ctx, m)
		if failed != nil {
			return nil, failed
		}
		conn := c.conn
		answer, failed := c.exchange(ctx, m, header)
		if failed != nil || !answer.keep {
			c.hangUp()
		}
		if kept && m.harmless() && failed != nil && failed.Kind == Dropped && conn.limit.received == 0 {
			continue
		}
		return answer, failed
	}
}

// exchange sends a message over the connection there is.
func (c *Client) exchange(ctx context.Context, m *message, header http.Header) (*reply, *Error) {
	request := &http.Request{Method: m.method, URL: m.url, Host: m.url.Host, Header: header}
	if len(m.body) > 0 {
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(m.body)), int64(len(m.body))
	}
	defer wire.Bind(ctx, c.conn)()
	answer, err := c.conn.exchange(request, m.most)
	if err != nil {
		failed := unanswered(ctx, err, c.conn.limit.received)
		failed.Sent = c.conn.sent > 0
		return nil, failed
	}
	return answer, nil
}

// resolve finds what a reference names, which must be on the phone.
func (c *Client) resolve(ref string) (*url.URL, *Error) {
	return within(c.Base(), ref)
}

// within resolves a reference against the page in which it stands, and refuses
// what leads away from the phone, or from HTTPS to where all can read.
func within(base *url.URL, ref string) (*url.URL, *Error) {
	// Scripts of pages write blanks into addresses.
	u, err := base.Parse(strings.ReplaceAll(strings.TrimSpace(ref), " ", "%20"))
	switch {
	case err != nil:
		return nil, &Error{Kind: NotHTTP, Detail: "what should be asked for is no address of a page"}
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, &Error{Kind: Elsewhere, Detail: fmt.Sprintf("to an address of the kind %q", u.Scheme)}
	case !strings.EqualFold(u.Hostname(), base.Hostname()):
		return nil, &Error{Kind: Elsewhere, Detail: fmt.Sprintf("to the host %q", u.Hostname())}
	case u.Scheme == "http" && base.Scheme == "https":
		return nil, &Error{Kind: Elsewhere, Detail: "from HTTPS to plain HTTP"}
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	return u, nil
}
