package capture

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// fragments4 cuts a segment into fragments of IPv4.
func fragments4(p packet, id uint16, size int) []frame {
	var list []frame
	b := p.tcp()
	for at := 0; at < len(b); at += size {
		end := min(at+size, len(b))
		flags := uint16(at / 8)
		if end < len(b) {
			flags |= 0x2000
		}
		list = append(list, frame{at: noon, bytes: ipv4(p.from.Addr(), p.to.Addr(), 6, id, flags, b[at:end])})
	}
	return list
}

// fragments6 does so in IPv6; within what is cut stand destination options.
func fragments6(p packet, id uint32, size int) []frame {
	var list []frame
	b := append([]byte{6, 0, 1, 4, 0, 0, 0, 0}, p.tcp()...)
	for at := 0; at < len(b); at += size {
		end := min(at+size, len(b))
		flags := uint16(at)
		if end < len(b) {
			flags |= 1
		}
		header := binary.BigEndian.AppendUint16([]byte{60, 0}, flags)
		header = binary.BigEndian.AppendUint32(header, id)
		hop := append([]byte{44, 0, 1, 4, 0, 0, 0, 0}, header...)
		list = append(list, frame{at: noon, bytes: ipv6(p.from.Addr(), p.to.Addr(), 0, append(hop, b[at:end]...))})
	}
	return list
}

func TestFragments(t *testing.T) {
	payload := strings.Repeat("0123456789abcdef", 20)
	long4 := packet{clientAddr, serverAddr, flagSYN, 100, 0, payload}
	long6 := packet{clientAddr6, serverAddr6, flagSYN, 100, 0, payload}
	random := rand.New(rand.NewPCG(1, 2))
	for _, list := range [][]frame{fragments4(long4, 7, 64), fragments6(long6, 7, 64), fragments4(long4, 0, 8), fragments6(long6, 9, 4096)} {
		for range 20 {
			s, summary := read(t, pcapFile(binary.LittleEndian, true, LinkRaw, list))
			if string(s.client) != payload || summary.FragmentsDropped != 0 || len(list) > 1 && summary.Fragments != int64(len(list)) {
				t.Fatalf("%q %+v", s.client, summary)
			}
			random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		}
		if len(list) == 1 { // an atomic fragment is none
			continue
		}
		// One is missing: nothing comes out, and that is told.
		s, summary := read(t, pcapFile(binary.LittleEndian, true, LinkRaw, list[1:]))
		if len(s.lines) != 0 || summary.FragmentsDropped != int64(len(list)-1) {
			t.Errorf("%q %+v", s.lines, summary)
		}
	}
}

// TestFragmentsOverlap: the first copy stays.
func TestFragmentsOverlap(t *testing.T) {
	p := packet{clientAddr, serverAddr, flagSYN, 100, 0, strings.Repeat("A", 100)}
	list := fragments4(p, 7, 40)
	p.payload = strings.Repeat("B", 100)
	mixed := append([]frame{list[1]}, fragments4(p, 7, 24)...)
	s, _ := read(t, pcapFile(binary.LittleEndian, true, LinkRaw, mixed))
	want := strings.Repeat("B", 20) + strings.Repeat("A", 40) + strings.Repeat("B", 40)
	if string(s.client) != want {
		t.Errorf("got  %s\nwant %s", s.client, want)
	}
}

func TestFragmentsThatCannotBeJoined(t *testing.T) {
	a, b := clientAddr.Addr(), serverAddr.Addr()
	var list []frame
	list = append(list, frame{at: noon, bytes: ipv4(a, b, 6, 1, 0x2000|0x1FFF, make([]byte, 64))}) // beyond 65535
	list = append(list, frame{at: noon, bytes: ipv4(a, b, 6, 2, 0x2000, make([]byte, 61))})        // not a multiple of 8
	cut := ipv4(a, b, 6, 3, 0x2000, make([]byte, 64))
	list = append(list, frame{at: noon, bytes: cut[:60], length: len(cut)})
	for id := range 10 * MaxDatagrams {
		list = append(list, frame{at: noon, bytes: ipv4(a, b, 6, uint16(100+id), 0x2000, make([]byte, 64))})
	}
	for offset := range uint16(2 * maxPieces) { // holes, and nothing but holes
		list = append(list, frame{at: noon, bytes: ipv4(a, b, 6, 9999, 0x2000|offset*2, make([]byte, 8))})
	}
	_, summary := read(t, pcapFile(binary.LittleEndian, true, LinkRaw, list))
	if summary.FragmentsDropped != int64(len(list)) || summary.Fragments != int64(len(list)) {
		t.Errorf("%+v, %d fragments", summary, len(list))
	}
}

// TestIdentificationUsedAgain: after a minute it means another datagram.
func TestIdentificationUsedAgain(t *testing.T) {
	p := packet{clientAddr, serverAddr, flagSYN, 100, 0, strings.Repeat("A", 100)}
	old := fragments4(p, 7, 40)[:1]
	p.payload = strings.Repeat("B", 100)
	list := fragments4(p, 7, 40)
	for i := range list {
		list[i].at = noon.Add(2 * time.Minute)
	}
	s, _ := read(t, pcapFile(binary.LittleEndian, true, LinkRaw, append(old, list...)))
	if !bytes.Equal(s.client, []byte(p.payload)) {
		t.Errorf("%s", s.client)
	}
}

func TestIPv6Extensions(t *testing.T) {
	p := packet{clientAddr6, serverAddr6, flagSYN, 100, 0, "ab"}
	header := func(next byte, length byte, size int) []byte {
		return append([]byte{next, length}, make([]byte, size-2)...)
	}
	var chain []byte
	chain = append(chain, header(43, 1, 16)...) // hop-by-hop
	chain = append(chain, header(60, 0, 8)...)  // routing
	chain = append(chain, header(51, 0, 8)...)  // destination options
	chain = append(chain, header(6, 4, 24)...)  // authentication
	chain = append(chain, p.tcp()...)
	s, _ := read(t, pcapFile(binary.LittleEndian, true, LinkRaw, []frame{{at: noon, bytes: ipv6(p.from.Addr(), p.to.Addr(), 0, chain)}}))
	if string(s.client) != "ab" || s.flows[0].Client != clientAddr6 {
		t.Errorf("%q", s.lines)
	}
	jumbo := ipv6(p.from.Addr(), p.to.Addr(), 6, p.tcp())
	jumbo[4], jumbo[5] = 0, 0
	if s, _ := read(t, pcapFile(binary.LittleEndian, true, LinkRaw, []frame{{at: noon, bytes: jumbo}})); string(s.client) != "ab" {
		t.Errorf("%q", s.lines)
	}
	if got := address16(netip.MustParseAddr("2001:db8::1").AsSlice()).addr(); got != netip.MustParseAddr("2001:db8::1") {
		t.Error(got)
	}
}
