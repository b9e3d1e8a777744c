package web

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// RoundTrip lets a browser speak through this conversation, with its cookies,
// headers, connection and caps: path and query of r are asked of the phone,
// whatever host r names. The conversation's cookies and headers go before the
// browser's. What the phone sets is kept and passed on. A redirect on the phone
// comes back as a path, so that the browser stays with whom it asks; one to
// another host is an *Error, as is all that the network does.
func (c *Client) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := requestBody(r)
	if err != nil {
		return nil, err
	}
	ref := url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	// A path that begins with two slashes would name a host.
	target, failed := c.resolve("/" + strings.TrimLeft(ref.String(), "/"))
	if failed != nil {
		return nil, failed
	}
	m := message{
		method: r.Method, url: target, header: c.forward(r), cookies: parseCookies(r.Header["Cookie"]),
		body: body, changes: r.Method != http.MethodGet && r.Method != http.MethodHead, most: MaxBrowserBody,
	}
	answer, failed := c.speak(r.Context(), m)
	if failed != nil {
		return nil, failed
	}
	h := answer.Header.Clone()
	strip(h)
	if failed := c.relocate(target, h); failed != nil {
		return nil, failed
	}
	return &http.Response{
		Status: answer.Status, StatusCode: answer.StatusCode, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(bytes.NewReader(answer.body)), ContentLength: int64(len(answer.body)), Request: r,
	}, nil
}

// requestBody reads what the browser sends: a request that is written down and
// sent has to be whole.
func requestBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBrowserBody+1))
	switch {
	case err != nil:
		return nil, &Error{Kind: Canceled, Detail: "the browser did not send the whole request", Err: err}
	case len(body) > MaxBrowserBody:
		return nil, &Error{Kind: TooLarge, Detail: "the browser sends more than a phone takes", Err: errTooLarge}
	}
	return body, nil
}

// hopByHop are the fields that concern one connection alone (RFC 9110, section
// 7.6.1), and those that are made anew.
func hopByHop() []string {
	return []string{
		"Connection", "Proxy-Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
		"Proxy-Authorization", "Proxy-Authenticate", "Content-Length",
	}
}

func strip(h http.Header) {
	for _, listed := range h.Values("Connection") {
		for name := range strings.SplitSeq(listed, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range hopByHop() {
		h.Del(name)
	}
}

// forward is the browser's header for the phone: as if the page had been loaded
// from the phone itself, where some phones look from whom a form comes.
func (c *Client) forward(r *http.Request) http.Header {
	h := r.Header.Clone()
	strip(h)
	// The body shall be readable in the trace.
	for _, name := range []string{"Cookie", "Accept-Encoding", "Expect"} {
		h.Del(name)
	}
	base := c.Base()
	for _, name := range []string{"Referer", "Origin"} {
		u, err := url.Parse(h.Get(name))
		if err != nil || u.Host == "" {
			continue
		}
		u.Scheme, u.Host, u.User = base.Scheme, base.Host, nil
		h.Set(name, u.String())
	}
	return h
}

// relocate turns a redirect on the phone into a path, after the conversation
// has moved there.
func (c *Client) relocate(asked *url.URL, h http.Header) *Error {
	location := h.Get("Location")
	if location == "" {
		return nil
	}
	to, failed := within(asked, location)
	if failed != nil {
		failed.Sent = true
		return failed
	}
	c.move(to)
	h.Set("Location", to.RequestURI())
	return nil
}
