package resolve

import (
	"net/netip"
	"strings"
)

// The limits of a name (RFC 1035 section 2.3.4).
const (
	maxName  = 253
	maxLabel = 63
)

// parseHost checks a host name or an IPv4 address. A dot at the end, which the
// DNS allows and no certificate holds, is taken off.
func parseHost(text string) (string, error) {
	const example = `type a name like "pbx.example.com" or an address like "192.0.2.10"`
	if address, err := netip.ParseAddr(text); err == nil && address.Is4() {
		return text, nil
	}
	host := strings.TrimSuffix(text, ".")
	if host == "" {
		return "", refuse(example, "the target has no host")
	}
	if len(host) > maxName {
		return "", refuse(example, "the host has %d characters, a name has at most %d", len(host), maxName)
	}
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if err := checkLabel(host, label); err != nil {
			return "", err
		}
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return "", refuse("an IPv4 address has four numbers from 0 to 255", "%q is neither a name nor an address", text)
	}
	return host, nil
}

func checkLabel(host, label string) error {
	switch {
	case label == "":
		return refuse("take the dot that is too many away", "%q has an empty part between its dots", host)
	case len(label) > maxLabel:
		return refuse("a part between two dots has at most 63 characters", "%q has a part of %d characters", host, len(label))
	case label[0] == '-' || label[len(label)-1] == '-':
		return refuse("a part of a name neither begins nor ends with a hyphen", "%q is no host name", host)
	}
	for _, c := range label {
		switch {
		case c > 0x7e:
			return refuse(`type the name in its ASCII form, which begins with "xn--": that is what the phone looks up and what the certificate holds`, "%q is an internationalized name", host)
		case c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z'):
			return refuse("a name has letters, digits, hyphens and dots", "%q cannot be in a host name, as in %q", c, host)
		}
	}
	return nil
}
