package upload

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"
)

// firstTry is how long HTTPS is waited for on a phone whose address does not
// say whether it speaks it.
const firstTry = 4 * time.Second

// ParseAddress reads a phone's address: a host or address, with or without
// port, or a URL. Without a scheme the scheme stays empty: HTTPS is tried first,
// and HTTP where nothing listens for it. The error is a *Problem.
func ParseAddress(text string) (*url.URL, error) {
	full := text
	if !strings.Contains(text, "://") {
		// An IPv6 address may stand without brackets.
		if ip := net.ParseIP(text); ip != nil && ip.To4() == nil {
			full = "[" + text + "]"
		}
		full = "any://" + full
	}
	u, err := url.Parse(full)
	if err != nil {
		// The error of the parser repeats the address, which may hold a password.
		return nil, NewProblem("upload.address", nil, "give a URL such as http://192.0.2.55", "the address is none")
	}
	if u.Scheme == "any" {
		u.Scheme = ""
	}
	port := u.Port()
	_, portErr := net.LookupPort("tcp", port)
	switch {
	case u.User != nil:
		return nil, NewProblem("upload.address-password", nil, "take it out, and give --user and --password-file", "the address holds a user or a password, which other users of this machine can see")
	case u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https":
		return nil, NewProblem("upload.address-scheme", nil, "give a URL such as http://192.0.2.55", "the address begins with %q and not with http:// or https://", u.Scheme+"://")
	case u.Hostname() == "" || port != "" && portErr != nil || strings.ContainsAny(u.Hostname(), " /%\\"):
		return nil, NewProblem("upload.address", nil, "give a URL such as http://192.0.2.55", "%q is no address of a phone", text)
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, nil
}

// Anonymous leaves out of an address who logs in, and with what.
func Anonymous(text string) string {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		return text[strings.LastIndexByte(text, '@')+1:]
	}
	return scheme + "://" + rest[strings.LastIndexByte(rest, '@')+1:]
}

// settle finds out whether a phone without a scheme in its address speaks
// HTTPS. Nothing is sent. A phone that listens for HTTPS is never asked by HTTP.
func (c *Config) settle(ctx context.Context, address *url.URL) (*url.URL, error) {
	if address.Scheme != "" {
		return address, nil
	}
	u := *address
	u.Scheme = "https"
	switch u.Port() {
	case "443", "8443":
		return &u, nil
	case "80", "8080":
		u.Scheme = "http"
		return &u, nil
	case "":
	default:
		return nil, NewProblem("upload.address-port", nil, "write http:// or https:// before it", "%q does not say whether the port is for HTTP or HTTPS", u.Host)
	}
	limited, cancel := context.WithTimeout(ctx, firstTry)
	defer cancel()
	conn, err := c.Web.Dial(limited, "tcp", net.JoinHostPort(u.Hostname(), "443"))
	if err == nil {
		return &u, conn.Close()
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return nil, NewProblem("upload.no-such-name", err, "look at the name", "the name %q is not known", u.Hostname())
	}
	if c.speaksHTTPS(u.Hostname()) {
		p := NewProblem("upload.https-gone", err, "look whether the phone is on; write http:// before the address if HTTPS was turned off on it",
			"nothing answers by HTTPS at %q, which should, so that no password goes there by HTTP", u.Hostname())
		p.passing = true
		return nil, p
	}
	u.Scheme = "http"
	return &u, nil
}

// speaksHTTPS says that a phone should: a certificate of it was asked for, or is
// known. Whoever stands between could keep HTTPS away from us.
func (c *Config) speaksHTTPS(host string) bool {
	if c.demanded() {
		return true
	}
	if c.Judge.Store == nil || c.Judge.Insecure {
		return false
	}
	before, err := c.Judge.Store.Look(net.JoinHostPort(host, "443"))
	return err != nil || len(before) > 0
}
