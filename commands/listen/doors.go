package listen

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/inspect/listen/chain"
)

// Where it listens when no address is given.
const (
	sipsPort  = "5061"
	httpsPort = "8443"
)

// doors takes the addresses apart. Without any it is the usual one for SIPS.
func (o *listenOptions) doors(args []string) error {
	if o.sips = args; len(args)+len(o.https) == 0 {
		o.sips = []string{":" + sipsPort}
	}
	for _, list := range []struct {
		addresses []string
		port      string
	}{{o.sips, sipsPort}, {o.https, httpsPort}} {
		for i, text := range list.addresses {
			address, err := doorAddress(text, list.port)
			if err != nil {
				return factory.WithHint(err, "an address is :5061, 192.0.2.10, 192.0.2.10:5061 or [2001:db8::1]:5061")
			}
			list.addresses[i] = address
		}
	}
	return nil
}

// doorAddress fills the port in where there is none. A number alone is a port.
func doorAddress(text, port string) (string, error) {
	host := text
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		host = text[1 : len(text)-1]
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return net.JoinHostPort(host, port), nil
	}
	switch _, err := strconv.ParseUint(text, 10, 16); {
	case err == nil:
		return ":" + text, nil
	case !strings.Contains(text, ":") && text != "":
		text = net.JoinHostPort(text, port)
	}
	_, number, err := net.SplitHostPort(text)
	if err == nil {
		_, err = strconv.ParseUint(number, 10, 16)
	}
	if err != nil {
		return "", fmt.Errorf("%q is no address to listen at", text)
	}
	return text, nil
}

// certificateNames are those for the certificate that is made: the ones asked
// for, else those under which the doors are reached.
func (o *listenOptions) certificateNames() []string {
	if len(o.names) > 0 {
		return o.names
	}
	var names []string
	own := ownAddresses()
	for _, door := range slices.Concat(o.sips, o.https) {
		asked, address := doorName(door)
		for _, name := range chain.Names(asked, netip.AddrPortFrom(address, 0), own) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// doorName is the host of an address to listen at, as a name or as an address;
// that which stands for all where there is none.
func doorName(door string) (name []string, address netip.Addr) {
	host, _, _ := net.SplitHostPort(door) // validated
	address, err := netip.ParseAddr(host)
	switch {
	case host == "":
		return nil, netip.IPv6Unspecified()
	case err != nil:
		return []string{host}, netip.Addr{}
	}
	return nil, address
}

// ownAddresses are those of this machine, without those of a link, which need
// the name of an interface beside them.
func ownAddresses() []netip.Addr {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var own []netip.Addr
	for _, a := range list {
		prefix, err := netip.ParsePrefix(a.String())
		if err == nil && !prefix.Addr().IsLinkLocalUnicast() {
			own = append(own, prefix.Addr().Unmap())
		}
	}
	return own
}

// reach are the names or addresses under which phones are to call a door: those
// that were asked for, else those under which others reach it.
func reach(door netip.AddrPort, asked []string, own []netip.Addr) []string {
	switch {
	case len(asked) > 0:
		return asked
	case !door.Addr().IsUnspecified():
		return []string{door.Addr().String()}
	}
	var list []string
	for _, a := range own {
		if !a.IsLoopback() && (door.Addr().Is6() || a.Is4()) {
			list = append(list, a.String())
		}
	}
	if len(list) == 0 {
		return []string{"127.0.0.1"}
	}
	return list
}
