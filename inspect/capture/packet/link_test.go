package packet_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// decode gives a decoder a packet as a file would.
func decode(d *packet.Decoder, link packet.LinkType, f capturetest.Frame) (packet.Segment, packet.Skip) {
	return d.Segment(link, f.At, f.Bytes, int(f.Size())-len(f.Bytes))
}

func TestLinkTypes(t *testing.T) {
	v4 := capturetest.Up(101, 501, "ab")
	v6 := capturetest.NewSegment(capturetest.Client6(), capturetest.Server6(), packet.ACK, 101, 501, "ab")
	macs := "\x00\x00\x5E\x00\x53\x02\x00\x00\x5E\x00\x53\x01"
	cooked := "\x00\x00\x00\x01\x00\x06" + "\x00\x00\x5E\x00\x53\x01\x00\x00"
	cooked2 := "\x00\x00\x00\x00\x00\x03\x00\x01\x00\x06\x00\x00\x5E\x00\x53\x01\x00\x00"
	for _, c := range []struct {
		name   string
		link   packet.LinkType
		v4, v6 string // headers
	}{
		{"Ethernet", 1, macs + "\x08\x00", macs + "\x86\xDD"},
		{"Ethernet with frame check sequence", 1 | 0x24000000, macs + "\x08\x00", macs + "\x86\xDD"},
		{"VLAN", 1, macs + "\x81\x00\x00\x05\x08\x00", macs + "\x81\x00\x00\x05\x86\xDD"},
		{"QinQ", 1, macs + "\x88\xA8\x00\x05\x81\x00\x00\x06\x08\x00", macs + "\x91\x00\x00\x05\x81\x00\x00\x06\x86\xDD"},
		{"SNAP", 1, macs + "\x00\x40\xAA\xAA\x03\x00\x00\x00\x08\x00", macs + "\x00\x40\xAA\xAA\x03\x00\x00\x00\x86\xDD"},
		{"PPPoE", 1, macs + "\x88\x64\x11\x00\x00\x01\x00\x40\x00\x21", macs + "\x81\x00\x00\x07\x88\x64\x11\x00\x00\x01\x00\x40\x00\x57"},
		{"PPPoE alone", 51, "\x11\x00\x00\x01\x00\x40\x00\x21", "\x11\x00\x00\x01\x00\x40\x57"},
		{"cooked", 113, cooked + "\x08\x00", cooked + "\x86\xDD"},
		{"cooked with VLAN", 113, cooked + "\x81\x00\x00\x05\x08\x00", cooked + "\x81\x00\x00\x05\x86\xDD"},
		{"cooked v2", 276, "\x08\x00" + cooked2, "\x86\xDD" + cooked2},
		{"raw", 101, "", ""}, {"raw 12", 12, "", ""}, {"raw 14", 14, "", ""},
		{"IPv4 and IPv6", 228, "", ""},
		{"null of a little machine", 0, "\x02\x00\x00\x00", "\x1E\x00\x00\x00"},
		{"null of a big machine", 0, "\x00\x00\x00\x02", "\x00\x00\x00\x18"},
		{"loop", 108, "\x00\x00\x00\x02", "\x00\x00\x00\x1C"},
		{"loop, Linux and Windows", 108, "\x02\x00\x00\x00", "\x17\x00\x00\x00"},
		{"PPP", 9, "\xFF\x03\x00\x21", "\x00\x57"},
		{"PPP compressed", 9, "\x21", "\xFF\x03\x57"},
		{"PPP HDLC", 50, "\xFF\x03\x00\x21", "\xFF\x03\x00\x57"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, side := range []struct {
				header string
				sent   capturetest.Segment
			}{{c.v4, v4}, {c.v6, v6}} {
				link := c.link
				if link == 228 && side.sent == v6 {
					link = 229
				}
				if strings.HasPrefix((link & 0xFFFF).String(), "link type") {
					t.Errorf("%d has no name", link)
				}
				whole := append([]byte(side.header), side.sent.IP()...)
				var d packet.Decoder
				s, reason := decode(&d, link, capturetest.Frame{Bytes: whole})
				if reason != packet.Usable || string(s.Payload) != "ab" || s.Missing != 0 || s.Seq != 101 || s.Ack != 501 || !s.Has(packet.ACK) || s.Has(packet.SYN) ||
					netip.AddrPortFrom(s.Source.Addr(), s.SourcePort) != side.sent.From || netip.AddrPortFrom(s.Destination.Addr(), s.DestinationPort) != side.sent.To {
					t.Errorf("%s: %+v", reason, s)
				}
				// Cut within the headers there is no segment, behind them a part of one.
				for n := range whole {
					s, reason := decode(&d, link, capturetest.Frame{Bytes: whole[:n], Length: len(whole)})
					headers := len(whole) - 2
					if n < headers && reason != packet.CutHeader && reason != packet.NotIP || n >= headers && (reason != packet.Usable || s.Missing != len(whole)-n) {
						t.Errorf("cut at %d: %s %+v", n, reason, s)
					}
				}
			}
		})
	}
}

func TestSkipped(t *testing.T) {
	a, b := capturetest.Client().Addr(), capturetest.Server().Addr()
	a6, b6 := capturetest.Client6().Addr(), capturetest.Server6().Addr()
	header := func(change func(p []byte)) []byte {
		p := capturetest.Up(101, 501, "ab").IP()
		change(p)
		return p
	}
	for _, c := range []struct {
		name  string
		link  packet.LinkType
		bytes []byte
		want  packet.Skip
	}{
		{"ARP", 1, append(make([]byte, 12), 8, 6, 0, 1), packet.NotIP},
		{"LLC without SNAP", 1, append(make([]byte, 12), 0, 3, 0x42, 0x42, 3), packet.NotIP},
		{"endless tags", 1, append(make([]byte, 12), slices.Repeat([]byte{0x81, 0, 0, 5}, 20)...), packet.NotIP},
		{"PPPoE discovery", 1, append(make([]byte, 12), 0x88, 0x64, 0x11, 9, 0, 0, 0, 0), packet.NotIP},
		{"LCP", 9, []byte{0xFF, 3, 0xC0, 0x21, 1}, packet.NotIP},
		{"other family", 0, []byte{7, 0, 0, 0, 0x45}, packet.NotIP},
		{"802.11", 105, make([]byte, 60), packet.UnknownLinkType},
		{"UDP", 101, capturetest.IPv4(a, b, 17, 0, 0, make([]byte, 8)), packet.UDP},
		{"UDP in IPv6", 101, capturetest.IPv6(a6, b6, 17, make([]byte, 8)), packet.UDP},
		{"ICMP", 101, capturetest.IPv4(a, b, 1, 0, 0, make([]byte, 8)), packet.OtherProtocol},
		{"empty", 101, nil, packet.Malformed},
		{"IP header too short", 228, header(func(p []byte) { p[0] = 0x44 }), packet.Malformed},
		{"IP shorter than its header", 228, header(func(p []byte) { p[2], p[3] = 0, 19 }), packet.Malformed},
		{"not version 4", 228, header(func(p []byte) { p[0] = 0x65 }), packet.Malformed},
		{"not version 6", 229, header(func([]byte) {}), packet.Malformed},
		{"TCP header too short", 101, header(func(p []byte) { p[32] = 4 << 4 }), packet.Malformed},
		{"TCP header too long", 101, header(func(p []byte) { p[32] = 15 << 4 }), packet.Malformed},
		{"no TCP header", 101, capturetest.IPv4(a, b, 6, 0, 0, make([]byte, 19)), packet.Malformed},
		{"endless extensions", 101, capturetest.IPv6(a6, b6, 60, slices.Repeat([]byte{60, 0, 0, 0, 0, 0, 0, 0}, 40)), packet.Malformed},
		{"extension too long", 101, capturetest.IPv6(a6, b6, 60, []byte{6, 9, 0, 0, 0, 0, 0, 0}), packet.Malformed},
	} {
		var d packet.Decoder
		if s, reason := decode(&d, c.link, capturetest.Frame{Bytes: c.bytes}); reason != c.want || len(s.Payload) > 0 {
			t.Errorf("%s: %s", c.name, reason)
		}
	}
}

// TestPadding: Ethernet fills up short frames; that is no data.
func TestPadding(t *testing.T) {
	var d packet.Decoder
	padded := append(capturetest.Up(101, 501, "ab").IP(), "padding"...)
	if s, reason := decode(&d, packet.LinkRaw, capturetest.Frame{Bytes: padded}); reason != packet.Usable || string(s.Payload) != "ab" {
		t.Errorf("%s %q", reason, s.Payload)
	}
}

// TestSegmentationOffload: a packet that the network card will cut has no
// length in its IP header.
func TestSegmentationOffload(t *testing.T) {
	var d packet.Decoder
	b := capturetest.Up(101, 501, "ab").IP()
	copy(b[2:], []byte{0, 0})
	if s, reason := decode(&d, packet.LinkRaw, capturetest.Frame{Bytes: b}); reason != packet.Usable || string(s.Payload) != "ab" {
		t.Errorf("%s %q", reason, s.Payload)
	}
}

// TestReasons: each has words of its own.
func TestReasons(t *testing.T) {
	seen := map[string]bool{}
	for s := range packet.Skips {
		text, err := s.MarshalText()
		if err != nil || len(text) < 3 || seen[string(text)] {
			t.Errorf("%d is %q, %v", uint8(s), text, err)
		}
		seen[string(text)] = true
	}
	if packet.Skips.String() != "10" {
		t.Error(packet.Skips)
	}
}

func TestFindLink(t *testing.T) {
	ip := capturetest.Up(101, 501, "ab").IP()
	ether := append(append(make([]byte, 12), 8, 0), ip...)
	for name, c := range map[string]struct {
		bytes []byte
		want  packet.LinkType
		found bool
	}{
		"raw":          {ip, packet.LinkRaw, true},
		"Ethernet":     {ether, packet.LinkEthernet, true},
		"padded":       {append(slices.Clone(ether), make([]byte, 6)...), packet.LinkEthernet, true},
		"cooked":       {append(append(make([]byte, 14), 8, 0), ip...), packet.LinkLinuxCooked, true},
		"loopback":     {append([]byte{2, 0, 0, 0}, ip...), packet.LinkNull, true},
		"PPP":          {append([]byte{0xFF, 3, 0, 0x21}, ip...), packet.LinkPPP, true},
		"cut":          {ip[:len(ip)-1], 0, false},
		"much behind":  {append(slices.Clone(ip), make([]byte, 200)...), 0, false},
		"a fragment":   {capturetest.IPv4(capturetest.Client().Addr(), capturetest.Server().Addr(), 6, 1, 0x2000, make([]byte, 24)), 0, false},
		"UDP":          {capturetest.IPv4(capturetest.Client().Addr(), capturetest.Server().Addr(), 17, 0, 0, make([]byte, 24)), 0, false},
		"a TLS record": {[]byte{22, 3, 1, 0, 5, 1, 0, 0, 1, 0}, 0, false},
		"nothing":      {nil, 0, false},
	} {
		if got, found := packet.FindLink(c.bytes); got != c.want || found != c.found {
			t.Errorf("%s: %s %v", name, got, found)
		}
	}
}
