package capture

import (
	"net/netip"
	"slices"

	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// Filter chooses packets, as tcpdump's "host" and "port" do: one of the
// endpoints has one of the hosts, and one of them has one of the ports. An
// empty list lets everything through.
type Filter struct {
	Hosts []netip.Prefix
	Ports []uint16
}

func (f *Filter) wants(s *packet.Segment) bool {
	if len(f.Ports) > 0 && !slices.Contains(f.Ports, s.SourcePort) && !slices.Contains(f.Ports, s.DestinationPort) {
		return false
	}
	return len(f.Hosts) == 0 || f.has(s.Source.Addr()) || f.has(s.Destination.Addr())
}

func (f *Filter) has(a netip.Addr) bool {
	return slices.ContainsFunc(f.Hosts, func(p netip.Prefix) bool { return p.Contains(a) })
}
