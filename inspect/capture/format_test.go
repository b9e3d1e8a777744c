package capture

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// ng writes pcapng blocks in one byte order.
type ng struct {
	order binary.AppendByteOrder
	bytes []byte
}

func newNG(order binary.AppendByteOrder) *ng {
	n := &ng{order: order}
	n.section()
	return n
}

func (n *ng) block(kind uint32, body ...byte) {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	n.bytes = n.order.AppendUint32(n.bytes, kind)
	n.bytes = n.order.AppendUint32(n.bytes, uint32(12+len(body)))
	n.bytes = append(n.bytes, body...)
	n.bytes = n.order.AppendUint32(n.bytes, uint32(12+len(body)))
}

func (n *ng) u32(values ...uint32) (b []byte) {
	for _, v := range values {
		b = n.order.AppendUint32(b, v)
	}
	return b
}

func (n *ng) section() {
	n.block(magicSection, append(n.u32(0x1A2B3C4D, 0), bytes.Repeat([]byte{0xFF}, 8)...)...)
}

// device describes an interface; options are whole.
func (n *ng) device(link LinkType, snap uint32, options ...byte) {
	body := n.order.AppendUint16(nil, uint16(link))
	body = append(n.order.AppendUint16(body, 0), n.u32(snap)...)
	n.block(blockInterface, append(body, options...)...)
}

func (n *ng) option(code uint16, value ...byte) []byte {
	b := n.order.AppendUint16(nil, code)
	b = n.order.AppendUint16(b, uint16(len(value)))
	b = append(b, value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func (n *ng) enhanced(device uint32, stamp uint64, f frame) {
	b := n.u32(device, uint32(stamp>>32), uint32(stamp), uint32(len(f.bytes)), f.size())
	n.block(blockEnhanced, append(b, f.bytes...)...)
}

func both(t *testing.T, run func(*testing.T, binary.AppendByteOrder)) {
	t.Run("little", func(t *testing.T) { run(t, binary.LittleEndian) })
	t.Run("big", func(t *testing.T) { run(t, binary.BigEndian) })
}

func TestPcap(t *testing.T) {
	both(t, func(t *testing.T, order binary.AppendByteOrder) {
		for _, nano := range []bool{false, true} {
			s, summary := read(t, pcapFile(order, nano, LinkRaw, frames(append(opening(), up(101, 501, "ab"))...)))
			s.wants(t, "> ab", "close capture ended")
			want := Summary{Format: "pcap", LinkTypes: []LinkType{LinkRaw}, Packets: 4, Bytes: 162, SnapLength: 65535, First: noon, Last: noon.Add(3 * time.Millisecond), Connections: 1}
			if !reflect.DeepEqual(summary, want) {
				t.Errorf("got  %+v\nwant %+v", summary, want)
			}
		}
	})
}

func TestPcapng(t *testing.T) {
	both(t, func(t *testing.T, order binary.AppendByteOrder) {
		list := frames(append(opening(), up(101, 501, "ab"), down(501, 103, "cd"), up(103, 503, "ef"))...)
		n := newNG(order)
		ether := append(make([]byte, 12), 8, 0)
		n.device(LinkEthernet, 0, append(append(n.option(2, []byte("eth0")...), n.option(9, 9)...), n.option(0)...)...)
		n.device(LinkRaw, 1500, append(n.option(9, 0x80|10), n.option(14, n.order.AppendUint64(nil, 1_000_000_000)...)...)...)
		n.block(0x0BAD, 1, 2, 3)        // of a kind that nobody knows
		n.block(5, make([]byte, 12)...) // statistics
		n.enhanced(0, uint64(list[0].at.UnixNano()), frame{bytes: append(ether, list[0].bytes...)})
		seconds := list[1].at.Unix() - 1_000_000_000
		n.enhanced(1, uint64(seconds)<<10|512, frame{bytes: list[1].bytes})
		n.block(blockSecrets, append(n.u32(keyLogSecrets, 9), "CLIENT_RA"...)...)
		n.block(blockSecrets, append(n.u32(0x57474B4C, 9), "WireGuard"...)...)
		n.enhanced(1, 0, list[2])
		n.enhanced(7, 0, list[2]) // no such interface
		n.section()
		n.device(LinkIPv4, 0)
		n.block(blockSimple, append(n.u32(uint32(len(list[3].bytes))), list[3].bytes...)...)
		old := append(n.order.AppendUint16(nil, 0), 0xFF, 0xFF)
		stamp := uint64(noon.UnixMicro())
		n.block(blockPacket, append(append(old, n.u32(uint32(stamp>>32), uint32(stamp), uint32(len(list[4].bytes)), uint32(len(list[4].bytes)))...), list[4].bytes...)...)
		s, summary := read(t, n.bytes)
		s.wants(t, `secrets "CLIENT_RA"`, "> ab", "< cd", "close capture ended")
		if !summary.First.Equal(time.Unix(1_000_000_000, 0)) || !summary.Last.Equal(list[1].at.Truncate(time.Second).Add(time.Second/2)) {
			t.Errorf("from %s to %s", summary.First, summary.Last)
		}
		if !reflect.DeepEqual(summary.LinkTypes, []LinkType{LinkEthernet, LinkRaw, LinkIPv4}) || summary.Packets != 6 || summary.SnapLength != 1500 || summary.Skipped[NoInterface] != 1 {
			t.Errorf("%+v", summary)
		}
	})
}

// TestSimplePacketsAreCut by the snap length of their interface.
func TestSimplePacketsAreCut(t *testing.T) {
	n := newNG(binary.LittleEndian)
	n.device(LinkRaw, 43)
	p := up(101, 501, "abcdef").ip()
	n.block(blockSimple, append(n.u32(uint32(len(p))), p[:44]...)...)
	s, _ := read(t, n.bytes)
	if want := "> abc\n> [3 snap length]"; !strings.Contains(strings.Join(s.lines, "\n"), want) {
		t.Errorf("%q", s.lines)
	}
}

func TestTimestamps(t *testing.T) {
	for _, c := range []struct {
		resolution byte
		offset     int64
		stamp      uint64
		want       time.Time
	}{
		{6, 0, 1_700_000_000_123_456, time.Unix(1_700_000_000, 123_456_000)},
		{9, 0, 1_700_000_000_123_456_789, time.Unix(1_700_000_000, 123_456_789)},
		{0, 0, 1_700_000_000, time.Unix(1_700_000_000, 0)},
		{3, 1_600_000_000, 100_000_001, time.Unix(1_600_100_000, 1e6)},
		{3, -100, 200_000, time.Unix(100, 0)},
		{19, 0, 15_000_000_000_000_000_000, time.Unix(1, 5e8)},
		{0x80 | 20, 0, 1_700_000_000<<20 | 1<<19, time.Unix(1_700_000_000, 5e8)},
		{0x80 | 63, 0, 3 << 62, time.Unix(1, 5e8)},
		{0xFF, 0, 1, time.Time{}}, {20, 0, 1, time.Time{}}, // more than can be counted
		{0, 0, 1 << 63, time.Time{}}, {0, 1 << 62, 1, time.Time{}}, {0, -5, 1, time.Time{}}, // no time at all
	} {
		d := device{ticks: ticks(c.resolution), offset: c.offset}
		if got := d.time(c.stamp); !got.Equal(c.want) {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestGzip(t *testing.T) {
	file := rawFile(append(opening(), up(101, 501, "ab"))...)
	zipped := compress(t, file)
	s, summary := read(t, zipped)
	s.wants(t, "> ab", "close capture ended")
	if !summary.Compressed || summary.Truncated || summary.Format != "pcap" {
		t.Errorf("%+v", summary)
	}
	if s, summary := read(t, zipped[:len(zipped)-9]); !summary.Truncated || s.open != 0 {
		t.Errorf("%+v", summary)
	}
	zipped[len(zipped)-5] ^= 1
	wantFormatError(t, zipped, "the gzip compression is damaged")
	wantFormatError(t, compress(t, compress(t, file)), "neither pcap nor pcapng")
}

func compress(t testing.TB, b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func wantFormatError(t *testing.T, file []byte, want string) {
	t.Helper()
	s := &story{}
	_, err := Read(context.Background(), bytes.NewReader(file), Filter{}, s)
	var f *FormatError
	if !errors.As(err, &f) || !strings.Contains(f.Error(), want) || f.Fix == "" || s.open != 0 {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestNoCapture(t *testing.T) {
	for file, want := range map[string]string{
		"": "empty", "\x0A": "too few", "\xD4\xC3": "too few", "\x28\xB5\x2F\xFD....": "zstd", "\x16\x03\x01\x00\x05": "bare TLS",
		"0000  16 03 01\n": "is text", "-----BEGIN CERTIFICATE-----\n": "PEM", "\x7FELF\x02": "begins with 7f454c46", "PK\x03\x04aa": "ZIP",
		"\xD4\xC3\xB2\xA1\x09\x00\x04\x00" + strings.Repeat("\x00", 16): "version 9",
	} {
		wantFormatError(t, []byte(file), want)
	}
}

// TestDamaged: what stands before the damage was read, and where it is, is told.
func TestDamaged(t *testing.T) {
	sound := rawFile(append(opening(), up(101, 501, "ab"))...)
	both(t, func(t *testing.T, order binary.AppendByteOrder) {
		n := newNG(order)
		n.device(LinkRaw, 0)
		for _, f := range frames(append(opening(), up(101, 501, "ab"))...) {
			n.enhanced(0, 0, f)
		}
		good := n.bytes
		for _, c := range []struct {
			file []byte
			want string
		}{
			{append(bytes.Clone(sound), bytes.Repeat([]byte{0x7F}, 16)...), fmt.Sprintf("packet 5 would have 2139062143 bytes (at byte %d)", len(sound))},
			{append(bytes.Clone(good), n.u32(6, 7, 0)...), fmt.Sprintf("impossible length 7 (at byte %d)", len(good))},
			{append(bytes.Clone(good), n.u32(6, 16, 0, 20)...), "ends with the length 20"},
			{append(bytes.Clone(good), n.u32(6, 16, 0, 16)...), "type 6 contradicts its length"},
			{append(bytes.Clone(good), n.u32(6, 32, 0, 0, 0, 1, 1, 32)...), "type 6 contradicts its length"},
			{append(bytes.Clone(good), n.u32(10, 24, keyLogSecrets, 5, 0, 24)...), "type 10 contradicts its length"},
			{append(bytes.Clone(good), n.u32(1, 16, 0, 16)...), "type 1 contradicts its length"},
			{append(bytes.Clone(good), n.u32(3, 12, 12)...), "type 3 contradicts its length"},
			{append(bytes.Clone(good), n.u32(magicSection, 28, 0, 0, 0, 0, 28)...), "byte order"},
		} {
			wantFormatError(t, c.file, c.want)
			s := &story{}
			if _, _ = Read(context.Background(), bytes.NewReader(c.file), Filter{}, s); !strings.Contains(strings.Join(s.lines, "\n"), "> ab\nclose capture ended") {
				t.Errorf("%s: %q", c.want, s.lines)
			}
		}
	})
}

// TestOversize: what is too large is passed over and counted, not held.
func TestOversize(t *testing.T) {
	list := frames(append(opening(), up(101, 501, "ab"))...)
	huge := frame{at: noon, bytes: make([]byte, MaxPacket+maxBlockOverhead)}
	n := newNG(binary.LittleEndian)
	n.device(LinkRaw, 0)
	n.enhanced(0, 0, huge)
	n.block(blockSecrets, append(n.u32(keyLogSecrets, MaxSecrets), make([]byte, MaxSecrets)...)...)
	for _, f := range list {
		n.enhanced(0, 0, f)
	}
	for _, file := range [][]byte{n.bytes, pcapFile(binary.LittleEndian, false, LinkRaw, append([]frame{huge}, list...))} {
		s, summary := read(t, file)
		s.wants(t, "> ab", "close capture ended")
		if summary.Skipped[Oversize] != 1 || summary.Packets != 5 || (summary.Format == "pcapng") != (summary.SecretsDropped == 1) {
			t.Errorf("%+v", summary)
		}
	}
}

// TestReaders: the pieces in which a stream comes do not matter, and its
// error is passed on.
func TestReaders(t *testing.T) {
	file := rawFile(append(opening(), up(101, 501, "ab"))...)
	for _, r := range []io.Reader{iotest.OneByteReader(bytes.NewReader(file)), iotest.DataErrReader(bytes.NewReader(file)), iotest.HalfReader(bytes.NewReader(compress(t, file)))} {
		s := &story{}
		if _, err := Read(context.Background(), r, Filter{}, s); err != nil {
			t.Error(err)
		}
		s.wants(t, "> ab", "close capture ended")
	}
	broken := errors.New("the disk is broken")
	s := &story{}
	_, err := Read(context.Background(), io.MultiReader(bytes.NewReader(file), iotest.ErrReader(broken)), Filter{}, s)
	if !errors.Is(err, broken) {
		t.Error(err)
	}
	s.wants(t, "> ab", "close capture ended")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, bytes.NewReader(file), Filter{}, s); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestEveryPrefix: a cut file gives what stands before the cut, or a clean
// error when not even the format can be told.
func TestEveryPrefix(t *testing.T) {
	var written bytes.Buffer
	w := NewWriter(&written)
	_ = w.Secrets([]byte("CLIENT_RANDOM"))
	c, err := w.Open(clientAddr6, serverAddr6, noon, noon)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Data(true, noon, []byte("hello"))
	_ = c.RST(false, noon)
	_ = w.Flush()
	for _, file := range [][]byte{rawFile(append(opening(), up(101, 501, "ab"))...), written.Bytes(), compress(t, written.Bytes())} {
		whole, _ := read(t, file)
		boundaries := 0
		for n := range file {
			s := &story{}
			summary, err := Read(context.Background(), bytes.NewReader(file[:n]), Filter{}, s)
			if err != nil {
				if f := (*FormatError)(nil); !errors.As(err, &f) || len(s.lines) > 0 || n > 40 {
					t.Errorf("%d bytes: %v", n, err)
				}
				continue
			}
			if !summary.Truncated {
				boundaries++
			}
			if s.open != 0 || len(s.lines) > len(whole.lines) || len(whole.client) > 0 && !bytes.HasPrefix(whole.client, s.client) {
				t.Errorf("%d bytes: %q", n, s.lines)
			}
		}
		if boundaries > 10 {
			t.Errorf("%d prefixes seemed whole", boundaries)
		}
	}
}
