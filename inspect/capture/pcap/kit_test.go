package pcap_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/packet"
	"github.com/phonecert/phonecert/inspect/capture/pcap"
)

// heard writes down what a file gives, a line each.
type heard struct {
	lines []string
	bytes int
	times []time.Time
}

func (h *heard) Packet(link packet.LinkType, at time.Time, b []byte, missing int) {
	h.bytes += len(b)
	h.times = append(h.times, at)
	cut := ""
	if missing > 0 {
		cut = fmt.Sprintf(" [%d]", missing)
	}
	h.lines = append(h.lines, fmt.Sprintf("%s %s %s%s", link, clock(at), b, cut))
}

func (h *heard) Unread(reason packet.Skip, at time.Time, n int64) {
	h.times = append(h.times, at)
	h.lines = append(h.lines, fmt.Sprintf("%s %s %d", reason, clock(at), n))
}

func (h *heard) Secrets(b []byte) {
	h.bytes += len(b)
	h.lines = append(h.lines, fmt.Sprintf("secrets %q", b))
}

// clock is when a packet came, or "-".
func clock(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.Format("15:04:05.999999999")
}

func (h *heard) wants(t testing.TB, want ...string) {
	t.Helper()
	if strings.Join(h.lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n  %.500s\nwant:\n  %s", strings.Join(h.lines, "\n  "), strings.Join(want, "\n  "))
	}
}

// read reads a capture that has to be sound.
func read(t testing.TB, file []byte) (*heard, pcap.File) {
	t.Helper()
	h := &heard{}
	f, err := pcap.Read(context.Background(), bytes.NewReader(file), h)
	if err != nil {
		t.Fatal(err)
	}
	return h, f
}

func wantFormatError(t *testing.T, file []byte, want string) *heard {
	t.Helper()
	h := &heard{}
	_, err := pcap.Read(context.Background(), bytes.NewReader(file), h)
	var f *pcap.FormatError
	if !errors.As(err, &f) || !strings.Contains(f.Error(), want) || f.Fix == "" {
		t.Errorf("error %v, want %q", err, want)
	}
	return h
}

func compress(t testing.TB, b []byte) []byte {
	t.Helper()
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

// three packets, a millisecond apart, and how they are heard.
func three() []capturetest.Frame {
	at := capturetest.Clock()
	return []capturetest.Frame{{At: at, Bytes: []byte("one")}, {At: at.Add(time.Millisecond), Bytes: []byte("second")}, {At: at.Add(2 * time.Millisecond), Bytes: []byte("third"), Length: 9}}
}

func heardThree() []string {
	return []string{"raw IP 12:00:00.123456 one", "raw IP 12:00:00.124456 second", "raw IP 12:00:00.125456 third [4]"}
}

// Types of blocks, and the one of secrets that is a key log of NSS.
const (
	interfaceBlock = 1
	packetBlock    = 2
	simpleBlock    = 3
	enhancedBlock  = 6
	secretsBlock   = 10
	sectionBlock   = 0x0A0D0D0A
	keyLog         = 0x544C534B
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
	n.block(sectionBlock, append(n.u32(0x1A2B3C4D, 0), bytes.Repeat([]byte{0xFF}, 8)...)...)
}

// device describes an interface; options are whole.
func (n *ng) device(link packet.LinkType, snap uint32, options ...byte) {
	body := n.order.AppendUint16(nil, uint16(link))
	body = append(n.order.AppendUint16(body, 0), n.u32(snap)...)
	n.block(interfaceBlock, append(body, options...)...)
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

func (n *ng) enhanced(device uint32, stamp uint64, f capturetest.Frame) {
	b := n.u32(device, uint32(stamp>>32), uint32(stamp), uint32(len(f.Bytes)), f.Size())
	n.block(enhancedBlock, append(b, f.Bytes...)...)
}

// classic is a file of the older format.
func classic(list ...capturetest.Frame) []byte {
	return capturetest.Pcap(binary.LittleEndian, true, packet.LinkRaw, list)
}

func both(t *testing.T, run func(*testing.T, binary.AppendByteOrder)) {
	t.Run("little", func(t *testing.T) { run(t, binary.LittleEndian) })
	t.Run("big", func(t *testing.T) { run(t, binary.BigEndian) })
}
