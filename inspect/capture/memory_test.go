package capture

import (
	"bytes"
	"context"
	"io"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/packet"
	"github.com/phonecert/phonecert/inspect/capture/synthetic"
)

// quiet takes everything and keeps nothing.
type quiet struct{ evicted int }

func (q *quiet) Open(*Flow) Sink               { return q }
func (*quiet) Secrets([]byte)                  {}
func (*quiet) Data(bool, time.Time, []byte)    {}
func (*quiet) Gap(bool, time.Time, int64, Why) {}
func (q *quiet) Close(_ time.Time, how Ending) {
	if how.Kind == Evicted {
		q.evicted++
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestManyConnections: however many are begun and left open, or hold back what
// is out of order, memory has a bound, and what was given up is told.
func TestManyConnections(t *testing.T) {
	const many = 2 * MaxConnections
	late := make([]byte, 1400)
	before := heap()
	var q quiet
	c := newCollector(Filter{}, &q)
	most := 0
	for i := range many {
		client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, byte(i >> 16), byte(i >> 8)}), uint16(1024+i&0xFF))
		for n := range 4 { // each with three segments after a hole
			p := segment(client, serverAddr, packet.ACK, uint32(100+n*2000), 0, string(late))
			if n == 0 {
				p.Flags, p.Payload = packet.SYN, ""
			}
			c.Packet(packet.LinkRaw, noon.Add(time.Duration(i)*time.Millisecond), p.IP(), 0)
		}
		most = max(most, c.table.store.bytes)
	}
	if used := heap() - before; used > 32<<20 {
		t.Errorf("%d MiB are in use", used>>20)
	}
	if most > MaxHeldTotal+4*bufferSize || len(c.table.connections) != MaxConnections {
		t.Errorf("%d bytes held, %d connections", most, len(c.table.connections))
	}
	s := c.finish()
	if want := int64(many - MaxConnections); s.Evicted != want || q.evicted != int(want) || s.Connections != many {
		t.Errorf("%+v, %d told", s, q.evicted)
	}
}

// TestOneHole: a connection that never gets one segment goes on without it.
func TestOneHole(t *testing.T) {
	var s story
	c := newCollector(Filter{}, &s)
	at := func(p capturetest.Segment) { c.Packet(packet.LinkRaw, noon, p.IP(), 0) }
	for _, p := range opening() {
		at(p)
	}
	const size = 1000
	for n := 1; n <= 3*MaxHeld/size; n++ {
		at(up(uint32(101+n*size), 501, string(make([]byte, size))))
		if c.table.store.bytes > 3*MaxHeld {
			t.Fatalf("%d bytes held", c.table.store.bytes)
		}
	}
	if len(s.client) < MaxHeld {
		t.Errorf("only %d bytes came out", len(s.client))
	}
	if s.lines[1] != "> [1000 segment lost]" {
		t.Errorf("%q", s.lines[1])
	}
}

// TestNoAllocationPerPacket: what a packet more costs is no memory.
func TestNoAllocationPerPacket(t *testing.T) {
	file := func(packets int) []byte {
		var out bytes.Buffer
		w := synthetic.NewWriter(&out)
		c, err := w.Open(clientAddr, serverAddr, noon, noon)
		if err != nil {
			t.Fatal(err)
		}
		for range packets {
			_ = c.Data(false, noon, make([]byte, 1460))
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	count := func(b []byte) float64 {
		return testing.AllocsPerRun(3, func() {
			if _, err := Read(context.Background(), bytes.NewReader(b), Filter{}, &quiet{}); err != nil {
				t.Fatal(err)
			}
		})
	}
	if few, many := count(file(500)), count(file(5000)); many > few+5 {
		t.Errorf("%.0f allocations for 500 packets, %.0f for 5000", few, many)
	}
}

// BenchmarkRead reads packets of 1460 bytes of a hundred connections in turn.
func BenchmarkRead(b *testing.B) {
	var out bytes.Buffer
	w := synthetic.NewWriter(&out)
	var conns []*synthetic.Conn
	for i := range 100 {
		c, err := w.Open(netip.AddrPortFrom(clientAddr.Addr(), uint16(2000+i)), serverAddr, noon, noon)
		if err != nil {
			b.Fatal(err)
		}
		conns = append(conns, c)
	}
	for range 100 {
		for _, c := range conns {
			_ = c.Data(false, noon, make([]byte, 1460))
		}
	}
	_ = w.Flush()
	b.SetBytes(int64(out.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(context.Background(), io.LimitReader(bytes.NewReader(out.Bytes()), 1<<40), Filter{}, &quiet{}); err != nil {
			b.Fatal(err)
		}
	}
}
