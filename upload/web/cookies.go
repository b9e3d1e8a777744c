package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What is kept of cookies: phones set two or three short ones.
const (
	maxCookies = 64
	maxCookie  = 4 << 10
)

// cookies are those of a phone, in the order in which they came. Paths and
// domains are not looked at: there is one host, and its pages set cookies
// under paths that they then ask without.
type cookies []Pair

func (c cookies) find(name string) int {
	return slices.IndexFunc(c, func(p Pair) bool { return p.Name == name })
}

// set keeps a cookie; an empty value takes it away.
func (c *cookies) set(name, value string) {
	i := c.find(name)
	switch {
	case value == "" && i >= 0:
		*c = slices.Delete(*c, i, i+1)
	case value == "" || name == "":
	case i >= 0:
		(*c)[i].Value = value
	case len(*c) < maxCookies:
		*c = append(*c, Pair{name, value})
	}
}

// learn takes the fields Set-Cookie of an answer (RFC 6265, section 5.2, which
// is more lenient than net/http), and returns the cookies that were set.
func (c *cookies) learn(h http.Header, now time.Time) []Pair {
	var set []Pair
	for _, line := range h.Values("Set-Cookie") {
		if len(line) > maxCookie {
			continue
		}
		pair, attributes, _ := strings.Cut(line, ";")
		p, ok := parsePair(pair)
		if !ok {
			continue
		}
		if expired(attributes, now) {
			p.Value = ""
		}
		c.set(p.Name, p.Value)
		set = append(set, p)
	}
	return set
}

func parsePair(text string) (Pair, bool) {
	name, value, ok := strings.Cut(text, "=")
	p := Pair{strings.TrimSpace(name), strings.TrimSpace(value)}
	return p, ok && p.Name != ""
}

// expired reports whether attributes delete a cookie. Max-Age goes before
// Expires (RFC 6265, section 5.3).
func expired(attributes string, now time.Time) bool {
	gone := false
	for a := range strings.SplitSeq(attributes, ";") {
		p, _ := parsePair(a)
		switch strings.ToLower(p.Name) {
		case "max-age":
			if seconds, err := strconv.Atoi(p.Value); err == nil {
				return seconds <= 0
			}
		case "expires":
			if at, err := http.ParseTime(strings.ReplaceAll(p.Value, "-", " ")); err == nil {
				gone = at.Before(now)
			}
		}
	}
	return gone
}

// with adds cookies whose names are not among c.
func (c cookies) with(more cookies) cookies {
	all := slices.Clone(c)
	for _, p := range more {
		if all.find(p.Name) < 0 {
			all = append(all, p)
		}
	}
	return all
}

// field is the value of the field Cookie.
func (c cookies) field() string {
	var parts []string
	for _, p := range c {
		parts = append(parts, p.Name+"="+p.Value)
	}
	return strings.Join(parts, "; ")
}

// parseCookies reads a field Cookie.
func parseCookies(fields []string) cookies {
	var c cookies
	for _, f := range fields {
		for text := range strings.SplitSeq(f, ";") {
			if p, ok := parsePair(text); ok {
				c.set(p.Name, p.Value)
			}
		}
	}
	return c
}

// clean takes away what would end a value in the middle of a field.
func clean(value string) string {
	return strings.Map(func(r rune) rune {
		if r == ';' || r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, value)
}
