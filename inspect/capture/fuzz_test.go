package capture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/hexdump"
	"github.com/phonecert/phonecert/inspect/capture/packet"
	"github.com/phonecert/phonecert/inspect/capture/pcap"
)

// committed fails when a target has lost its seeds.
func committed(f *testing.F) {
	entries, err := os.ReadDir("testdata/fuzz/" + f.Name())
	if err != nil || len(entries) == 0 {
		f.Fatal("the committed seed corpus is empty")
	}
}

// sound reads a file: whatever is in it, every sink is closed, nothing is held
// after the end, and no more bytes come out than went in.
func sound(t *testing.T, file []byte) {
	s := &story{}
	summary, err := Read(context.Background(), bytes.NewReader(file), Filter{}, s)
	var f *pcap.FormatError
	if err != nil && (!errors.As(err, &f) || f.Fix == "" || f.Offset < 0) {
		t.Errorf("error %v", err)
	}
	if s.open != 0 || int(summary.Connections) != len(s.flows) {
		t.Errorf("%d sinks not closed, %d connections of %d", s.open, summary.Connections, len(s.flows))
	}
	if !summary.Compressed && len(s.client)+len(s.server) > len(file) {
		t.Errorf("%d and %d bytes out of %d", len(s.client), len(s.server), len(file))
	}
	for _, at := range append(s.times, summary.First, summary.Last) {
		if _, err := at.MarshalText(); err != nil {
			t.Error(err)
		}
	}
}

// FuzzRead: whole files.
func FuzzRead(f *testing.F) {
	committed(f)
	f.Fuzz(sound)
}

// FuzzReassembly: segments of one connection, eight bytes each: direction and
// flags, numbers, length. What a side says at a number is always the same, so
// what comes out must stand in its place.
func FuzzReassembly(f *testing.F) {
	committed(f)
	var d packet.Decoder
	var either [2]packet.Segment
	for i, s := range []capturetest.Segment{up(0, 0, ""), down(0, 0, "")} {
		either[i], _ = d.Segment(packet.LinkRaw, noon, s.IP(), 0)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p := &placed{t: t}
		var c table
		c.init(p)
		for n := 0; len(b) >= 8; n, b = n+1, b[8:] {
			s := either[0]
			if n == 1 || n > 1 && b[0]&0x80 != 0 {
				s = either[1]
			}
			s.Flags, s.Seq, s.Ack, s.Missing = b[0]&(packet.FIN|packet.RST|packet.ACK), 1+uint32(binary.BigEndian.Uint16(b[1:])), 1+uint32(binary.BigEndian.Uint16(b[3:])), int(b[5]&3)
			s.Payload = p.at(b[0]&0x80 == 0, s.Seq-1, int(binary.BigEndian.Uint16(b[6:])%3000))
			if n < 2 {
				s.Flags, s.Seq, s.Ack, s.Payload, s.Missing = packet.SYN|packet.ACK*uint8(n), 0, 1, nil, 0
			}
			c.segment(noon.Add(time.Duration(b[5])*time.Millisecond), &s)
			if len(c.connections) > 1 {
				t.Fatal("one connection became two")
			}
		}
		c.closeAll(noon)
		if c.store.bytes != 0 {
			t.Errorf("%d bytes held", c.store.bytes)
		}
	})
}

// placed knows what each side says at every place, and checks it.
type placed struct {
	t      *testing.T
	next   [2]int64
	closed bool
}

func (p *placed) at(fromClient bool, place uint32, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = value(fromClient, int64(place)+int64(i))
	}
	return b
}

func value(fromClient bool, place int64) byte {
	if fromClient {
		place += 11
	}
	return byte(place ^ place>>8)
}

func (p *placed) Open(*Flow) Sink { return p }
func (p *placed) Secrets([]byte)  {}

func (p *placed) place(fromClient bool) *int64 {
	if p.closed {
		p.t.Fatal("after the end")
	}
	if fromClient {
		return &p.next[0]
	}
	return &p.next[1]
}

func (p *placed) Data(fromClient bool, _ time.Time, b []byte) {
	at := p.place(fromClient)
	for i, c := range b {
		if c != value(fromClient, *at+int64(i)) {
			p.t.Fatalf("byte %d is not in its place", *at+int64(i))
		}
	}
	*at += int64(len(b))
}

func (p *placed) Gap(fromClient bool, _ time.Time, n int64, _ Why) {
	if n <= 0 {
		p.t.Fatalf("a gap of %d", n)
	}
	*p.place(fromClient) += n
}

func (p *placed) Close(time.Time, Ending) {
	p.place(true)
	p.closed = true
}

func FuzzHex(f *testing.F) {
	committed(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		client, server, err := Hex(text)
		var wrong *hexdump.Error
		if err != nil && (!errors.As(err, &wrong) || wrong.Fix == "" || wrong.Problem == "") {
			t.Errorf("error %v", err)
		}
		if bytes.IndexByte(text, '*') < 0 && len(client)+len(server) > len(text) {
			t.Errorf("%d bytes out of %d", len(client)+len(server), len(text))
		}
	})
}
