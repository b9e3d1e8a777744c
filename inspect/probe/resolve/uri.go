package resolve

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/phonecert/phonecert/handset/mac"
	"github.com/phonecert/phonecert/inspect/diagnosis"
)

// parseSIPS reads what follows "sips:" (RFC 3261 section 19.1).
func parseSIPS(text, rest string) (diagnosis.Target, error) {
	var none diagnosis.Target
	user, rest, hasUser := cutLast(rest, "@")
	switch {
	case hasUser && strings.Contains(user, ":"):
		return none, refuse("leave the password out: other users of this computer can read arguments", "%s has a password in it", shown(text))
	case hasUser && user == "":
		return none, refuse(fmt.Sprintf("type %q, or leave the @ out", "sips:100@"+rest), "%q has no user before the @", text)
	}
	if i := strings.IndexFunc(user, func(c rune) bool { return !inUser(c) }); i >= 0 {
		return none, refuse(`write such a character as "%" and two hex digits`, "the user of %s has a character that cannot be there, at character %d", shown(text), i+1)
	}
	rest, headers, _ := strings.Cut(rest, "?")
	if headers != "" {
		return none, refuse("leave out what follows the question mark", "%s has header fields, which a phone's server address cannot have", shown(text))
	}
	rest, parameters, _ := strings.Cut(rest, ";")
	host, port, typed, err := parseHostPort(rest, sipsPort)
	if err != nil {
		return none, err
	}
	discovery, err := discoveryBy(parameters)
	if err != nil {
		return none, err
	}
	// An explicit port or an address leaves nothing to look up (RFC 3263
	// sections 4.1 and 4.2).
	if _, err := netip.ParseAddr(host); err == nil || typed {
		discovery = diagnosis.ByAddress
	}
	return diagnosis.Target{Scheme: "sips", User: user, Host: host, Port: port, Discovery: discovery}, nil
}

// discoveryBy reads the parameters of a URI: a transport that is named is not
// asked for by NAPTR (RFC 3263 section 4.1).
func discoveryBy(parameters string) (diagnosis.Discovery, error) {
	discovery := diagnosis.ByNAPTR
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.ToLower(parameter), "=")
		switch {
		case name == "maddr":
			return "", refuse("make the address itself the target", "the parameter maddr is not followed")
		case name == "transport" && value != "tcp" && value != "tls":
			return "", refuse(`leave the parameter out, or type "transport=tls"`, "there is no TLS over the transport %q on these phones", value)
		case name == "transport":
			discovery = diagnosis.BySRV
		}
	}
	return discovery, nil
}

// inUser reports whether a character may be in the user part (RFC 3261 section
// 25.1: unreserved, escaped, user-unreserved).
func inUser(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c < 0x80 && strings.ContainsRune("-_.!~*'()&=+$,;?/%", c)
}

func cutLast(text, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return "", text, false
}

// parseURL reads what follows "https://".
func parseURL(text, rest, mac string) (diagnosis.Target, error) {
	var none diagnosis.Target
	authority, path := rest, "/"
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	if strings.Contains(authority, "@") {
		return none, refuse("leave user and password out: other users of this computer can read arguments", "%q has a user or a password in it", "https://…"+authority[strings.LastIndexByte(authority, '@'):])
	}
	host, port, _, err := parseHostPort(authority, httpsPort)
	if err != nil {
		return none, err
	}
	if strings.Contains(path, "#") {
		return none, refuse("leave the # and what follows it out, or write %23", "the path has a fragment (after #), which is never sent to a server")
	}
	if i := strings.IndexFunc(path, func(c rune) bool { return c > 0x7e }); i >= 0 {
		return none, refuse(`write such a character as "%" and two hex digits, byte by byte`, "the path has a character outside ASCII at character %d", i+1)
	}
	if path, err = withMAC(path, mac); err != nil {
		return none, err
	}
	if path[0] == '?' {
		path = "/" + path
	}
	return diagnosis.Target{Scheme: "https", Host: host, Port: port, Path: path}, nil
}

// withMAC puts the phone's address in the place of $MAC, as twelve lower-case
// digits: the name of the phone's own file (the fact sheet on provisioning).
func withMAC(path, text string) (string, error) {
	const variable = "$MAC"
	const hint = `give the phone's address, like "--mac 00:00:5e:00:53:01"`
	if text == "" {
		if strings.Contains(path, variable) {
			return "", refuse(hint, "the path has $MAC in it, but no address was given")
		}
		return path, nil
	}
	address, ok := mac.Parse(text)
	if !ok {
		return "", refuse(hint, "%q is no MAC address", text)
	}
	return strings.ReplaceAll(path, variable, string(address)), nil
}
