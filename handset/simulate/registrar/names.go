package registrar

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/phonecert/phonecert/inspect/listen/uas"
)

// maxInterfaces is how many of the machine's own addresses go into a certificate.
const maxInterfaces = 64

// names are what the registrar is called: what its certificate says, and which
// requests are meant for it.
type names struct {
	first string
	dns   []string
	ips   []net.IP
}

// namesOf are the domain, the host in the address to listen at, and the loopback.
// Whoever listens at all addresses is reached at any of the machine's own.
func namesOf(domain, listen string, at net.Addr) names {
	n := names{first: domain}
	n.add(domain)
	if host, _, err := net.SplitHostPort(listen); err == nil && uas.IsHost(strings.ToLower(host)) {
		n.add(strings.ToLower(host))
	}
	n.add("localhost")
	n.add("127.0.0.1")
	if tcp, ok := at.(*net.TCPAddr); ok {
		n.add(tcp.IP.String())
		if tcp.IP.IsUnspecified() {
			n.addInterfaces()
		}
	}
	return n
}

func (n *names) addInterfaces() {
	// Without the list, the certificate lacks these names, and a phone that looks
	// at names says so.
	list, _ := net.InterfaceAddrs()
	for _, a := range list[:min(len(list), maxInterfaces)] {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			n.add(prefix.Addr().WithZone("").String())
		}
	}
}

func (n *names) add(host string) {
	ip := net.ParseIP(host)
	switch {
	case ip == nil && !slices.Contains(n.dns, host):
		n.dns = append(n.dns, host)
	case ip != nil && !ip.IsUnspecified() && !slices.ContainsFunc(n.ips, ip.Equal):
		n.ips = append(n.ips, ip)
	}
}

// have reports whether a request to a host is meant for the registrar.
func (n *names) have(host string) bool {
	if ip := net.ParseIP(strings.Trim(host, "[]")); ip != nil {
		return slices.ContainsFunc(n.ips, ip.Equal)
	}
	return slices.Contains(n.dns, host)
}
