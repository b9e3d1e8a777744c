package chain

import (
	"net/netip"
	"slices"
)

// maxOwn is how many of the machine's own addresses of each kind go into a
// certificate: hundreds of bridges would make it larger than an old phone reads.
const maxOwn = 16

// Names gives the names for a server that listens at addr: those asked for, else
// the address itself, else those of the machine that a phone can reach. The
// loopback comes last, for the first name is the common name, and most phones
// have no IPv6. The answer is never empty.
func Names(asked []string, listen netip.AddrPort, own []netip.Addr) []string {
	if len(asked) > 0 {
		return unique(asked)
	}
	if at := listen.Addr().Unmap(); at.IsValid() && !at.IsUnspecified() {
		return unique([]string{at.WithZone("").String(), "localhost"})
	}
	var names []string
	for _, group := range []func(netip.Addr) bool{reachable4, reachable6, netip.Addr.IsLoopback} {
		taken := 0
		for _, a := range own {
			if a = a.Unmap().WithZone(""); group(a) && taken < maxOwn {
				names = append(names, a.String())
				taken++
			}
		}
	}
	return unique(append(names, "localhost"))
}

func reachable4(a netip.Addr) bool { return a.Is4() && !a.IsLoopback() && ordinary(a) }

// reachable6 leaves link-local addresses out: they are none without a zone, which
// no certificate has.
func reachable6(a netip.Addr) bool {
	return a.Is6() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && ordinary(a)
}

func ordinary(a netip.Addr) bool { return !a.IsUnspecified() && !a.IsMulticast() }

func unique(names []string) []string {
	var list []string
	for _, name := range names {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}
