package inventory

import (
	"fmt"
	"net/netip"
	"strings"
)

// Key tells the phone from all others of the list, in this run and in a later
// one: by its MAC address, for a phone may get another address overnight, else
// by its address. Duplicates have the key of the first row or its address; ""
// when the row has neither.
func (r *Row) Key() string {
	switch address := normal(r.Address); {
	case r.MAC != "":
		return "mac:" + string(r.MAC)
	case address != "":
		return "address:" + address
	}
	return ""
}

// Name is what the phone is called: its address, or the line where it stands. A
// user or a password that stands in the address is left out.
func (r *Row) Name() string {
	if r.Address == "" {
		return fmt.Sprintf("line %d", r.Line)
	}
	scheme, rest := cutScheme(r.Address)
	return scheme + rest
}

// normal writes an address so that two spellings of it are one: a phone is the
// same by HTTP and by HTTPS.
func normal(address string) string {
	scheme, host := cutScheme(strings.ToLower(address))
	// A page behind the host is no other phone, nor is the host's full name.
	host, _, _ = strings.Cut(host, "/")
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return ip.Unmap().String()
	}
	switch scheme {
	case "http://":
		host = strings.TrimSuffix(host, ":80")
	case "https://":
		host = strings.TrimSuffix(host, ":443")
	default:
		// Without a scheme these ports alone tell it (upload.ParseAddress).
		host = strings.TrimSuffix(strings.TrimSuffix(host, ":80"), ":443")
	}
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return ip.Unmap().String()
	}
	if ip, err := netip.ParseAddrPort(host); err == nil {
		return netip.AddrPortFrom(ip.Addr().Unmap(), ip.Port()).String()
	}
	return strings.TrimSuffix(host, ".")
}

// cutScheme parts an address behind "://" and leaves out who logs in.
func cutScheme(address string) (scheme, rest string) {
	scheme, rest, found := strings.Cut(address, "://")
	if found {
		scheme += "://"
	} else {
		scheme, rest = "", address
	}
	return scheme, rest[strings.LastIndexByte(rest, '@')+1:]
}
