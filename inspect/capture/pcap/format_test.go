package pcap_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/packet"
	"github.com/phonecert/phonecert/inspect/capture/pcap"
)

func TestPcap(t *testing.T) {
	both(t, func(t *testing.T, order binary.AppendByteOrder) {
		for _, nano := range []bool{false, true} {
			h, f := read(t, capturetest.Pcap(order, nano, packet.LinkRaw, three()))
			h.wants(t, heardThree()...)
			if want := (pcap.File{Format: "pcap", LinkTypes: []packet.LinkType{packet.LinkRaw}, SnapLength: 65535}); !reflect.DeepEqual(f, want) {
				t.Errorf("got  %+v\nwant %+v", f, want)
			}
		}
	})
}

func TestPcapng(t *testing.T) {
	both(t, func(t *testing.T, order binary.AppendByteOrder) {
		list := three()
		n := newNG(order)
		n.device(packet.LinkEthernet, 0, append(append(n.option(2, []byte("eth0")...), n.option(9, 9)...), n.option(0)...)...)
		n.device(packet.LinkRaw, 1500, append(n.option(9, 0x80|10), n.option(14, n.order.AppendUint64(nil, 1_000_000_000)...)...)...)
		n.block(0x0BAD, 1, 2, 3)        // of a kind that nobody knows
		n.block(5, make([]byte, 12)...) // statistics
		n.enhanced(0, uint64(list[0].At.UnixNano()), list[0])
		seconds := list[1].At.Unix() - 1_000_000_000
		n.enhanced(1, uint64(seconds)<<10|512, list[1])
		n.block(secretsBlock, append(n.u32(keyLog, 9), "CLIENT_RA"...)...)
		n.block(secretsBlock, append(n.u32(0x57474B4C, 9), "WireGuard"...)...)
		n.enhanced(1, 0, list[2])
		n.enhanced(7, 0, list[2]) // no such interface
		n.section()
		n.device(packet.LinkIPv4, 0)
		n.block(simpleBlock, append(n.u32(6), "simple"...)...)
		old := append(n.order.AppendUint16(nil, 0), 0xFF, 0xFF)
		stamp := uint64(list[0].At.UnixMicro())
		n.block(packetBlock, append(append(old, n.u32(uint32(stamp>>32), uint32(stamp), 8, 8)...), "obsolete"...)...)
		h, f := read(t, n.bytes)
		h.wants(t, "Ethernet 12:00:00.123456 one", "raw IP 12:00:00.5 second", `secrets "CLIENT_RA"`, "raw IP 01:46:40 third [4]", "unknown interface - 5",
			"raw IPv4 - simple", "raw IPv4 12:00:00.123456 obsolete")
		if want := []time.Time{list[0].At, list[1].At.Truncate(time.Second).Add(time.Second / 2), time.Unix(1_000_000_000, 0), {}, {}, list[0].At}; !slices.EqualFunc(h.times, want, time.Time.Equal) {
			t.Errorf("got  %s\nwant %s", h.times, want)
		}
		if want := (pcap.File{Format: "pcapng", LinkTypes: []packet.LinkType{packet.LinkEthernet, packet.LinkRaw, packet.LinkIPv4}, SnapLength: 1500}); !reflect.DeepEqual(f, want) {
			t.Errorf("got  %+v\nwant %+v", f, want)
		}
	})
}

// TestSimplePacketsAreCut by the snap length of their interface.
func TestSimplePacketsAreCut(t *testing.T) {
	n := newNG(binary.LittleEndian)
	n.block(simpleBlock, append(n.u32(6), "orphan"...)...)
	n.device(packet.LinkRaw, 3)
	n.block(simpleBlock, append(n.u32(6), "simp"...)...)
	h, _ := read(t, n.bytes)
	h.wants(t, "unknown interface - 6", "raw IP - sim [3]")
}

func TestGzip(t *testing.T) {
	file := classic(three()...)
	zipped := compress(t, file)
	h, f := read(t, zipped)
	h.wants(t, heardThree()...)
	if !f.Compressed || f.Truncated || f.Format != "pcap" {
		t.Errorf("%+v", f)
	}
	if _, f := read(t, zipped[:len(zipped)-9]); !f.Truncated {
		t.Errorf("%+v", f)
	}
	zipped[len(zipped)-5] ^= 1
	wantFormatError(t, zipped, "the gzip compression is damaged")
	wantFormatError(t, compress(t, compress(t, file)), "neither pcap nor pcapng")
}

// TestReaders: the pieces in which a stream comes do not matter, and its
// error is passed on.
func TestReaders(t *testing.T) {
	file := classic(three()...)
	for _, r := range []io.Reader{iotest.OneByteReader(bytes.NewReader(file)), iotest.DataErrReader(bytes.NewReader(file)), iotest.HalfReader(bytes.NewReader(compress(t, file)))} {
		h := &heard{}
		if _, err := pcap.Read(context.Background(), r, h); err != nil {
			t.Error(err)
		}
		h.wants(t, heardThree()...)
	}
	broken := errors.New("the disk is broken")
	h := &heard{}
	f, err := pcap.Read(context.Background(), io.MultiReader(bytes.NewReader(file), iotest.ErrReader(broken)), h)
	if !errors.Is(err, broken) || f.Format != "pcap" {
		t.Errorf("%v %+v", err, f)
	}
	h.wants(t, heardThree()...)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := pcap.Read(ctx, bytes.NewReader(file), h); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestWritten: what Writer writes comes back.
func TestWritten(t *testing.T) {
	h, f := read(t, written(t))
	h.wants(t, `secrets "CLIENT_RANDOM"`, "Ethernet 12:00:00.123456 one", "Ethernet 12:00:00.124456 second", "Ethernet 12:00:00.125456 third")
	if want := (pcap.File{Format: "pcapng", LinkTypes: []packet.LinkType{packet.LinkEthernet}}); !reflect.DeepEqual(f, want) {
		t.Errorf("got  %+v\nwant %+v", f, want)
	}
	// A file without a packet is a capture, too.
	var out bytes.Buffer
	if err := pcap.NewWriter(&out, packet.LinkRaw).Flush(); err != nil {
		t.Fatal(err)
	}
	if h, f := read(t, out.Bytes()); f.Format != "pcapng" || f.LinkTypes[0] != packet.LinkRaw || len(h.lines) != 0 {
		t.Errorf("%+v %q", f, h.lines)
	}
	full := pcap.NewWriter(failing{}, packet.LinkRaw)
	if err := full.Secrets(make([]byte, 100_000)); err == nil || full.Packet(time.Time{}, nil) == nil || full.Flush() == nil {
		t.Error("the writer's error is lost")
	}
}

// written is a key log and three packets, as Writer writes them.
func written(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	w := pcap.NewWriter(&out, packet.LinkEthernet)
	_ = w.Secrets([]byte("CLIENT_RANDOM"))
	for _, f := range three() {
		_ = w.Packet(f.At, f.Bytes)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }
