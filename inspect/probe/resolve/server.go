package resolve

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

const dnsPort = 53

// maxServers is how many name servers are asked, as many as the C library asks.
const maxServers = 3

// ParseServer reads the address of a DNS server: an IP address, with a port or
// without. Every error is a *TargetError.
func ParseServer(text string) (netip.AddrPort, error) {
	if address, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return netip.AddrPortFrom(address, dnsPort), nil
	}
	server, err := netip.ParseAddrPort(text)
	if err != nil || server.Port() == 0 {
		return netip.AddrPort{}, refuse(`type an address like "192.0.2.53" or "192.0.2.53:5353"`, "%q is no address of a DNS server", text)
	}
	return server, nil
}

// ParseResolvConf returns the name servers that the text of a resolv.conf
// names, at most three.
func ParseResolvConf(text []byte) []netip.AddrPort {
	config, err := dns.ClientConfigFromReader(bytes.NewReader(text))
	if err != nil {
		return nil
	}
	var servers []netip.AddrPort
	for _, server := range config.Servers {
		if address, err := netip.ParseAddr(server); err == nil && len(servers) < maxServers {
			servers = append(servers, netip.AddrPortFrom(address, dnsPort))
		}
	}
	return servers
}
