package chain_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/listen/chain"
)

func TestNames(t *testing.T) {
	own := "127.0.0.1 ::1 fe80::1%eth0 2001:db8::5 192.0.2.1 ::ffff:192.0.2.2 0.0.0.0 ff02::1 169.254.1.1"
	for _, test := range []struct{ asked, listen, own, want string }{
		{"pbx.example.com 192.0.2.9 pbx.example.com", "0.0.0.0:5061", own, "pbx.example.com 192.0.2.9"},
		{"", "0.0.0.0:5061", own, "192.0.2.1 192.0.2.2 169.254.1.1 2001:db8::5 127.0.0.1 ::1 localhost"},
		{"", "[::]:5061", own, "192.0.2.1 192.0.2.2 169.254.1.1 2001:db8::5 127.0.0.1 ::1 localhost"},
		{"", "192.0.2.1:5061", own, "192.0.2.1 localhost"},
		{"", "[::ffff:192.0.2.1]:5061", own, "192.0.2.1 localhost"},
		{"", "127.0.0.1:0", own, "127.0.0.1 localhost"},
		{"", "[fe80::1%eth0]:5061", own, "fe80::1 localhost"},
		{"", "", own, "192.0.2.1 192.0.2.2 169.254.1.1 2001:db8::5 127.0.0.1 ::1 localhost"},
		{"", "", "", "localhost"},
	} {
		var at netip.AddrPort
		if test.listen != "" {
			at = netip.MustParseAddrPort(test.listen)
		}
		var addresses []netip.Addr
		for _, text := range strings.Fields(test.own) {
			addresses = append(addresses, netip.MustParseAddr(text))
		}
		if got := strings.Join(chain.Names(strings.Fields(test.asked), at, addresses), " "); got != test.want {
			t.Errorf("asked %q, at %q: %q, want %q", test.asked, test.listen, got, test.want)
		}
	}
}

// TestNamesOfManyBridges: the loopback has its place whatever else there is.
func TestNamesOfManyBridges(t *testing.T) {
	var own []netip.Addr
	for i := range 500 {
		own = append(own, netip.MustParseAddr(fmt.Sprintf("172.%d.%d.1", 16+i/256, i%256)))
	}
	names := chain.Names(nil, netip.AddrPort{}, append(own, netip.MustParseAddr("127.0.0.1")))
	if len(names) > 20 || !slices.Contains(names, "127.0.0.1") {
		t.Errorf("%d names: %q", len(names), names)
	}
}
