package uas

import (
	"net"
	"strings"
)

// received adds to the first Via where the request really came from (RFC 3261,
// section 18.2.1; RFC 3581, section 4).
func received(via string, from net.Addr) string {
	host, port, err := net.SplitHostPort(from.String())
	if err != nil {
		return via
	}
	first, rest := cutUnquoted(via, ',')
	sent, parameters := cutUnquoted(first, ';')
	kept := []string{strings.TrimSpace(sent)}
	asked := false
	for parameters != "" {
		var one string
		one, parameters = cutUnquoted(parameters, ';')
		name, value, _ := strings.Cut(strings.TrimSpace(one), "=")
		switch {
		case strings.EqualFold(name, "received"), name == "":
			continue
		case strings.EqualFold(name, "rport") && value == "":
			asked = true
			one = "rport=" + port
		}
		kept = append(kept, strings.TrimSpace(one))
	}
	if asked || !sentBy(sent, host) {
		kept = append(kept, "received="+host)
	}
	via = strings.Join(kept, ";")
	if rest != "" {
		via += "," + rest
	}
	return via
}

// sentBy reports whether a Via names a host: "SIP/2.0/TLS 192.0.2.55:5061".
func sentBy(sent, host string) bool {
	words := strings.Fields(sent)
	if len(words) == 0 {
		return false
	}
	named := words[len(words)-1]
	if only, _, err := net.SplitHostPort(named); err == nil {
		named = only
	}
	return strings.Trim(named, "[]") == host
}
