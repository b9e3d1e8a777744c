package capture

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// TestReassembly: every fault of a network or a capture. After opening() the
// client's bytes begin at 101, the server's at 501.
func TestReassembly(t *testing.T) {
	other := up(7000, 0, "").With(packet.SYN)
	for _, c := range []struct {
		name    string
		packets []capturetest.Segment
		want    []string
	}{
		{"in order", append(opening(), up(101, 501, "ab"), down(501, 103, "cd"), up(103, 503, "").With(packet.FIN|packet.ACK), down(503, 104, "").With(packet.FIN|packet.ACK), up(104, 504, "")),
			[]string{"> ab", "< cd", "close FIN >"}},
		{"still open", append(opening(), up(101, 501, "ab")), []string{"> ab", "close capture ended"}},
		{"retransmission", append(opening(), up(101, 501, "ab"), up(101, 501, "ab"), up(103, 501, "cd")), []string{"> ab", "> cd", "close capture ended"}},
		{"longer retransmission", append(opening(), up(101, 501, "ab"), up(101, 501, "abcd")), []string{"> ab", "> cd", "close capture ended"}},
		{"out of order", append(opening(), up(103, 501, "cd"), up(105, 501, "ef"), up(101, 501, "ab")), []string{"> ab", "> cd", "> ef", "close capture ended"}},
		{"overlap keeps the first copy", append(opening(), up(103, 501, "cd"), up(101, 501, "abXYef")), []string{"> ab", "> cd", "> ef", "close capture ended"}},
		{"overlap of what is held", append(opening(), up(105, 501, "ef"), up(109, 501, "ij"), up(103, 501, "cdXXghYYkl"), up(101, 501, "ab")),
			[]string{"> ab", "> cd", "> ef", "> gh", "> ij", "> kl", "close capture ended"}},
		{"keep-alive", append(opening(), up(101, 501, "ab"), up(102, 501, "\x00"), down(501, 103, ""), up(102, 501, ""), up(103, 501, "cd")), []string{"> ab", "> cd", "close capture ended"}},
		{"lost and acknowledged, then 16 packets", append(append(opening(), up(101, 501, "ab"), up(105, 501, "ef"), down(501, 107, "answer")), slices.Repeat([]capturetest.Segment{up(107, 507, "")}, 16)...),
			[]string{"> ab", "> [2 segment lost]", "> ef", "< answer", "close capture ended"}},
		{"recorded late: the answer waits", append(opening(), down(501, 103, "answer"), up(101, 501, "ab"), down(507, 103, "more")), []string{"> ab", "< answer", "< more", "close capture ended"}},
		{"lost at the end of the flow", append(opening(), up(103, 501, "cd"), up(105, 501, "").With(packet.RST)), []string{"> [2 segment lost]", "> cd", "close RST >"}},
		{"lost at the end of the capture", append(opening(), up(103, 501, "cd"), up(107, 501, "gh")), []string{"> [2 segment lost]", "> cd", "> [2 segment lost]", "> gh", "close capture ended"}},
		{"lost, acknowledged, nothing behind", append(opening(), down(501, 141, "")), []string{"> [40 segment lost]", "close capture ended"}},
		{"lost FIN", append(opening(), up(101, 501, "ab"), down(501, 104, "").With(packet.FIN|packet.ACK), up(104, 502, "")), []string{"> ab", "close FIN >"}},
		{"one direction", []capturetest.Segment{opening()[0], opening()[2], up(101, 501, "ab"), up(103, 511, "cd")}, []string{"> ab", "< [10 segment lost]", "> cd", "close capture ended"}},
		{"half closed", append(opening(), up(101, 501, "ab").With(packet.FIN|packet.ACK), down(501, 104, "cd")), []string{"> ab", "< cd", "close FIN >"}},
		{"FIN before its data", append(opening(), up(103, 501, "").With(packet.FIN|packet.ACK), up(101, 501, "ab"), down(501, 104, "").With(packet.FIN|packet.ACK)), []string{"> ab", "close FIN >"}},
		{"refused", []capturetest.Segment{opening()[0], down(0, 101, "").With(packet.RST | packet.ACK)}, []string{"close RST <"}},
		{"no answer", []capturetest.Segment{opening()[0], opening()[0], opening()[0]}, []string{"close capture ended"}},
		{"reset of another connection", append(opening(), up(101, 501, "ab"), up(900_000_000, 0, "").With(packet.RST), up(103, 501, "cd")), []string{"> ab", "> cd", "close capture ended"}},
		{"data after the reset", append(opening(), up(101, 501, "").With(packet.RST), down(501, 101, "late")), []string{"close RST >"}},
		{"ports used again", append(append(opening(), up(101, 501, "ab")), other, up(7001, 0, "xy")),
			[]string{"> ab", "close replaced by a new connection", "open 192.0.2.55:40000 > 198.51.100.10:5061", "> xy", "close capture ended"}},
		{"ports used again after the end", append(append(opening(), up(101, 501, "").With(packet.RST)), other, up(7001, 0, "xy")),
			[]string{"close RST >", "open 192.0.2.55:40000 > 198.51.100.10:5061", "> xy", "close capture ended"}},
		{"SYN again", append(opening(), opening()[0], opening()[1], up(101, 501, "ab")), []string{"> ab", "close capture ended"}},
		{"SYN with data", []capturetest.Segment{up(100, 0, "ab").With(packet.SYN), down(500, 103, "").With(packet.SYN | packet.ACK), up(103, 501, "cd")}, []string{"> ab", "> cd", "close capture ended"}},
		{"SYN recorded after its answer", []capturetest.Segment{opening()[1], opening()[0], up(101, 501, "ab")}, []string{"> ab", "close capture ended"}},
		{"SYN lost", []capturetest.Segment{opening()[1], opening()[2], up(101, 501, "ab")}, []string{"> ab", "close capture ended"}},
		{"SYN-ACK lost", []capturetest.Segment{opening()[0], opening()[2], up(101, 501, "ab"), down(501, 103, "cd")}, []string{"> ab", "< cd", "close capture ended"}},
		{"sequence numbers wrap", []capturetest.Segment{up(0xFFFFFFFE, 0, "").With(packet.SYN), up(0xFFFFFFFF, 1, "ab"), up(3, 1, "ef"), up(1, 1, "cd")}, []string{"> ab", "> cd", "> ef", "close capture ended"}},
		{"begins in the middle", []capturetest.Segment{down(501, 101, "cd"), up(101, 503, "ab"), down(503, 103, "ef")},
			[]string{"open 192.0.2.55:40000 > 198.51.100.10:5061 guessed", "< [0 capture began mid-stream]", "< cd", "> [0 capture began mid-stream]", "> ab", "< ef", "close capture ended"}},
		{"absurd numbers", append(opening(), up(0x90000000, 0x90000000, "zz"), up(101, 501, "ab")), []string{"> ab", "close capture ended"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := read(t, rawFile(c.packets...))
			if len(s.lines) > 0 && s.lines[0] != fmt.Sprintf("open %s > %s", clientAddr, serverAddr) && c.name != "begins in the middle" {
				t.Errorf("begins with %q", s.lines[0])
			}
			s.wants(t, c.want...)
		})
	}
}

// TestPatienceEndsByTime: a lost segment does not hold back what comes after.
func TestPatienceEndsByTime(t *testing.T) {
	list := capturetest.Frames(append(opening(), down(501, 103, "answer"), down(507, 103, "more"))...)
	list[len(list)-1].At = noon.Add(time.Hour)
	var s story
	c := newCollector(Filter{}, &s)
	for _, f := range list {
		c.Packet(packet.LinkRaw, f.At, f.Bytes, 0)
	}
	s.wants(t, "> [2 segment lost]", "< answer", "< more")
	if got := s.times; !got[0].Equal(list[3].At) {
		t.Errorf("the answer is of %s, not of when it was recorded", got[0])
	}
}

func TestSnapLength(t *testing.T) {
	long := up(101, 501, "0123456789")
	list := capturetest.Frames(append(opening(), long, up(111, 501, "next"))...)
	list[3].Length = len(list[3].Bytes)
	list[3].Bytes = list[3].Bytes[:len(list[3].Bytes)-7]
	s, summary := read(t, capturetest.Pcap(binary.LittleEndian, true, packet.LinkRaw, list))
	s.wants(t, "> 012", "> [7 snap length]", "> next", "close capture ended")
	if summary.ShortPackets != 1 || summary.SnapLength != 65535 {
		t.Errorf("%+v", summary)
	}
	// Headers cut: nothing can be said about the packet, but it is counted.
	for _, keep := range []int{0, 19, 20, 39} {
		list[3].Bytes = long.IP()[:keep]
		_, summary = read(t, capturetest.Pcap(binary.LittleEndian, true, packet.LinkRaw, list))
		if summary.Skipped[packet.CutHeader] != 1 {
			t.Errorf("%d bytes: %v", keep, summary.Skipped)
		}
	}
}

func TestAnsweredAndEstablished(t *testing.T) {
	s, _ := read(t, rawFile(opening()[0]))
	if f := s.flows[0]; f.Answered || !f.Established.IsZero() || !f.Start.Equal(noon) {
		t.Errorf("%+v", f)
	}
	s, _ = read(t, rawFile(opening()...))
	if f := s.flows[0]; !f.Answered || !f.Established.Equal(noon.Add(time.Millisecond)) || f.ClientGuessed {
		t.Errorf("%+v", f)
	}
}

func TestGuessedClient(t *testing.T) {
	for _, c := range []struct{ from, to, client uint16 }{
		{40000, 5061, 40000}, {5061, 40000, 40000}, {1025, 5061, 1025}, {5061, 1025, 1025}, {443, 8443, 8443}, {8443, 30000, 30000}, {7000, 7000, 7000},
	} {
		p := segment(netip.AddrPortFrom(clientAddr.Addr(), c.from), netip.AddrPortFrom(serverAddr.Addr(), c.to), packet.ACK, 1, 1, "x")
		s, _ := read(t, rawFile(p))
		if got := s.flows[0].Client.Port(); got != c.client || !s.flows[0].ClientGuessed {
			t.Errorf("%d to %d: client %d", c.from, c.to, got)
		}
	}
}

func TestNotInterested(t *testing.T) {
	s := &story{refused: func(*Flow) bool { return true }}
	file := rawFile(append(opening(), up(101, 501, "ab"), up(7000, 0, "").With(packet.SYN))...)
	summary, err := Read(context.Background(), bytes.NewReader(file), Filter{}, s)
	if err != nil || len(s.lines) != 0 || len(s.flows) != 2 || len(summary.Skipped) != 0 {
		t.Errorf("%v %v %+v", err, s.lines, summary)
	}
}

func TestFilter(t *testing.T) {
	second := segment(netip.MustParseAddrPort("203.0.113.9:1234"), serverAddr, packet.SYN, 1, 0, "")
	third := segment(clientAddr6, serverAddr6, packet.SYN, 1, 0, "")
	file := rawFile(append(opening(), second, third)...)
	for _, c := range []struct {
		hosts string
		port  uint16
		flows int
	}{
		{"", 0, 3}, {"", 5061, 3}, {"", 1234, 1}, {"", 9, 0}, {"192.0.2.55/32", 0, 1}, {"198.51.100.0/24", 0, 2}, {"2001:db8::/32", 5061, 1}, {"192.0.2.55/32", 1234, 0},
	} {
		var f Filter
		if c.hosts != "" {
			f.Hosts = []netip.Prefix{netip.MustParsePrefix(c.hosts)}
		}
		if c.port != 0 {
			f.Ports = []uint16{c.port}
		}
		s := &story{}
		summary, err := Read(context.Background(), bytes.NewReader(file), f, s)
		if err != nil || len(s.flows) != c.flows || (c.flows < 3) != (summary.Skipped[packet.Filtered] > 0) {
			t.Errorf("%+v: %d flows, %v %v", c, len(s.flows), summary.Skipped, err)
		}
	}
}
