package browser

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// hops are the headers of one connection, which are not passed on.
var hops = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// toPhone makes the request that the browser would send to the phone itself.
func (p *proxy) toPhone(r *http.Request, body []byte) *http.Request {
	out := r.Clone(r.Context())
	out.RequestURI = ""
	out.URL.Scheme, out.URL.Host, out.Host = p.phone.Scheme, p.phone.Host, p.phone.Host
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if len(body) == 0 {
		out.Body = http.NoBody
	}
	out.TransferEncoding, out.Close = nil, false
	for _, name := range append(hops, secretHeader, "Accept-Encoding", "Upgrade-Insecure-Requests") {
		out.Header.Del(name)
	}
	for name := range out.Header {
		// A browser sends these to hosts with a good certificate alone.
		if strings.HasPrefix(name, "Sec-") {
			out.Header.Del(name)
		}
	}
	for _, name := range []string{"Origin", "Referer"} {
		if rest, ours := strings.CutPrefix(out.Header.Get(name), p.url("")); ours {
			out.Header.Set(name, p.phone.Scheme+"://"+p.phone.Host+rest)
		}
	}
	return out
}

// toBrowser copies the headers of an answer so that the browser stays with the
// proxy: the page has another host than the phone, and no TLS.
func (p *proxy) toBrowser(h http.Header, a *http.Response) {
	for name, values := range a.Header {
		h[name] = values
	}
	for _, name := range append(hops, "Content-Length", "Strict-Transport-Security", "Set-Cookie") {
		h.Del(name)
	}
	for _, line := range a.Header.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(line); err == nil {
			c.Secure, c.Domain, c.SameSite, c.Partitioned = false, "", 0, false
			h.Add("Set-Cookie", c.String())
		}
	}
	if to := h.Get("Location"); to != "" {
		h.Set("Location", p.local(to))
	}
	if refresh := h.Get("Refresh"); refresh != "" {
		h.Set("Refresh", refreshURL.ReplaceAllStringFunc(refresh, p.local))
	}
}

// refreshURL is the address in "5; url=http://192.0.2.1/".
var refreshURL = regexp.MustCompile(`(?i)https?://[^\s"']+`)

// local turns an address on the phone into one on the proxy. The scheme is of no
// matter: the conversation has the right one already.
func (p *proxy) local(ref string) string {
	u, err := url.Parse(ref)
	if err != nil || u.Host == "" || !strings.EqualFold(u.Hostname(), p.phone.Hostname()) {
		return ref
	}
	u.Scheme, u.Host, u.User = "http", p.host, nil
	return u.String()
}
