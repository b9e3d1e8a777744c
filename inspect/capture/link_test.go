package capture

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

func TestLinkTypes(t *testing.T) {
	macs := "\x00\x00\x5E\x00\x53\x02\x00\x00\x5E\x00\x53\x01"
	cooked := "\x00\x00\x00\x01\x00\x06" + "\x00\x00\x5E\x00\x53\x01\x00\x00"
	cooked2 := "\x00\x00\x00\x00\x00\x03\x00\x01\x00\x06\x00\x00\x5E\x00\x53\x01\x00\x00"
	for _, c := range []struct {
		name   string
		link   LinkType
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
				link   LinkType
				frames []frame
			}{
				{c.v4, c.link, frames(append(opening(), up(101, 501, "ab"))...)},
				{c.v6, c.link, frames(packet{clientAddr6, serverAddr6, flagSYN, 100, 0, ""}, packet{clientAddr6, serverAddr6, flagACK, 101, 501, "ab"})},
			} {
				if c.link == 228 && side.frames[0].bytes[0]>>4 == 6 {
					side.link = 229
				}
				for i, f := range side.frames {
					side.frames[i].bytes = append([]byte(side.header), f.bytes...)
				}
				s, summary := read(t, pcapFile(binary.LittleEndian, true, side.link, side.frames))
				if string(s.client) != "ab" || len(summary.Skipped) != 0 || strings.HasPrefix(summary.LinkTypes[0].String(), "link type") {
					t.Errorf("%q %+v", s.lines, summary)
				}
				// Cut anywhere, a packet is counted and nothing else happens.
				first := side.frames[0].bytes
				for n := range first {
					_, summary := read(t, pcapFile(binary.LittleEndian, true, side.link, []frame{{at: noon, bytes: first[:n], length: len(first)}}))
					if summary.Connections != 0 || summary.Skipped[CutHeader]+summary.Skipped[NotIP] != 1 {
						t.Errorf("cut at %d: %+v", n, summary)
					}
				}
			}
		})
	}
}

func TestSkipped(t *testing.T) {
	a, b := clientAddr.Addr(), serverAddr.Addr()
	header := func(change func(p []byte)) []byte {
		p := up(101, 501, "ab").ip()
		change(p)
		return p
	}
	for _, c := range []struct {
		name  string
		link  LinkType
		bytes []byte
		want  Skip
	}{
		{"ARP", 1, append(make([]byte, 12), 8, 6, 0, 1), NotIP},
		{"LLC without SNAP", 1, append(make([]byte, 12), 0, 3, 0x42, 0x42, 3), NotIP},
		{"endless tags", 1, append(make([]byte, 12), slices.Repeat([]byte{0x81, 0, 0, 5}, 20)...), NotIP},
		{"PPPoE discovery", 1, append(make([]byte, 12), 0x88, 0x64, 0x11, 9, 0, 0, 0, 0), NotIP},
		{"LCP", 9, []byte{0xFF, 3, 0xC0, 0x21, 1}, NotIP},
		{"other family", 0, []byte{7, 0, 0, 0, 0x45}, NotIP},
		{"802.11", 105, make([]byte, 60), UnknownLinkType},
		{"UDP", 101, ipv4(a, b, 17, 0, 0, make([]byte, 8)), UDP},
		{"UDP in IPv6", 101, ipv6(clientAddr6.Addr(), serverAddr6.Addr(), 17, make([]byte, 8)), UDP},
		{"ICMP", 101, ipv4(a, b, 1, 0, 0, make([]byte, 8)), OtherProtocol},
		{"empty", 101, nil, Malformed},
		{"IP header too short", 228, header(func(p []byte) { p[0] = 0x44 }), Malformed},
		{"IP shorter than its header", 228, header(func(p []byte) { p[2], p[3] = 0, 19 }), Malformed},
		{"not version 4", 228, header(func(p []byte) { p[0] = 0x65 }), Malformed},
		{"not version 6", 229, header(func([]byte) {}), Malformed},
		{"TCP header too short", 101, header(func(p []byte) { p[32] = 4 << 4 }), Malformed},
		{"TCP header too long", 101, header(func(p []byte) { p[32] = 15 << 4 }), Malformed},
		{"no TCP header", 101, ipv4(a, b, 6, 0, 0, make([]byte, 19)), Malformed},
		{"endless extensions", 101, ipv6(clientAddr6.Addr(), serverAddr6.Addr(), 60, slices.Repeat([]byte{60, 0, 0, 0, 0, 0, 0, 0}, 40)), Malformed},
		{"extension too long", 101, ipv6(clientAddr6.Addr(), serverAddr6.Addr(), 60, []byte{6, 9, 0, 0, 0, 0, 0, 0}), Malformed},
	} {
		_, summary := read(t, pcapFile(binary.LittleEndian, true, c.link, []frame{{at: noon, bytes: c.bytes}}))
		if len(summary.Skipped) != 1 || summary.Skipped[c.want] != 1 || summary.Packets != 1 || summary.Connections != 0 {
			t.Errorf("%s: %v", c.name, summary.Skipped)
		}
	}
}
