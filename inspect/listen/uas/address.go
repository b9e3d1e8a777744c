package uas

import (
	"net"
	"net/url"
	"strings"
)

// address is what a registrar reads of a URI.
type address struct {
	// scheme and host are in lower case, user is unescaped.
	scheme, user, host string
}

// parseURI reads a SIP or SIPS URI (RFC 3261, section 19.1.1), and of others the
// scheme alone. An escaped character means the same as the character itself.
func parseURI(text string) (a address, ok bool) {
	scheme, rest, found := strings.Cut(text, ":")
	if !found || !isToken(scheme) || strings.ContainsAny(rest, " \t<>\"") {
		return a, false
	}
	a.scheme = strings.ToLower(scheme)
	if a.scheme != "sip" && a.scheme != "sips" {
		return a, true
	}
	if user, after, found := strings.Cut(rest, "@"); found {
		user, _, _ = strings.Cut(user, ":")
		var err error
		if a.user, err = url.PathUnescape(user); err != nil || user == "" {
			return a, false
		}
		rest = after
	}
	rest, _, _ = strings.Cut(rest, "?")
	rest, _, _ = strings.Cut(rest, ";")
	host := rest
	if strings.HasPrefix(rest, "[") {
		if host, _, found = strings.Cut(rest[1:], "]"); !found {
			return a, false
		}
	} else {
		host, _, _ = strings.Cut(rest, ":")
	}
	a.host = strings.TrimSuffix(strings.ToLower(host), ".")
	return a, IsHost(a.host)
}

// parseNameAddr parts the value of From, To or Contact into the URI and the
// parameters after it: "Alice" <sip:alice@example.com>;tag=1, or without the
// brackets (RFC 3261, section 20.10).
func parseNameAddr(value string) (uri, parameters string, ok bool) {
	open := indexUnquoted(value, '<')
	if open < 0 {
		uri, parameters, _ = strings.Cut(value, ";")
		return strings.TrimSpace(uri), parameters, true
	}
	uri, parameters, ok = strings.Cut(value[open+1:], ">")
	return strings.TrimSpace(uri), parameters, ok
}

// parameter is the value of one of some parameters.
func parameter(parameters, name string) (value string, found bool) {
	for parameters != "" {
		var one string
		one, parameters = cutUnquoted(parameters, ';')
		key, value, _ := strings.Cut(one, "=")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}

// elements are those of a list parted by commas, at most limit of them.
func elements(value string, limit int) []string {
	var list []string
	for value != "" && len(list) < limit {
		var one string
		one, value = cutUnquoted(value, ',')
		if one = strings.TrimSpace(one); one != "" {
			list = append(list, one)
		}
	}
	return list
}

// cutUnquoted cuts at the first separator that is neither between quotes nor
// between angle brackets.
func cutUnquoted(text string, separator byte) (before, after string) {
	i := indexUnquoted(text, separator)
	if i < 0 {
		return text, ""
	}
	return text[:i], text[i+1:]
}

func indexUnquoted(text string, wanted byte) int {
	quoted, bracketed := false, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && !bracketed:
			quoted = !quoted
		case quoted:
		case c == wanted && !bracketed:
			return i
		case c == '<':
			bracketed = true
		case c == '>':
			bracketed = false
		}
	}
	return -1
}

// maxHost is the longest host name (RFC 1035, section 2.3.4).
const maxHost = 253

// IsHost reports whether a text in lower case is a host name or an address.
func IsHost(text string) bool {
	if net.ParseIP(text) != nil {
		return true
	}
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return len(text) <= maxHost
}
