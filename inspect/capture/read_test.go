package capture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/phonecert/phonecert/inspect/capture/capturetest"
	"github.com/phonecert/phonecert/inspect/capture/packet"
	"github.com/phonecert/phonecert/inspect/capture/pcap"
	"github.com/phonecert/phonecert/inspect/capture/synthetic"
)

// TestSummary: everything that a capture lacks is counted, and nothing twice.
func TestSummary(t *testing.T) {
	client, server := clientAddr.Addr(), serverAddr.Addr()
	list := capturetest.Frames(append(opening(), up(101, 501, "ab").With(packet.RST), down(501, 103, "late"))...)
	add := func(b []byte) { list = append(list, capturetest.Frame{At: noon, Bytes: b}) }
	add(capturetest.IPv4(client, server, 17, 0, 0, make([]byte, 8)))
	add(capturetest.IPv4(client, server, 6, 9, 0x2000, make([]byte, 16)))
	add(make([]byte, pcap.MaxPacket+1))
	list = append(list, capturetest.Frame{At: noon.Add(-time.Second), Bytes: up(103, 501, "").IP()[:30], Length: 40})
	_, got := read(t, capturetest.Pcap(binary.BigEndian, false, packet.LinkRaw, list))
	want := Summary{
		Format: "pcap", LinkTypes: []packet.LinkType{packet.LinkRaw}, Packets: 9, Bytes: 3*40 + 42 + 44 + 28 + 36 + pcap.MaxPacket + 1 + 30,
		SnapLength: 65535, ShortPackets: 1, First: noon.Add(-time.Second), Last: noon.Add(4 * time.Millisecond), Connections: 1, Fragments: 1, FragmentsDropped: 1,
		Skipped: map[packet.Skip]int64{packet.AfterClose: 1, packet.UDP: 1, packet.Oversize: 1, packet.CutHeader: 1},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestErrors: whatever ends the reading, what came before it was told, and
// every sink is closed.
func TestErrors(t *testing.T) {
	file := rawFile(append(opening(), up(101, 501, "ab"))...)
	var damaged *pcap.FormatError
	broken := errors.New("the disk is broken")
	for _, c := range []struct {
		rest io.Reader
		is   func(error, Summary) bool
	}{
		{strings.NewReader(""), func(err error, s Summary) bool { return err == nil && !s.Truncated }},
		{strings.NewReader("cut"), func(err error, s Summary) bool { return err == nil && s.Truncated }},
		{iotest.ErrReader(broken), func(err error, _ Summary) bool { return errors.Is(err, broken) }},
		{strings.NewReader(strings.Repeat("\x7F", 16)), func(err error, _ Summary) bool { return errors.As(err, &damaged) }},
	} {
		s := &story{}
		summary, err := Read(context.Background(), io.MultiReader(bytes.NewReader(file), c.rest), Filter{}, s)
		if !c.is(err, summary) || s.open != 0 || summary.Format != "pcap" || summary.Packets != 4 {
			t.Errorf("%v %+v, %d open", err, summary, s.open)
		}
		s.wants(t, "> ab", "close capture ended")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, bytes.NewReader(file), Filter{}, &story{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestEveryPrefix: a cut file gives what stands before the cut, or a clean
// error when not even the format can be told.
func TestEveryPrefix(t *testing.T) {
	var written bytes.Buffer
	w := synthetic.NewWriter(&written)
	_ = w.Secrets([]byte("CLIENT_RANDOM"))
	c, err := w.Open(clientAddr6, serverAddr6, noon, noon)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Data(true, noon, []byte("hello"))
	_ = c.RST(false, noon)
	_ = w.Flush()
	for _, file := range [][]byte{rawFile(append(opening(), up(101, 501, "ab"))...), written.Bytes()} {
		whole, _ := read(t, file)
		boundaries := 0
		for n := range file {
			s := &story{}
			summary, err := Read(context.Background(), bytes.NewReader(file[:n]), Filter{}, s)
			if err != nil {
				if f := (*pcap.FormatError)(nil); !errors.As(err, &f) || len(s.lines) > 0 || n > 3 {
					t.Errorf("%d bytes: %v", n, err)
				}
				continue
			}
			if !summary.Truncated {
				boundaries++
			}
			if s.open != 0 || len(s.lines) > len(whole.lines) || !bytes.HasPrefix(whole.client, s.client) {
				t.Errorf("%d bytes: %q", n, s.lines)
			}
		}
		if boundaries > 10 {
			t.Errorf("%d prefixes seemed whole", boundaries)
		}
		if len(whole.client) == 5 && whole.lines[0] != `secrets "CLIENT_RANDOM"` {
			t.Errorf("%q", whole.lines)
		}
	}
}
