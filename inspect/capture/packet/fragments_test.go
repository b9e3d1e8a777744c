package packet_test

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/packet"
)

// fragments4 cuts a segment into fragments of IPv4.
func fragments4(p capturetest.Segment, id uint16, size int) []capturetest.Frame {
	var list []capturetest.Frame
	b := p.TCP()
	for at := 0; at < len(b); at += size {
		end := min(at+size, len(b))
		flags := uint16(at / 8)
		if end < len(b) {
			flags |= 0x2000
		}
		list = append(list, capturetest.Frame{At: capturetest.Clock(), Bytes: capturetest.IPv4(p.From.Addr(), p.To.Addr(), 6, id, flags, b[at:end])})
	}
	return list
}

// fragments6 does so in IPv6; within what is cut stand destination options.
func fragments6(p capturetest.Segment, id uint32, size int) []capturetest.Frame {
	var list []capturetest.Frame
	b := append([]byte{6, 0, 1, 4, 0, 0, 0, 0}, p.TCP()...)
	for at := 0; at < len(b); at += size {
		end := min(at+size, len(b))
		flags := uint16(at)
		if end < len(b) {
			flags |= 1
		}
		header := binary.BigEndian.AppendUint16([]byte{60, 0}, flags)
		header = binary.BigEndian.AppendUint32(header, id)
		hop := append([]byte{44, 0, 1, 4, 0, 0, 0, 0}, header...)
		list = append(list, capturetest.Frame{At: capturetest.Clock(), Bytes: capturetest.IPv6(p.From.Addr(), p.To.Addr(), 0, append(hop, b[at:end]...))})
	}
	return list
}

// decoded is what came out of packets in a row.
type decoded struct {
	said               string
	segments           []packet.Segment
	fragments, dropped int64
}

func decodeAll(list []capturetest.Frame) (out decoded) {
	var d packet.Decoder
	for _, f := range list {
		if s, reason := decode(&d, packet.LinkRaw, f); reason == packet.Usable {
			out.said += string(s.Payload)
			out.segments = append(out.segments, s)
		}
	}
	out.fragments, out.dropped = d.Fragments, d.Drop()
	return out
}

func TestFragments(t *testing.T) {
	payload := strings.Repeat("0123456789abcdef", 20)
	long4 := capturetest.NewSegment(capturetest.Client(), capturetest.Server(), packet.SYN, 100, 0, payload)
	long6 := capturetest.NewSegment(capturetest.Client6(), capturetest.Server6(), packet.SYN, 100, 0, payload)
	random := rand.New(rand.NewPCG(1, 2))
	for _, list := range [][]capturetest.Frame{fragments4(long4, 7, 64), fragments6(long6, 7, 64), fragments4(long4, 0, 8), fragments6(long6, 9, 4096)} {
		for range 20 {
			got := decodeAll(list)
			if got.said != payload || got.dropped != 0 || len(list) > 1 && got.fragments != int64(len(list)) {
				t.Fatalf("%+v", got)
			}
			random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		}
		if len(list) == 1 { // an atomic fragment is none
			continue
		}
		// One is missing: nothing comes out, and that is told.
		if got := decodeAll(list[1:]); len(got.segments) != 0 || got.dropped != int64(len(list)-1) {
			t.Errorf("%+v", got)
		}
	}
}

// TestFragmentsOverlap: the first copy stays.
func TestFragmentsOverlap(t *testing.T) {
	p := capturetest.NewSegment(capturetest.Client(), capturetest.Server(), packet.SYN, 100, 0, strings.Repeat("A", 100))
	list := fragments4(p, 7, 40)
	p.Payload = strings.Repeat("B", 100)
	mixed := append([]capturetest.Frame{list[1]}, fragments4(p, 7, 24)...)
	want := strings.Repeat("B", 20) + strings.Repeat("A", 40) + strings.Repeat("B", 40)
	if got := decodeAll(mixed).said; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFragmentsThatCannotBeJoined(t *testing.T) {
	a, b := capturetest.Client().Addr(), capturetest.Server().Addr()
	var list []capturetest.Frame
	list = append(list, capturetest.Frame{At: capturetest.Clock(), Bytes: capturetest.IPv4(a, b, 6, 1, 0x2000|0x1FFF, make([]byte, 64))}) // beyond 65535
	list = append(list, capturetest.Frame{At: capturetest.Clock(), Bytes: capturetest.IPv4(a, b, 6, 2, 0x2000, make([]byte, 61))})        // not a multiple of 8
	cut := capturetest.IPv4(a, b, 6, 3, 0x2000, make([]byte, 64))
	list = append(list, capturetest.Frame{At: capturetest.Clock(), Bytes: cut[:60], Length: len(cut)})
	for id := range 10 * packet.MaxDatagrams {
		list = append(list, capturetest.Frame{At: capturetest.Clock(), Bytes: capturetest.IPv4(a, b, 6, uint16(100+id), 0x2000, make([]byte, 64))})
	}
	for offset := range uint16(1024) { // holes, and nothing but holes
		list = append(list, capturetest.Frame{At: capturetest.Clock(), Bytes: capturetest.IPv4(a, b, 6, 9999, 0x2000|offset*2, make([]byte, 8))})
	}
	if got := decodeAll(list); got.dropped != int64(len(list)) || got.fragments != int64(len(list)) {
		t.Errorf("%+v, %d fragments", got, len(list))
	}
}

// TestIdentificationUsedAgain: after a minute it means another datagram.
func TestIdentificationUsedAgain(t *testing.T) {
	p := capturetest.NewSegment(capturetest.Client(), capturetest.Server(), packet.SYN, 100, 0, strings.Repeat("A", 100))
	old := fragments4(p, 7, 40)[:1]
	p.Payload = strings.Repeat("B", 100)
	list := fragments4(p, 7, 40)
	for i := range list {
		list[i].At = capturetest.Clock().Add(2 * time.Minute)
	}
	if got := decodeAll(append(old, list...)).said; got != p.Payload {
		t.Errorf("%s", got)
	}
}

func TestIPv6Extensions(t *testing.T) {
	p := capturetest.NewSegment(capturetest.Client6(), capturetest.Server6(), packet.SYN, 100, 0, "ab")
	header := func(next byte, length byte, size int) []byte {
		return append([]byte{next, length}, make([]byte, size-2)...)
	}
	var chain []byte
	chain = append(chain, header(43, 1, 16)...) // hop-by-hop
	chain = append(chain, header(60, 0, 8)...)  // routing
	chain = append(chain, header(51, 0, 8)...)  // destination options
	chain = append(chain, header(6, 4, 24)...)  // authentication
	chain = append(chain, p.TCP()...)
	extended := capturetest.IPv6(p.From.Addr(), p.To.Addr(), 0, chain)
	jumbo := capturetest.IPv6(p.From.Addr(), p.To.Addr(), 6, p.TCP())
	jumbo[4], jumbo[5] = 0, 0
	for _, b := range [][]byte{extended, jumbo} {
		got := decodeAll([]capturetest.Frame{{Bytes: b}})
		if got.said != "ab" || len(got.segments) != 1 || got.segments[0].Source.Addr() != p.From.Addr() {
			t.Errorf("%+v", got)
		}
	}
}
