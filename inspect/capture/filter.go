package capture

import (
	"net/netip"
	"slices"
)

// Filter chooses packets, as tcpdump's "host" and "port" do: one of the
// endpoints has one of the hosts, and one of them has one of the ports. An
// empty list lets everything through.
type Filter struct {
	Hosts []netip.Prefix
	Ports []uint16
}

func (f *Filter) wants(source, destination address, sourcePort, destinationPort uint16) bool {
	if len(f.Ports) > 0 && !slices.Contains(f.Ports, sourcePort) && !slices.Contains(f.Ports, destinationPort) {
		return false
	}
	return len(f.Hosts) == 0 || f.has(source.addr()) || f.has(destination.addr())
}

func (f *Filter) has(a netip.Addr) bool {
	return slices.ContainsFunc(f.Hosts, func(p netip.Prefix) bool { return p.Contains(a) })
}
