package capture

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// What the tests build captures of, and what they see of them.

var (
	clientAddr  = netip.MustParseAddrPort("192.0.2.55:40000")
	serverAddr  = netip.MustParseAddrPort("198.51.100.10:5061")
	clientAddr6 = netip.MustParseAddrPort("[2001:db8::55]:40000")
	serverAddr6 = netip.MustParseAddrPort("[2001:db8::10]:5061")
	noon        = time.Date(2024, 5, 6, 12, 0, 0, 123456000, time.UTC)
)

// packet is a TCP segment in IP.
type packet struct {
	from, to netip.AddrPort
	flags    uint8
	seq, ack uint32
	payload  string
}

func up(seq, ack uint32, payload string) packet {
	return packet{clientAddr, serverAddr, flagACK, seq, ack, payload}
}

func down(seq, ack uint32, payload string) packet {
	return packet{serverAddr, clientAddr, flagACK, seq, ack, payload}
}

func (p packet) with(flags uint8) packet {
	p.flags = flags
	return p
}

// opening is the handshake: the client's bytes begin at 101, the server's at 501.
func opening() []packet {
	return []packet{up(100, 0, "").with(flagSYN), down(500, 101, "").with(flagSYN | flagACK), up(101, 501, "")}
}

func (p packet) tcp() []byte {
	be := binary.BigEndian
	b := be.AppendUint16(nil, p.from.Port())
	b = be.AppendUint16(b, p.to.Port())
	b = be.AppendUint32(b, p.seq)
	b = be.AppendUint32(b, p.ack)
	b = append(b, 5<<4, p.flags, 0xFF, 0xFF, 0, 0, 0, 0)
	return append(b, p.payload...)
}

// ip is the segment in an IP datagram.
func (p packet) ip() []byte {
	if p.from.Addr().Is4() {
		return ipv4(p.from.Addr(), p.to.Addr(), 6, 0, 0, p.tcp())
	}
	return ipv6(p.from.Addr(), p.to.Addr(), 6, p.tcp())
}

func ipv4(from, to netip.Addr, protocol byte, id, fragment uint16, payload []byte) []byte {
	be := binary.BigEndian
	b := be.AppendUint16([]byte{0x45, 0}, uint16(20+len(payload)))
	b = be.AppendUint16(b, id)
	b = be.AppendUint16(b, fragment)
	b = append(b, 64, protocol, 0, 0)
	b = append(b, from.AsSlice()...)
	b = append(b, to.AsSlice()...)
	be.PutUint16(b[10:], checksum(0, b))
	return append(b, payload...)
}

func ipv6(from, to netip.Addr, next byte, payload []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0x60, 0, 0, 0}, uint16(len(payload)))
	b = append(b, next, 64)
	b = append(b, from.AsSlice()...)
	b = append(b, to.AsSlice()...)
	return append(b, payload...)
}

// frame is a packet in a file.
type frame struct {
	at     time.Time
	bytes  []byte
	length int // of the packet; 0: all is recorded
}

func frames(packets ...packet) []frame {
	var list []frame
	for i, p := range packets {
		list = append(list, frame{at: noon.Add(time.Duration(i) * time.Millisecond), bytes: p.ip()})
	}
	return list
}

func (f frame) size() uint32 { return uint32(max(f.length, len(f.bytes))) }

// pcapFile writes the classic format.
func pcapFile(order binary.AppendByteOrder, nano bool, link LinkType, list []frame) []byte {
	magic, unit := uint32(magicMicro), 1000
	if nano {
		magic, unit = magicNano, 1
	}
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = order.AppendUint32(b, 65535)
	b = order.AppendUint32(b, uint32(link))
	for _, f := range list {
		b = order.AppendUint32(b, uint32(f.at.Unix()))
		b = order.AppendUint32(b, uint32(f.at.Nanosecond()/unit))
		b = order.AppendUint32(b, uint32(len(f.bytes)))
		b = order.AppendUint32(b, f.size())
		b = append(b, f.bytes...)
	}
	return b
}

func rawFile(packets ...packet) []byte {
	return pcapFile(binary.LittleEndian, true, LinkRaw, frames(packets...))
}

// story writes down what a capture gives, a line an event.
type story struct {
	lines   []string
	times   []time.Time
	client  []byte
	server  []byte
	flows   []*Flow
	open    int
	refused func(*Flow) bool
}

func (s *story) Open(f *Flow) Sink {
	s.flows = append(s.flows, f)
	if s.refused != nil && s.refused(f) {
		return nil
	}
	guess := ""
	if f.ClientGuessed {
		guess = " guessed"
	}
	s.say("open %s > %s%s", f.Client, f.Server, guess)
	s.open++
	return &telling{story: s, number: len(s.flows)}
}

func (s *story) Secrets(b []byte) { s.say("secrets %q", b) }

func (s *story) say(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

type telling struct {
	story  *story
	number int
	closed bool
}

func side(fromClient bool) string {
	if fromClient {
		return ">"
	}
	return "<"
}

func (t *telling) Data(fromClient bool, at time.Time, b []byte) {
	t.check()
	if len(b) == 0 {
		panic("no data")
	}
	t.story.times = append(t.story.times, at)
	t.story.say("%s %s", side(fromClient), b)
	if fromClient {
		t.story.client = append(t.story.client, b...)
	} else {
		t.story.server = append(t.story.server, b...)
	}
}

func (t *telling) Gap(fromClient bool, at time.Time, n int64, why Why) {
	t.check()
	if n < 0 || n == 0 && why != MidStream {
		panic(fmt.Sprintf("a gap of %d", n))
	}
	t.story.say("%s [%d %s]", side(fromClient), n, why)
}

func (t *telling) Close(at time.Time, how Ending) {
	t.check()
	t.closed = true
	t.story.open--
	who := ""
	if how.Kind == FIN || how.Kind == RST {
		who = " " + side(how.FromClient)
	}
	t.story.say("close %s%s", how.Kind, who)
}

func (t *telling) check() {
	if t.closed {
		panic("after the end")
	}
}

// read reads a capture that has to be sound.
func read(t testing.TB, file []byte) (*story, Summary) {
	t.Helper()
	s := &story{}
	summary, err := Read(context.Background(), bytes.NewReader(file), Filter{}, s)
	if err != nil {
		t.Fatal(err)
	}
	if s.open != 0 {
		t.Errorf("%d sinks were not closed", s.open)
	}
	return s, summary
}

// wants compares the story, without the line of a plain opening.
func (s *story) wants(t testing.TB, want ...string) {
	t.Helper()
	got := s.lines
	if len(got) > 0 && got[0] == fmt.Sprintf("open %s > %s", clientAddr, serverAddr) {
		got = got[1:]
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
