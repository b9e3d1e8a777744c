package web

import (
	"bytes"
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

const (
	// maxSendingOn is the longest page that may do nothing but send on.
	maxSendingOn = 4 << 10
	// maxDelay is how long a page that refreshes itself may be shown, in
	// seconds; one that stays longer is there to be read.
	maxDelay = 5
)

// Get asks for a page and follows redirects, by status, by script and by
// refresh, as long as they stay on the phone. Where they lead to HTTPS or to
// another port, the conversation goes on there. One too many is Elsewhere.
func (c *Client) Get(ctx context.Context, ref string) (*Answer, error) {
	for range maxRedirects + 1 {
		a, err := c.Send(ctx, Request{Ref: ref})
		if err != nil {
			return nil, err
		}
		target := sendsOn(a.Status, a.Header, a.Body)
		if target == "" {
			return a, nil
		}
		next, failed := within(a.URL, target)
		if failed != nil {
			failed.Sent = true
			return nil, failed
		}
		c.move(next)
		ref = next.String()
	}
	return nil, &Error{Kind: Elsewhere, Sent: true, Detail: "from page to page without an end"}
}

// move makes what comes next go where a redirect leads.
func (c *Client) move(to *url.URL) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.base.Scheme != to.Scheme || addressOf(c.base) != addressOf(to) {
		c.base = &url.URL{Scheme: to.Scheme, Host: to.Host, Path: "/"}
	}
}

// sendsOn is where an answer leads, "" for nowhere.
func sendsOn(status int, header http.Header, body []byte) string {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return header.Get("Location")
	case http.StatusOK:
		return leads(body)
	}
	return ""
}

var (
	metaTag = pattern(`(?is)<meta\s[^>]{0,512}>`)
	refresh = pattern(`(?is)http-equiv\s*=\s*["']?refresh\b`)
	content = pattern(`(?is)content\s*=\s*(?:"\s*(\d+)\s*[;,]\s*url\s*=\s*'?([^"']+)|'\s*(\d+)\s*[;,]\s*url\s*=\s*"?([^"']+))`)
	// A literal alone: what a script puts together is not followed.
	assigned = pattern(`\blocation(?:\.href)?\s*=\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*(?:[;}<"'\r\n]|$)`)
	replaced = pattern(`\blocation\.(?:replace|assign)\(\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\)`)
	// What stands on a page that has something to say.
	purpose = pattern(`(?i)<(?:form|input|table|frame|iframe)\b|_RES_INFO_`)
)

// leads finds where a page sends on whose only purpose that is, as the phones'
// first page does: a small one, without anything to fill in, with one target.
func leads(body []byte) string {
	if len(body) > maxSendingOn || purpose().Match(body) {
		return ""
	}
	targets := map[string]bool{}
	for _, tag := range metaTag().FindAll(body, -1) {
		if m := content().FindSubmatch(tag); m != nil && refresh().Match(tag) {
			if delay, err := strconv.Atoi(either(m[1], m[3])); err == nil && delay <= maxDelay {
				targets[html.UnescapeString(strings.TrimSpace(either(m[2], m[4])))] = true
			}
		}
	}
	// JSON and some scripts write slashes with a backslash.
	script := bytes.ReplaceAll(body, []byte(`\/`), []byte("/"))
	for _, each := range []*regexp.Regexp{assigned(), replaced()} {
		for _, m := range each.FindAllSubmatch(script, -1) {
			targets[either(m[1], m[2])] = true
		}
	}
	delete(targets, "")
	if len(targets) != 1 {
		return ""
	}
	for target := range targets {
		return target
	}
	return ""
}

func either(a, b []byte) string {
	if len(a) > 0 {
		return string(a)
	}
	return string(b)
}
