package trust

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/certificate"
)

// Name is how the server's name fits its certificate (RFC 2818, section 3.1).
// It is kept apart from the path: the phone compares only where Common Name
// Validation is on.
type Name struct {
	// Wanted is the name or address by which the phone calls the server.
	Wanted string `json:"wanted"`
	// Presented are the names in the certificate.
	Presented []string `json:"presented"`
	// Matches is nil when no name was given, or when phones were seen, or are
	// free, to differ: see Fit.
	Matches *bool `json:"matches"`
	// Fit is "exact", "none", "not given", or one of the doubtful ones:
	// "wildcard" (RFC 2818 takes it, some phones do not), "common name" (there
	// is a subjectAltName, which RFC 2818 wants used alone), "address in the
	// common name".
	Fit string `json:"fit"`
	// checked is false where Common Name Validation is off.
	checked bool
}

func compareName(q Question) Name {
	n := Name{Wanted: q.Name, Presented: []string{}, Fit: "not given", checked: q.Settings.CNValidation != "off"}
	if len(q.Sent) == 0 {
		return n
	}
	c := q.Sent[0]
	n.Presented = append(n.Presented, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		if text := ip.String(); !slices.Contains(n.Presented, text) { // some put it among the names, too
			n.Presented = append(n.Presented, text)
		}
	}
	if cn := c.Subject.CommonName; cn != "" && !slices.Contains(n.Presented, cn) {
		n.Presented = append(n.Presented, cn)
	}
	if q.Name == "" {
		return n
	}
	n.Fit = fit(c, q.Name)
	if n.Fit == "exact" || n.Fit == "none" {
		matches := n.Fit == "exact"
		n.Matches = &matches
	}
	return n
}

// fit compares with the subjectAltName, and with the common name where there
// is no dNSName or where the phone may look at it all the same.
func fit(c *certificate.Certificate, wanted string) string {
	if address, err := netip.ParseAddr(wanted); err == nil {
		return fitAddress(c, address)
	}
	wanted = plain(wanted)
	wildcard := false
	for _, name := range c.DNSNames {
		if plain(name) == wanted {
			return "exact"
		}
		wildcard = wildcard || covers(plain(name), wanted)
	}
	cn := plain(c.Subject.CommonName)
	switch {
	case wildcard:
		return "wildcard"
	case cn == wanted && len(c.DNSNames) == 0:
		return "exact"
	case cn == wanted:
		return "common name"
	case covers(cn, wanted):
		return "wildcard"
	}
	return "none"
}

func fitAddress(c *certificate.Certificate, wanted netip.Addr) string {
	for _, ip := range c.IPAddresses {
		if a, valid := netip.AddrFromSlice(ip); valid && a.Unmap() == wanted.Unmap() {
			return "exact"
		}
	}
	if a, err := netip.ParseAddr(c.Subject.CommonName); err == nil && a.Unmap() == wanted.Unmap() {
		return "address in the common name"
	}
	return "none"
}

func plain(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// covers: a "*" stands for one label or for a part of one, as in f*.example.com.
func covers(pattern, name string) bool {
	first, rest, found := strings.Cut(pattern, ".")
	label, parent, dotted := strings.Cut(name, ".")
	if !found || !dotted || rest != parent {
		return false
	}
	before, after, star := strings.Cut(first, "*")
	return star && len(label) > len(before)+len(after) && strings.HasPrefix(label, before) && strings.HasSuffix(label, after)
}

// change names one of the certificate's names where the phone's does not fit.
func (n Name) change() (Change, bool) {
	if !n.checked || n.Wanted == "" || n.Matches != nil && *n.Matches {
		return Change{}, false
	}
	for _, name := range n.Presented {
		if !strings.Contains(name, "*") {
			return Change{Kind: UseName, Tried: true, Value: name, Message: "call the server " + name + " on the phone"}, true
		}
	}
	return Change{}, false
}
