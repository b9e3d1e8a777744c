package capture

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/packet"
)

func TestWrittenConnections(t *testing.T) {
	for _, ends := range [][2]netip.AddrPort{{clientAddr, serverAddr}, {clientAddr6, serverAddr6}} {
		for seed := range uint64(30) {
			r := rand.New(rand.NewPCG(seed, 1))
			file, said := capturetest.Talk(t, r, 1+r.IntN(4), ends[0], ends[1])
			byPort := checkStreams{said: said, first: ends[0].Port()}
			summary, err := Read(context.Background(), bytes.NewReader(file), Filter{}, &byPort)
			if err != nil || summary.Truncated || len(summary.Skipped) != 0 || int(summary.Connections) != len(said) {
				t.Fatalf("%v %+v", err, summary)
			}
			byPort.check(t, fmt.Sprint("seed ", seed), true)
		}
	}
}

// TestAnyNetwork: whatever is lost, sent twice or out of order, what comes out
// is what was said, with gaps of the right length; and without loss it is
// everything.
func TestAnyNetwork(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		file, said := capturetest.Talk(t, r, 1+r.IntN(3), clientAddr, serverAddr)
		lossy, mixed := seed%2 == 1, seed%3 > 0
		list := disturb(r, capturetest.Packets(file), lossy, mixed)
		streams := checkStreams{said: said, first: clientAddr.Port()}
		c := newCollector(Filter{}, &streams)
		for i, p := range list {
			c.Packet(packet.LinkEthernet, noon.Add(time.Duration(i)*time.Microsecond), p, 0)
		}
		if s := c.finish(); int(s.Connections) != len(said) || s.Evicted != 0 {
			t.Errorf("seed %d: %+v", seed, s)
		}
		streams.check(t, fmt.Sprint("seed ", seed), !lossy)
		if c.table.store.bytes != 0 {
			t.Errorf("seed %d: %d bytes still held", seed, c.table.store.bytes)
		}
	}
}

// disturb does what a network does: packets come twice, at most five places
// late, or not at all. A SYN stays first, and a RST last.
func disturb(r *rand.Rand, packets [][]byte, lossy, mixed bool) [][]byte {
	type late struct {
		bytes []byte
		place int
	}
	var list []late
	for i, p := range packets {
		place := 10 * i
		switch flags := p[flagsAt(p)]; {
		case flags&packet.RST != 0:
			place += 50
		case mixed && flags&packet.SYN == 0:
			place += r.IntN(50)
		}
		if !lossy || p[flagsAt(p)]&packet.SYN != 0 || r.IntN(10) > 0 {
			list = append(list, late{p, place})
		}
		if r.IntN(10) == 0 {
			list = append(list, late{p, place + r.IntN(100)})
		}
	}
	slices.SortStableFunc(list, func(a, b late) int { return a.place - b.place })
	var out [][]byte
	for _, l := range list {
		out = append(out, l.bytes)
	}
	return out
}

// flagsAt is where the TCP flags stand in a frame of Ethernet.
func flagsAt(p []byte) int {
	if p[12] == 0x86 {
		return 14 + 40 + 13
	}
	return 14 + 20 + 13
}

// checkStreams compares what comes with what was said.
type checkStreams struct {
	said  [][2][]byte
	first uint16
	lines []string
	flows []*checkStream
}

type checkStream struct {
	all    *checkStreams
	flow   *Flow
	at     [2]int
	gaps   int
	closed int
}

func (c *checkStreams) Secrets([]byte) {}

func (c *checkStreams) Open(f *Flow) Sink {
	s := &checkStream{all: c, flow: f}
	c.flows = append(c.flows, s)
	return s
}

func (s *checkStream) said(fromClient bool) ([]byte, *int) {
	i := 1
	if fromClient {
		i = 0
	}
	return s.all.said[s.flow.Client.Port()-s.all.first][i], &s.at[i]
}

func (s *checkStream) Data(fromClient bool, _ time.Time, b []byte) {
	want, at := s.said(fromClient)
	if *at+len(b) > len(want) || !bytes.Equal(want[*at:*at+len(b)], b) {
		s.all.lines = append(s.all.lines, fmt.Sprintf("%s: %d bytes at %d are not what was said", s.flow.Client, len(b), *at))
	}
	*at += len(b)
}

func (s *checkStream) Gap(fromClient bool, _ time.Time, n int64, why Why) {
	_, at := s.said(fromClient)
	*at += int(n)
	s.gaps++
	if why != Lost || n <= 0 {
		s.all.lines = append(s.all.lines, fmt.Sprintf("%s: gap of %d, %s", s.flow.Client, n, why))
	}
}

func (s *checkStream) Close(time.Time, Ending) { s.closed++ }

func (c *checkStreams) check(t *testing.T, name string, complete bool) {
	t.Helper()
	for _, line := range c.lines {
		t.Errorf("%s: %s", name, line)
	}
	for _, s := range c.flows {
		if s.closed != 1 {
			t.Errorf("%s: closed %d times", name, s.closed)
		}
		for _, fromClient := range []bool{true, false} {
			if want, at := s.said(fromClient); complete && (*at != len(want) || s.gaps > 0) || *at > len(want)+1 { // a FIN that was lost may count
				t.Errorf("%s: %s %s: %d of %d bytes, %d gaps", name, s.flow.Client, side(fromClient), *at, len(want), s.gaps)
			}
		}
	}
}
